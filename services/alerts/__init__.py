"""Alerts: one way to open them for all clauses, and one inbox to work on them (4.2 c, 4.6)."""
