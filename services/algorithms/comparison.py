"""Comparing quantities where some are unknown: an unknown stays unknown, it never becomes zero."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping


def known_sum(values: Iterable[float | None]) -> float | None:
    """Return the exact sum, or None as soon as one part is unknown or there is no part.

    >>> known_sum([1.0, None]) is None
    True
    """
    parts = list(values)
    if not parts or any(part is None for part in parts):
        return None
    return math.fsum(part for part in parts if part is not None)


def relative_difference(value: float | None, reference: float | None) -> float | None:
    """Return how far a value lies from a reference, as a plain ratio (0.05 is 5 % above)."""
    if value is None or reference is None or reference == 0:
        return None
    return (value - reference) / reference


def ranks(values: Mapping[str, float | None]) -> dict[str, int | None]:
    """Return the rank of each, the highest first; equals share a rank, an unknown has none."""
    known = sorted((v for v in values.values() if v is not None), reverse=True)
    first = {value: known.index(value) + 1 for value in set(known)}
    return {name: None if value is None else first[value] for name, value in values.items()}
