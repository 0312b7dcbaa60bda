"""Ids of the library of factors and methods (4.5)."""

from __future__ import annotations

from typing import Any

QUERY = "standards-library-query"
LIBRARY = "standards-library-content"
TEXT = "standards-library-text"
GROUP = "standards-library-group"
STATUS = "standards-library-status"
VALUES = "standards-library-values"
CHART = "standards-library-versions"


def run_example(number: Any) -> dict[str, Any]:
    """Return the id of the button that computes a worked example."""
    return {"type": "standards-library-run", "number": number}


def trial(number: Any) -> dict[str, Any]:
    """Return the id of the place where the outcome of an example appears."""
    return {"type": "standards-library-trial", "number": number}
