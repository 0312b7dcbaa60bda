"""Ids of the page of other people's sessions (7.2)."""

PATH = "/administration/sessions"
QUERY = "administration-sessions-query"
CONTENT = "administration-sessions-content"
LISTED = "administration-sessions-listed"
CHOSEN = "administration-sessions-chosen"
END = "administration-sessions-end"
END_ALL = "administration-sessions-end-all"
