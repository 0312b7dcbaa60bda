"""Which records of a year are looked at: all that are large, and a drawn sample of the rest.

Monetary-unit sampling, with a tonne of CO2 equivalent as the unit: a record is drawn with a
probability proportional to its size. Sources: AICPA, Audit Guide "Audit Sampling" (interval and
number of items, there with tables of rounded factors); Cochran, Sampling Techniques, 3rd ed., 9A
(systematic selection with probability proportional to size).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

# The first 64 bits of the digest of a seed, as a fraction of one.
_BITS = 64


@dataclass(frozen=True, slots=True)
class Weights:
    """By how much more a record is likely to be drawn for each reason; none is below one."""

    estimated: float = 1.5
    default: float = 1.2
    doubted: float = 2.0
    new: float = 1.5
    changed: float = 1.25


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """What is known of a record before somebody looks at it.

    `co2e_t` counts without its sign, and is None where the record has no number; `half_width` is
    relative (0.05 is 5 %). `doubted` says that a check or a reviewer has remarked on it.
    """

    key: str
    co2e_t: float | None
    half_width: float = 0.0
    estimated: bool = False
    default: bool = False
    doubted: bool = False
    new: bool = False
    changed: bool = False

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return the reasons that hold, by the names of their weights."""
        return tuple(name for name in Weights.__dataclass_fields__ if getattr(self, name))


@dataclass(frozen=True, slots=True)
class Item:
    """A record to draw from: its key, and its size in (weighted) tonnes; None has no number."""

    key: str
    size: float | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a plan looks at: keys taken for certain, keys drawn, each in the order of keys."""

    certain: tuple[str, ...]
    drawn: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Return all that are looked at, in the order of keys."""
        return tuple(sorted((*self.certain, *self.drawn)))


class TooMuchExpectedError(ValueError):
    """The error that is expected leaves nothing of the tolerable one."""


def weight_of(facts: RiskFacts, weights: Weights) -> float:
    """Return by how much a record's tonnes count more than they are: at least one.

    A certain half-width of 30 % makes 1.3 of it; what is wider than its value makes no more than 2.

    >>> weight_of(RiskFacts("a", 10.0, 0.3), Weights())
    1.3
    >>> weight_of(RiskFacts("a", 10.0, estimated=True, doubted=True), Weights())
    3.0
    """
    found = 1 + min(max(facts.half_width, 0.0), 1.0)
    for name in facts.reasons:
        found *= float(getattr(weights, name))
    return found


def reliability_factor(confidence: float) -> float:
    """Return how many errors may be there unseen when none is seen: -ln(1 - confidence).

    That of a Poisson law. Tables round it: 3.00 for 95 %, 2.31 for 90 %.

    >>> round(reliability_factor(0.95), 4)
    2.9957
    """
    return -math.log1p(-confidence)


def sampling_interval(
    tolerable_t: float, confidence: float, expected_t: float = 0.0, expansion: float = 1.0
) -> float:
    """Return of how many tonnes one is looked at: (tolerable - expected x expansion) / factor.

    With it, an error above the tolerable one stays unseen with a probability of at most
    1 - confidence, when what is found is no more than what was expected.
    """
    left = tolerable_t - expected_t * expansion
    if left <= 0:
        raise TooMuchExpectedError
    return left / reliability_factor(confidence)


def sample_size(total_t: float, interval_t: float) -> int:
    """Return how many hits an interval gives in a total: whole numbers, rounded up."""
    return math.ceil(total_t / interval_t)


def start_of(seed: str, interval_t: float) -> Fraction:
    """Return the first tonne that is hit: the same for a seed everywhere, below the interval."""
    digest = hashlib.sha256(seed.encode()).digest()
    share = Fraction(int.from_bytes(digest[: _BITS // 8], "big"), 2**_BITS)
    return share * Fraction(interval_t)


def draw(items: Iterable[Item], interval_t: float, start: Fraction) -> Drawn:
    """Return which records are looked at: the large ones, and every interval one of the rest.

    What is as large as the interval is certain; so is what has no number, for of that nothing is
    known. What is exactly zero is never drawn. Sums are exact, so that anybody draws the same.
    """
    ordered = sorted(items, key=lambda item: item.key)
    certain = tuple(i.key for i in ordered if i.size is None or i.size >= interval_t)
    sized = [(i.key, Fraction(i.size)) for i in ordered if i.size is not None]
    rest = [(key, size) for key, size in sized if 0 < size < Fraction(interval_t)]
    return Drawn(certain, tuple(_hits(rest, Fraction(interval_t), start)))


def _hits(rest: Sequence[tuple[str, Fraction]], interval: Fraction, start: Fraction) -> list[str]:
    passed, next_hit, found = Fraction(0), start, []
    for key, size in rest:
        passed += size
        if next_hit < passed:
            found.append(key)
            next_hit += interval
    return found
