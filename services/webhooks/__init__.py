"""Webhooks: other systems are told of what was done here, signed, until they have heard (4.2 b)."""
