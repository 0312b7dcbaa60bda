"""Ids of the list of totals that disagree, on the pages that show a result."""

from __future__ import annotations

from typing import Any

PLACE = "enterprise-accounting-findings"


def row(finding: Any) -> dict[str, Any]:
    """Return the id of one finding's row."""
    return {"type": "finding-row", "finding": finding}


def reason(finding: Any) -> dict[str, Any]:
    """Return the id of the field for the reason."""
    return {"type": "finding-reason", "finding": finding}


def resolve(finding: Any) -> dict[str, Any]:
    """Return the id of the button that resolves a finding."""
    return {"type": "finding-resolve", "finding": finding}
