"""What a rule says of a value: which numbers it compared, where they come from, by which limit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from services.collection.cells import CellProblem
from services.collection.check_rules import CheckRule, Limit, Limits
from services.errors import Explanation, PlatformError
from services.formatting import exact
from services.i18n.words import Words

# Where a number that was compared comes from.
TYPED, FILED, METERED, MEASURED, DERIVED = "typed", "filed", "metered", "measured", "derived"
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Evidence:
    """A number that was compared: of which period, how much, and where it comes from."""

    period: str
    value: float
    origin: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What a rule found at a record and field; `severity` where it is not the rule's own."""

    rule: CheckRule
    place: tuple[int, str]
    value: float
    expected: float | None
    evidence: Sequence[Evidence]
    limits: Mapping[str, Limit]
    words: Mapping[str, object] = field(default_factory=dict)
    severity: str = ""

    @property
    def grave(self) -> str:
        """Return how grave it is."""
        return self.severity or self.rule.severity

    def problem(self) -> CellProblem:
        """Return it as the checks of an entry tell it."""
        return CellProblem(*self.place, self.grave, SuspectValueError(self))


class SuspectValueError(PlatformError):
    """A rule finds a value doubtful; the words are those of the rule."""

    text_key = "suspect_value"

    def __init__(self, found: Suspicion) -> None:
        numbers = {"value": found.value, "expected": found.expected}
        limits = {name: limit.value for name, limit in found.limits.items()}
        super().__init__(found.place[1], rule=found.rule.id, **numbers, **limits, **found.words)
        self.found = found

    def explain(self) -> Explanation:
        """Return what the rule says, with the numbers that it compared."""
        values = {name: _written(value) for name, value in self.values.items()}
        texts = self.found.rule.texts
        what, why, do = (str(texts[part]).format(**values) for part in ("what", "why", "do"))
        return Explanation(self.where, what, why, do)


def suspicion(
    limits: Limits, rule: str, place: tuple[int, str], point: str = "", **said: object
) -> Suspicion:
    """Return what a rule found at a record and field, with its limits at the point.

    `said` holds value, expected, evidence, severity, and the words of the rule's texts.
    """
    named = ("value", "expected", "evidence", "severity")
    told = {name: said.pop(name) for name in named if name in said}
    told.setdefault("evidence", ())
    used = limits.all_of(rule, point)
    return Suspicion(limits.rule(rule), place, limits=used, words=said, **told)  # type: ignore[arg-type]


def first_of_each_cell(found: Iterable[CellProblem]) -> list[CellProblem]:
    """Return the problems, of those that speak of the size of a number the first at each cell."""
    seen: set[tuple[int, str]] = set()
    kept = []
    for problem in found:
        error, cell = problem.error, (problem.record, problem.field)
        if isinstance(error, SuspectValueError) and error.found.rule.group:
            if cell in seen:
                continue
            seen.add(cell)
        kept.append(problem)
    return kept


def _written(value: object) -> object:
    if isinstance(value, float):
        if not math.isfinite(value):
            return "—"
        return exact(float(f"{value:.{DIGITS}g}"))
    return str(value) if isinstance(value, Words) else value
