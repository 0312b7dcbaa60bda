"""Ids of the page on which files of rows are imported (4.2 a)."""

from __future__ import annotations

from typing import Any

QUERY = "collection-import-query"
CONTENT = "collection-import-content"
UPLOAD = "collection-import-upload"
SENT = "collection-import-sent"
RESULT = "collection-import-result"
SHOWN = "collection-import-shown"
# What the two buttons do with rows that stand otherwise in the draft.
NEW, ALL_ROWS = "new", "all"


def put(how: Any) -> dict[str, Any]:
    """Return the id of the button that puts rows into the draft."""
    return {"type": "collection-import-put", "how": how}


OPEN_LAYOUT = "collection-import-open-layout"
HEADING = "collection-import-heading"
KEEP = "collection-import-keep"


def told(what: str, column: Any) -> dict[str, Any]:
    """Return the id of what is told of a column: key, source, item or unit."""
    return {"type": "collection-import-told", "what": what, "column": column}
