"""Ids of comments on single rows: beside a result, and above the grid."""

from __future__ import annotations

from typing import Any

RESULT_PLACE = "enterprise-accounting-row-comments"
LINE = "enterprise-accounting-row-line"
WORDS = "enterprise-accounting-row-comment"
ADD = "enterprise-accounting-row-add"
SHOWN = "enterprise-accounting-row-submission"
ENTRY_PLACE = "collection-manual-row-comments"
CORRECT = "collection-manual-correct"
CORRECT_REASON = "collection-manual-correct-reason"
TO_CORRECT = "collection-manual-correct-year"


def row(comment: Any) -> dict[str, Any]:
    """Return the id of the place where one comment stands."""
    return {"type": "row-comment", "comment": comment}


def answer(comment: Any) -> dict[str, Any]:
    """Return the id of the field for an answer."""
    return {"type": "row-comment-reason", "comment": comment}


def send(comment: Any) -> dict[str, Any]:
    """Return the id of the button that sends the answer."""
    return {"type": "row-comment-send", "comment": comment}


def settle(comment: Any) -> dict[str, Any]:
    """Return the id of the button that settles a comment."""
    return {"type": "row-comment-settle", "comment": comment}
