"""Uncertainty of a run by approach 1 and 2 of the IPCC guidelines (4.5, 5.2.1 b)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np

from services.accounting.bands import (
    Band,
    Certainty,
    Contribution,
    Group,
    Simulation,
    Trend,
    TrendRow,
    Uncertainty,
)
from services.accounting.propagation import (
    MethodChangedError,
    Propagation,
    RunLines,
    counted_sign,
    parts_of,
    totals_of,
)
from services.accounting.results import RunResult, RunSummary
from services.algorithms.simulation import Plan, Simulated, simulate
from services.algorithms.uncertainty import Bools, Categories, Effects, Floats, trend_table
from services.data import lines as line_rows
from services.data import organizations, runs
from services.data.engine import Database
from services.data.runs import StoredRun
from services.data.work import Work
from services.errors import NotFoundError
from services.security.permissions import Action, Actor, require
from services.security.readings import note_view
from services.security.scopes import scope_for
from services.security.trail import Deed
from services.standards.catalog import Catalog
from services.standards.model import AsOf, Method
from services.standards.results import EmissionLine

# Ten thousand draws of five hundred lines take less than two seconds; longer runs are drawn less
# often, and the screen says how often.
DRAWS, FEWEST_DRAWS, DRAWN_LINES = 10_000, 1_000, 5_000_000


@dataclass(frozen=True, slots=True)
class UncertaintyOrder:
    """Which run is asked for: the current one of the year, if none is named.

    The trend is against `base_year`, by default the first year that has a run.
    """

    organization_id: int
    year: int
    run_id: UUID | None = None
    base_year: int | None = None


def uncertainty_of(
    actor: Actor, database: Database, catalog: Catalog, order: UncertaintyOrder
) -> Uncertainty:
    """Return bands and contributions of a run by propagation, and the trend since the base year."""
    run_id, found = _read(actor, database, catalog, order)
    return propagate(catalog, run_id, found)


def certainty_of(
    actor: Actor, database: Database, catalog: Catalog, order: UncertaintyOrder
) -> Certainty:
    """Return the uncertainty of a run, or why its method no longer gives one."""
    try:
        return Certainty(uncertainty_of(actor, database, catalog, order))
    except MethodChangedError as error:
        return Certainty(None, error.explain().sentence())


def certainty_of_result(
    actor: Actor,
    database: Database,
    catalog: Catalog,
    result: RunResult,
    base: RunSummary | None,
) -> Certainty:
    """Return the uncertainty of a result at hand; of the base year only the lines are read."""
    require(actor, Action.VIEW_RESULT, result.summary.subject.access_path)
    found = [] if base is None else [_base_lines(actor, database, catalog, base)]
    found = [lines for lines in found if lines.lines]
    found.append(_of_summary(catalog, result.summary, result.lines))
    try:
        return Certainty(propagate(catalog, result.summary.run_id, found))
    except MethodChangedError as error:
        return Certainty(None, error.explain().sentence())


def simulation_of(
    actor: Actor, database: Database, catalog: Catalog, order: UncertaintyOrder
) -> Simulation:
    """Return bands and contributions of a run by drawing every quantity many times."""
    _, found = _read(actor, database, catalog, order)
    return simulate_lines(catalog, found)


def propagate(catalog: Catalog, run_id: UUID, found: Sequence[RunLines]) -> Uncertainty:
    """Return approach 1 for the last of one or two runs; the first is the base year."""
    propagation = Propagation(catalog, found)
    effects = [propagation.effects(number) for number in range(len(found))]
    last, lines = effects[-1], found[-1].lines
    groups = totals_of(lines) | parts_of(lines)
    return Uncertainty(
        run_id=run_id,
        year=found[-1].year,
        bands={name: _band(lines, last, group) for name, group in groups.items()},
        contributions=_contributions(propagation, last, last.shares()),
        trend=_trend(propagation, effects) if len(found) > 1 else None,
    )


def simulate_lines(
    catalog: Catalog, found: Sequence[RunLines], plan: Plan | None = None
) -> Simulation:
    """Return approach 2 for the last of one or two runs; factors are drawn once for both."""
    propagation = Propagation(catalog, found)
    plan = plan or Plan(draws=draws_for(sum(len(run.lines) for run in found)))
    lines = found[-1].lines
    groups = totals_of(lines)
    weights = np.array(list(groups.values())) * propagation.signs(len(found) - 1)
    has_base = len(found) > 1

    def amounts(relative: Floats) -> Floats:
        totals = weights @ propagation.co2e_t(len(found) - 1, relative)
        if not has_base:
            return totals
        base = propagation.signs(0) @ propagation.co2e_t(0, relative)
        return np.vstack([totals, base])

    simulated = simulate(amounts, propagation.drawn(), len(weights) + has_base, plan)
    return Simulation(
        draws=plan.draws,
        seed=plan.seed,
        bands=_simulated_bands(lines, groups, simulated),
        means_t=dict(zip(groups, map(float, simulated.means()), strict=False)),
        contributions=_contributions(
            propagation, propagation.effects(len(found) - 1), simulated.shares
        ),
        trend=_simulated_trend(simulated) if has_base else None,
    )


def draws_for(lines: int) -> int:
    """Return how often a run of some lines is drawn, so that it takes no longer than 2 s."""
    return max(FEWEST_DRAWS, min(DRAWS, DRAWN_LINES // max(lines, 1)))


def _read(
    actor: Actor, database: Database, catalog: Catalog, order: UncertaintyOrder
) -> tuple[UUID, list[RunLines]]:
    with database.work(scope_for(actor, Action.VIEW_RESULT)) as work:
        subject = organizations.get(work, order.organization_id)
        require(actor, Action.VIEW_RESULT, subject.access_path)
        current = runs.current(work, order.organization_id)
        run = _run(work, order, current)
        base = _base(order, current)
        found = [] if base is None else [_lines(work, catalog, base)]
        found = [lines for lines in found if lines.lines]
        found.append(_lines(work, catalog, run))
    deed = Deed("view_result", str(run.run_id))
    note_view(database, actor, Action.VIEW_RESULT, subject, deed)
    return run.run_id, found


def _run(work: Work, order: UncertaintyOrder, current: Mapping[int, StoredRun]) -> StoredRun:
    if order.run_id is not None:
        return runs.get(work, order.organization_id, order.run_id)
    if order.year not in current:
        raise NotFoundError("year", value=order.year)
    return current[order.year]


def _base(order: UncertaintyOrder, current: Mapping[int, StoredRun]) -> StoredRun | None:
    earlier = [year for year in current if year < order.year]
    year = order.base_year or min(earlier, default=order.year)
    return current[year] if year in earlier else None


def _base_lines(actor: Actor, database: Database, catalog: Catalog, base: RunSummary) -> RunLines:
    with database.work(scope_for(actor, Action.VIEW_RESULT)) as work:
        lines = line_rows.of_run(work, base.subject.organization_id, base.run_id)
    return _of_summary(catalog, base, lines)


def _of_summary(catalog: Catalog, run: RunSummary, lines: Sequence[EmissionLine]) -> RunLines:
    method = catalog.method(run.method)
    return RunLines(run.year, method, lines, _as_of(method, run.last_day, run.known_on))


def _as_of(method: Method, last_day: date, known_on: date) -> AsOf:
    defaults_on = method.valid_from if last_day < method.valid_from else None
    return AsOf(last_day, known_on, defaults_on)


def _lines(work: Work, catalog: Catalog, run: StoredRun) -> RunLines:
    method = catalog.method(run.method)
    lines = line_rows.of_run(work, run.organization_id, run.run_id)
    return RunLines(run.year, method, lines, _as_of(method, run.period[1], run.known_on))


def _band(lines: Sequence[EmissionLine], effects: Effects, group: Bools) -> Band:
    """Return the sum of a group of lines with its interval by propagation."""
    value, half_width = _sum(lines, group), effects.of_lines(group).half_width_t()
    return Band(value, value - half_width, value + half_width)


def _sum(lines: Sequence[EmissionLine], group: Bools) -> float:
    chosen = [line for line, is_in in zip(lines, group, strict=True) if is_in]
    return math.fsum(line.co2e_t * counted_sign(line) for line in chosen)


def _simulated_bands(
    lines: Sequence[EmissionLine], groups: Mapping[Group, Bools], simulated: Simulated
) -> dict[Group, Band]:
    low, high = simulated.bounds()
    return {
        name: Band(_sum(lines, group), float(low[n]), float(high[n]))
        for n, (name, group) in enumerate(groups.items())
    }


def _simulated_trend(simulated: Simulated) -> tuple[float, float, float]:
    """Return mean, 2.5 and 97.5 percentile of the change in per cent of the base year."""
    base = simulated.amounts[-1]
    change = (simulated.amounts[0] - base) / base * 100
    low, high = np.percentile(change, (2.5, 97.5))
    return float(change.mean()), float(low), float(high)


def _contributions(
    propagation: Propagation, effects: Effects, shares: Floats
) -> tuple[Contribution, ...]:
    """Return every quantity that makes a part of the variance, the largest first."""
    uses = np.bincount(effects.quantity, minlength=effects.quantities)
    order = sorted(np.flatnonzero(shares > 0), key=lambda number: -shares[number])
    found = []
    for number in order:
        quantity = propagation.quantities[number]
        cell, value = quantity.cell, quantity.cell.value
        found.append(
            Contribution(
                source=cell.source,
                item=cell.item,
                symbol=cell.symbol,
                origin=value.origin,
                value=value.value,
                unit=value.unit,
                reference=value.reference,
                lines=int(uses[number]),
                half_width=quantity.half_width,
                rule=quantity.rule,
                status=quantity.status,
                share=float(shares[number]),
            )
        )
    return tuple(found)


Category = tuple[str, str, str]


def _trend(propagation: Propagation, effects: Sequence[Effects]) -> Trend | None:
    """Return table 3.2 for the two runs; nothing where one of the totals is zero.

    A row is a source, item and gas. What records bring counts as activity, the rest as factors;
    both as in the current year, or in the base year where the row has ended since.
    """
    of_runs = [_categories(run.lines) for run in propagation.runs]
    keys = list(dict.fromkeys(key for found in of_runs for key in found))
    amounts = [
        np.array([_sum(run.lines, found[key]) if key in found else 0.0 for key in keys])
        for run, found in zip(propagation.runs, of_runs, strict=True)
    ]
    if not all(math.fsum(column) for column in amounts):
        return None
    is_own = np.array([quantity.is_own for quantity in propagation.quantities])
    pairs = list(zip(of_runs, effects, amounts, strict=True))[::-1]
    widths = np.array([_widths(pairs, (n, key), is_own) for n, key in enumerate(keys)])
    table = trend_table(Categories(*amounts, *widths.T))
    columns = (
        *amounts, *widths.T, table.combined_percent, _normed(table.level_share), table.type_a,
        table.type_b, table.factor_trend, table.activity_trend, _normed(table.trend_variance),
    )  # fmt: skip
    rows = tuple(
        TrendRow(*key, *(float(column[n]) for column in columns)) for n, key in enumerate(keys)
    )
    return Trend(propagation.runs[0].year, table.trend_percent, table.trend_half_width, rows)


def _normed(variances: Floats) -> Floats:
    """Return which share of their sum each variance is; nothing of nothing is nothing."""
    return variances / (math.fsum(variances) or 1.0)


def _categories(lines: Sequence[EmissionLine]) -> dict[Category, Bools]:
    keys = [(line.source, line.item, line.gas) for line in lines]
    counted = [key for key, line in zip(keys, lines, strict=True) if counted_sign(line)]
    return {wanted: np.array([key == wanted for key in keys]) for wanted in dict.fromkeys(counted)}


def _widths(
    runs_of: Sequence[tuple[Mapping[Category, Bools], Effects, Floats]],
    place: tuple[int, Category],
    is_own: Bools,
) -> tuple[float, float]:
    """Return the half-widths of activity and factors of a category, in per cent."""
    number, key = place
    for groups, effects, amounts in runs_of:
        if key in groups and amounts[number]:
            moved = effects.of_lines(groups[key]).moved() / abs(amounts[number]) * 100
            own, shared = (math.sqrt(math.fsum(np.square(moved[p]))) for p in (is_own, ~is_own))
            return own, shared
    return 0.0, 0.0
