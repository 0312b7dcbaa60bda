"""Emissions of a year told from electricity: last year's, moved as the use of electricity moved."""

from __future__ import annotations


def moved_with_electricity(
    before_t: float | None, before_mwh: float | None, now_mwh: float | None
) -> float | None:
    """Return the tonnes of a year if they moved as electricity did; None where one is unknown.

    >>> moved_with_electricity(100.0, 50.0, 60.0)
    120.0
    """
    if before_t is None or now_mwh is None or not before_mwh:
        return None
    return before_t * now_mwh / before_mwh
