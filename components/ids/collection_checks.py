"""Ids of the page of checks (5.1.7 c)."""

from __future__ import annotations

from typing import Any

PATH = "/collection/checks"
QUERY = "collection-checks-query"
CONTENT = "collection-checks-content"
AGAIN = "collection-checks-again"
JOB = "collection-checks-job"
TICK = "collection-checks-tick"
STANDING = "collection-checks-standing"
LIMITS = "collection-checks-limits"
LIMIT = "collection-checks-limit"
VALUE = "collection-checks-value"
POINT = "collection-checks-point"
LIMIT_REASON = "collection-checks-limit-reason"
SET = "collection-checks-set"


def row(finding: Any) -> dict[str, Any]:
    """Return the id of one finding's row."""
    return {"type": "check-row", "check": finding}


def reason(finding: Any) -> dict[str, Any]:
    """Return the id of the field for the reason."""
    return {"type": "check-reason", "check": finding}


def seen(finding: Any) -> dict[str, Any]:
    """Return the id of what is shown of a finding, as clearing it names it."""
    return {"type": "check-seen", "check": finding}


def clear(finding: Any) -> dict[str, Any]:
    """Return the id of the button that clears a finding."""
    return {"type": "check-clear", "check": finding}
