"""Ids of the audit trail's page (7.2)."""

PATH = "/administration/audit"
QUERY = "administration-audit-query"
CONTENT = "administration-audit-content"
