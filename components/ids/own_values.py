"""Ids of the organization's own measured values in the library (5.2.1 b)."""

from __future__ import annotations

from typing import Any

WHAT = "standards-own-what"
VALUE = "standards-own-value"
UNIT = "standards-own-unit"
VALID_FROM = "standards-own-valid-from"
VALID_TO = "standards-own-valid-to"
LABORATORY = "standards-own-laboratory"
NOTE = "standards-own-note"
SUPERSEDES = "standards-own-supersedes"
UPLOAD = "standards-own-upload"
SENT = "standards-own-sent"
PICKED = "standards-own-picked"
PROPOSE = "standards-own-propose"
# A value that takes no other's place: a choice without a value shows no words.
NOTHING = "none"


def reason(value: Any) -> dict[str, Any]:
    """Return the id of the field for the remark on a value."""
    return {"type": "standards-own-reason", "own": value}


def accept(value: Any) -> dict[str, Any]:
    """Return the id of the button that accepts a value."""
    return {"type": "standards-own-accept", "own": value}


def reject(value: Any) -> dict[str, Any]:
    """Return the id of the button that rejects a value."""
    return {"type": "standards-own-reject", "own": value}
