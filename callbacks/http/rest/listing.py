"""What every listing of the API takes and gives: a limit, a cursor, a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from callbacks.contracts import Parameter
from callbacks.http.operations import Call
from services.paging import LONGEST_CURSOR, Asked, Page

Item = TypeVar("Item")
USUAL, MOST = 50, 500
LIMIT = Parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST}, USUAL)
CURSOR = Parameter("cursor", {"type": "string", "maxLength": LONGEST_CURSOR}, "")
PAGED = (LIMIT, CURSOR)


def asked_for(call: Call, listing: str) -> Asked:
    """Return which page of a listing is wanted."""
    return Asked(listing, int(str(call.query["limit"])), str(call.query["cursor"]))


def page_of(page: Page[Item], told: Callable[[Item], dict[str, Any]]) -> dict[str, Any]:
    """Return a page as a document."""
    return {"items": [told(item) for item in page.items], "next": page.next or None}
