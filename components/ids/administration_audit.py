"""Ids of the audit trail's page (7.2)."""

PATH = "/administration/audit"
QUERY = "administration-audit-query"
CONTENT = "administration-audit-content"
VIEWS = "administration-audit-views"
VIEW_NAME = "administration-audit-view-name"
KEEP_VIEW = "administration-audit-keep-view"
REMOVE_VIEW = "administration-audit-remove-view"
