"""Ids of the ledger of discrepancies (5.1.1 b) and its address."""

from __future__ import annotations

from typing import Any

PATH = "/government/discrepancies"

QUERY = "government-discrepancies-query"
LEDGER = "government-discrepancies-ledger"
CHART = "government-discrepancies-chart"


def row(estimate: Any) -> dict[str, Any]:
    """Return the id of what is signed of one gap."""
    return {"type": "discrepancy-row", "estimate": estimate}


def cause(estimate: Any) -> dict[str, Any]:
    """Return the id of the choice of a cause."""
    return {"type": "discrepancy-cause", "estimate": estimate}


def owner(estimate: Any) -> dict[str, Any]:
    """Return the id of the field for who follows a gap."""
    return {"type": "discrepancy-owner", "estimate": estimate}


def note(estimate: Any) -> dict[str, Any]:
    """Return the id of the field for a note."""
    return {"type": "discrepancy-note", "estimate": estimate}


def sign(estimate: Any) -> dict[str, Any]:
    """Return the id of the button that signs a gap."""
    return {"type": "discrepancy-sign", "estimate": estimate}
