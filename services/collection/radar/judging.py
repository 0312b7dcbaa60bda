"""All tests over a round of submissions, and from their chances one ranked list with reasons.

A reason says which rows and months, what was expected and how unlikely it is. It never says that
anybody forged anything: it says where a look is worth its time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from services.algorithms.forensics import (
    LEAST_CHANCE,
    Floats,
    combined,
    false_discovery_rates,
)
from services.collection.radar.reading import Place, Reading
from services.collection.radar.testing import Tested, all_tests
from services.standards.catalog import Catalog

# Of the listed at most one in twenty is expected to be honest.
RATE = 0.05
# Reasons beside the strongest are told where they alone are this unlikely.
TOLD_BELOW = 0.01
VERSION = "2026.1"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a submission is worth a look: the kind, how unlikely, where, and numbers for the words.

    `chance` is None for what no process can do. `months` are 1 to 12; `other` is the place in the
    round of another submission, -1 without one.
    """

    kind: str
    chance: float | None
    places: tuple[Place, ...] = ()
    months: tuple[int, ...] = ()
    told: Mapping[str, float | str] = field(default_factory=dict)
    other: int = -1


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a round says of one submission.

    `chance` is that of its strongest test times how many could judge, `rate` that of false
    discoveries when all up to here are listed; both None where none could judge. `score` ranks:
    the power of ten of the chance. `unable` names the tests that could not judge.
    """

    owner: int
    chance: float | None
    rate: float | None
    score: float
    reasons: tuple[Reason, ...]
    unable: tuple[str, ...]

    @property
    def is_listed(self) -> bool:
        """Return whether it stands on the list of those worth a look."""
        return self.rate is not None and self.rate <= RATE


def judge(catalog: Catalog, reading: Reading) -> tuple[Judgement, ...]:
    """Return a judgement on every submission of a round, the least likely first."""
    tests = all_tests(catalog, reading)
    chances = np.column_stack([test.chance for test in tests])
    whole = combined(chances)
    rates = false_discovery_rates(whole)
    weights = np.nansum(-np.log10(np.where(np.isfinite(chances), chances, 1)), axis=1)
    found = [
        _judgement(tests, chances, owner, (whole[owner], rates[owner]))
        for owner in range(len(reading.filed))
    ]
    # Of two equally unlikely the one with more that speaks for it comes first.
    return tuple(sorted(found, key=lambda j: (-j.score, -weights[j.owner], j.owner)))


def _judgement(
    tests: tuple[Tested, ...], chances: Floats, owner: int, whole: tuple[float, float]
) -> Judgement:
    chance, rate = (None if np.isnan(value) else float(value) for value in whole)
    order = np.argsort(np.nan_to_num(chances[owner], nan=2.0), kind="stable")
    told = [tests[n] for n in order if chances[owner, n] <= TOLD_BELOW]
    reasons = tuple(
        Reason(test.kind, None if test.is_fact else float(test.chance[owner]), *test.why(owner))
        for test in told
    )
    unable = tuple(test.kind for test in tests if np.isnan(test.chance[owner]))
    score = 0.0 if chance is None else -float(np.log10(max(chance, LEAST_CHANCE)))
    return Judgement(owner, chance, rate, score, reasons, unable)
