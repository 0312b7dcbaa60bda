"""What must agree within one run: totals with lines, lines with gases and potentials (5.2.1 b)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from services.errors import PlatformError
from services.standards.results import Calculation, EmissionLine
from services.standards.totals import parts_by_month, totals_of

# Totals are rounded once, so both sides differ by the last digit at most; a tonne of 10⁹ keeps
# a milligram, and what is below a milligram is no difference.
RELATIVE, ABSOLUTE = 1e-12, 1e-9
TOTALS = ("total_t", "direct_t", "indirect_t", "deducted_t")
# What a run states beside its total and its lines alone tell.
BESIDE = ("quota_t", "land_use_t", "total_with_land_use_t", "el_net_import_t")
TOTAL, MEMO = "total", "memo"
LINE_PRODUCT, LINE_POTENTIAL, PLACE = "line_product", "line_potential", "place"
MONTH, ALL_MONTHS = "month", "total"
RECOMPUTED, PARTS_EXCEED = "recomputed", "parts_exceed"
Potential = Callable[[str, str], float]


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """Two numbers that must be equal and are not: which rule, where, and both."""

    invariant: str
    part: str
    expected: float
    found: float


def within_run(done: Calculation, potential: Potential) -> tuple[Inconsistency, ...]:
    """Return where a run's totals and lines disagree; `potential` gives the GWP of gas and set."""
    return (*_totals(done), *_months(done), *_lines(done, potential))


def between(stored: Calculation, again: Calculation) -> tuple[Inconsistency, ...]:
    """Return where a stored run differs from its inputs computed again, by source, gas, month."""
    kept, computed = _by_part(stored), _by_part(again)
    return tuple(
        Inconsistency(RECOMPUTED, part, computed.get(part, 0.0), kept.get(part, 0.0))
        for part in dict.fromkeys((*computed, *kept))
        if not same(computed.get(part, 0.0), kept.get(part, 0.0))
    )


def same(left: float, right: float) -> bool:
    """Return whether two numbers are equal but for the last digit."""
    return math.isclose(left, right, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


def _totals(done: Calculation) -> Iterator[Inconsistency]:
    """Yield the totals that their lines do not add up to; only lines know of land use."""
    told = totals_of(done.lines, ())
    for name in TOTALS:
        if not same(getattr(told, name), getattr(done, name)):
            yield Inconsistency(TOTAL, name, getattr(told, name), getattr(done, name))
    for name in BESIDE:
        expected, found = told.memo.get(name), done.memo.get(name)
        if expected is not None and not (found is not None and same(expected, found)):
            yield Inconsistency(MEMO, name, expected, found or 0.0)


def _months(done: Calculation) -> Iterator[Inconsistency]:
    """Yield the parts by month that differ from their lines, and parts that are not the total."""
    told = parts_by_month(done.lines, done.total_t)
    for part in dict.fromkeys((*told, *done.by_month)):
        expected, found = told.get(part, 0.0), done.by_month.get(part, 0.0)
        if (part in told) != (part in done.by_month) or not same(expected, found):
            yield Inconsistency(MONTH, part, expected, found)
    if done.by_month and not same(done.total_t, math.fsum(done.by_month.values())):
        yield Inconsistency(MONTH, ALL_MONTHS, done.total_t, math.fsum(done.by_month.values()))


def _lines(done: Calculation, potential: Potential) -> Iterator[Inconsistency]:
    for number, line in enumerate(done.lines, start=1):
        where = f"{number} {line.source} {line.gas}"
        product = line.gas_t * line.gwp
        if not same(product, line.co2e_t):
            yield Inconsistency(LINE_PRODUCT, where, product, line.co2e_t)
        expected = _potential_of(line, done.gwp_set, potential)
        if not same(expected, line.gwp):
            yield Inconsistency(LINE_POTENTIAL, where, expected, line.gwp)


def _potential_of(line: EmissionLine, gwp_set: str, potential: Potential) -> float:
    try:
        return potential(line.gas, gwp_set)
    except PlatformError:
        # A gas that the set does not know cannot have been computed by it.
        return 0.0


def _by_part(done: Calculation) -> Mapping[str, float]:
    amounts: dict[str, list[float]] = {}
    for line in done.lines:
        part = f"{line.source} {line.gas} {line.emission_scope} {line.month or ''}".rstrip()
        amounts.setdefault(part, []).append(line.sign * line.co2e_t)
    return {part: math.fsum(values) for part, values in amounts.items()}
