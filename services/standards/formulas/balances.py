"""What the terms of a balance add up to, as records of a year hold them."""

from __future__ import annotations

import math
from collections.abc import Mapping

# What is left of terms that cancel is rounding, and no quantity.
ROUNDING = 1e-12


def weighed_sum(amounts: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the sum of amounts by their weights: 1 adds, -1 takes off, 0 stands beside.

    >>> weighed_sum({"opening": 10.0, "purchased": 50.0, "closing": 20.0},
    ...             {"opening": 1.0, "purchased": 1.0, "closing": -1.0})
    40.0
    """
    parts = [weights[term] * amount for term, amount in amounts.items()]
    total = math.fsum(parts)
    largest = max((abs(part) for part in parts), default=0.0)
    return 0.0 if abs(total) <= ROUNDING * largest else total
