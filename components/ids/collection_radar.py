"""Ids of the page of the screening radar (4.2)."""

from __future__ import annotations

from typing import Any

PATH = "/collection/radar"
QUERY = "collection-radar-query"
CONTENT = "collection-radar-content"
PLACE = "collection-radar-place"
YEAR = "collection-radar-year"
ORDER = "collection-radar-order"
ROUNDS = "collection-radar-rounds"
CLOCK = "collection-radar-clock"
CSV = "collection-radar-csv"
XLSX = "collection-radar-xlsx"
FILE = "collection-radar-file"


def hit(submission: Any) -> dict[str, Any]:
    """Return the id of one submission on the list."""
    return {"type": "radar-hit", "submission": submission}


def verdict(submission: Any) -> dict[str, Any]:
    """Return the id of the choice of a result."""
    return {"type": "radar-verdict", "submission": submission}


def comment(submission: Any) -> dict[str, Any]:
    """Return the id of the field for a comment."""
    return {"type": "radar-comment", "submission": submission}


def mark(submission: Any) -> dict[str, Any]:
    """Return the id of the button that keeps a mark."""
    return {"type": "radar-mark", "submission": submission}
