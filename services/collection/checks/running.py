"""Every rule on the rows of a year: one way for grid, import, programs and batches (5.1.7 c)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from services.collection.cells import CellProblem
from services.collection.check_rules import Limits
from services.collection.checks.balances import OF_ENTRY, Entered
from services.collection.checks.points import Months, points_of
from services.collection.checks.sizes import (
    JUMPS,
    LEAST_KNOWN,
    OF_LEVELS,
    jump_of_year,
    months_alike,
    slips_in,
    told_slips,
    without,
)
from services.collection.checks.suspicion import (
    SuspectValueError,
    Suspicion,
    first_of_each_cell,
)
from services.collection.unusual import UnitSlipError, UnusualChangeError
from services.standards.descriptions import MethodDescription

UnitOf = Callable[[str, str, str], str]
_OLDER = (UnusualChangeError, UnitSlipError)


def suspicions(entered: Entered, unit_of: UnitOf) -> list[CellProblem]:
    """Return what the rules find doubtful; `unit_of` gives the unit of a source, item, symbol.

    Of the rules that speak of the size of a number one speaks of a cell.
    """
    return first_of_each_cell(each.problem() for each in _all(entered, unit_of))


def with_suspicions(told: Sequence[CellProblem], found: Sequence[CellProblem]) -> list[CellProblem]:
    """Return what is told of an entry together with what its rules found, each thing once.

    A slipped unit says more than that a number is far from last year's; that says more than a
    jump does. What cannot be right is not called doubtful as well.
    """
    slipped = {_cell(p) for p in found if _rule(p) == "unit_slip"}
    kept = [p for p in told if not (isinstance(p.error, _OLDER) and _cell(p) in slipped)]
    spoken = {_cell(p) for p in kept if p.severity == "error" or isinstance(p.error, _OLDER)}
    return kept + [p for p in found if not (_is_size(p) and _cell(p) in spoken)]


def _all(entered: Entered, unit_of: UnitOf) -> Iterator[Suspicion]:
    limits = entered.basis.limits
    months, years = points_of(entered.rows, entered.basis.earlier, entered.year)
    for point in months:
        yield from _of_months(point, limits)
        if _is_amount(point, unit_of):
            yield from months_alike(point, limits)
    for year in years:
        yield from jump_of_year(year, limits)
    for check in OF_ENTRY:
        yield from check(entered)


def _of_months(point: Months, limits: Limits) -> Iterator[Suspicion]:
    known = point.known
    sound = point
    if known >= LEAST_KNOWN:
        slipped = slips_in(point, limits)
        yield from told_slips(point, limits, slipped)
        # What was written in another unit is no measure for the months beside it.
        sound = without(point, slipped)
        for rule in OF_LEVELS:
            yield from rule(sound, limits)
    if known > 1:
        for rule in JUMPS:
            yield from rule(sound, limits)


def _is_amount(months: Months, unit_of: UnitOf) -> bool:
    """Return whether a quantity is counted up over time, and not a property like a heating value.

    A calorific value or a share may well be the same in every month.
    """
    source, item, _, symbol = months.point
    unit = unit_of(source, item, symbol)
    return bool(unit) and "/" not in unit and unit not in _PROPERTIES


_PROPERTIES = frozenset({"0..1", "1", "%", "‰", "MPa", "MPa(abs)", "kPa", "°C", "degC", "℃"})


def unit_finder(method: MethodDescription, unit_of: Callable[..., str]) -> UnitOf:
    """Return a function that finds the unit of a source, item and symbol of a method."""
    sources = {source.source: source for source in method.sources}
    return lambda source, item, symbol: unit_of(sources.get(source), item, symbol)


def _cell(problem: CellProblem) -> tuple[int, str]:
    return problem.record, problem.field


def _rule(problem: CellProblem) -> str:
    error = problem.error
    return error.found.rule.id if isinstance(error, SuspectValueError) else ""


def _is_size(problem: CellProblem) -> bool:
    error = problem.error
    return isinstance(error, SuspectValueError) and bool(error.found.rule.group)
