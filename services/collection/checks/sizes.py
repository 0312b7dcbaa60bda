"""Rules of the size of a month: slipped units, outliers, jumps, shifts, months alike (5.1.7 c).

Each takes the months of one point and the limits, and yields what it finds at cells on screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from services.algorithms.level_shift import level_shift
from services.algorithms.outliers import generalized_esd, hampel, neighbours, robust_z
from services.algorithms.seasonal import seasonal_z
from services.algorithms.unit_slip import Slips, unit_slips
from services.collection.check_rules import Limits
from services.collection.checks.points import Months, Year
from services.collection.checks.suspicion import FILED, TYPED, Evidence, Suspicion, suspicion
from services.collection.checks.unit_factors import factor_values, name_of_factor

MONTHS_IN_YEAR = 12
SLIP_WINDOW = 6
# Rosner's test is meant for batches of so many values.
LEAST_OF_ESD = 25


def slips_in(months: Months, limits: Limits) -> Slips:
    """Return what fits the months around it only in another unit, where enough are known."""
    held = limits.all_of("unit_slip", months.name)
    found = unit_slips(months.values, SLIP_WINDOW, factor_values(), held["sigmas"].value)
    few = found.local.count < held["least"].value
    return replace(found, factor=np.where(few, np.nan, found.factor))


def told_slips(months: Months, limits: Limits, found: Slips) -> Iterator[Suspicion]:
    """Yield the slipped months on screen, each with what was probably meant."""
    for at in _beyond(months, ~np.isnan(found.factor)):
        value, median = float(months.values[at]), float(found.local.median[at])
        factor = float(found.factor[at])
        yield suspicion(
            limits,
            "unit_slip",
            months.place(at),
            months.name,
            value=value,
            expected=median,
            evidence=months.evidence(at, SLIP_WINDOW),
            period=months.period(at),
            ratio=float(f"{value / median:.3g}"),
            factor=factor,
            factor_name=name_of_factor(factor),
            meant=float(found.meant[at]),
        )


def without(months: Months, found: Slips) -> Months:
    """Return the months with what is probably in another unit as unknown."""
    return replace(months, values=np.where(np.isnan(found.factor), months.values, np.nan))


def apart_from_all(months: Months, limits: Limits) -> Iterator[Suspicion]:
    """Yield what is apart from all known months by the robust z."""
    held = limits.all_of("robust_z", months.name)
    known = months.known
    if known < held["least"].value:
        return
    z = robust_z(months.values)
    for at in _beyond(months, np.abs(z) > held["z_limit"].value):
        yield suspicion(
            limits,
            "robust_z",
            months.place(at),
            months.name,
            value=float(months.values[at]),
            expected=float(np.nanmedian(months.values)),
            evidence=months.evidence(at),
            period=months.period(at),
            count=known,
            z=round(float(z[at]), 1),
        )


def apart_from_neighbours(months: Months, limits: Limits) -> Iterator[Suspicion]:
    """Yield what Hampel's filter finds."""
    held = limits.all_of("hampel", months.name)
    half, sigmas = int(held["half_window"].value), held["sigmas"].value
    local = neighbours(months.values, half, with_itself=True)
    for at in _beyond(months, hampel(months.values, half, sigmas)):
        # Among equal months every other one would be flagged, and of few nothing is known.
        if not local.sigma[at] > 0 or local.count[at] <= half:
            continue
        yield suspicion(
            limits,
            "hampel",
            months.place(at),
            months.name,
            value=float(months.values[at]),
            expected=float(local.median[at]),
            evidence=months.evidence(at, half),
            period=months.period(at),
            away=float(sigmas * local.sigma[at]),
        )


def apart_from_season(months: Months, limits: Limits) -> Iterator[Suspicion]:
    """Yield what does not follow the season of earlier years."""
    held = limits.all_of("seasonal", months.name)
    if len(months.values) < held["least"].value:
        return
    z = seasonal_z(months.values, MONTHS_IN_YEAR)
    if z is None:
        return
    for at in _beyond(months, np.abs(z) > held["z_limit"].value):
        same = months.values[at - MONTHS_IN_YEAR] if at >= MONTHS_IN_YEAR else np.nan
        yield suspicion(
            limits,
            "seasonal",
            months.place(at),
            months.name,
            value=float(months.values[at]),
            expected=None if np.isnan(same) else float(same),
            evidence=months.evidence(at),
            period=months.period(at),
            z=round(float(z[at]), 1),
        )


def apart_by_batch(months: Months, limits: Limits) -> Iterator[Suspicion]:
    """Yield the outliers of all known months by Rosner's test."""
    held = limits.all_of("esd", months.name)
    if months.known < LEAST_OF_ESD:
        return
    known = months.values[~np.isnan(months.values)]
    outliers = generalized_esd(months.values, int(held["most"].value), held["alpha"].value).outliers
    for at in months.here:
        if at in outliers:
            yield suspicion(
                limits,
                "esd",
                months.place(at),
                months.name,
                value=float(months.values[at]),
                expected=float(known.mean()),
                evidence=months.evidence(at),
                period=months.period(at),
                count=len(known),
            )


def jumps_from_last_year(months: Months, limits: Limits) -> Iterator[Suspicion]:
    """Yield what is far from the same month of last year."""
    yield from _jumps(months, limits, "jump_last_year", MONTHS_IN_YEAR)


def jumps_from_last_month(months: Months, limits: Limits) -> Iterator[Suspicion]:
    """Yield what is far from the month before."""
    yield from _jumps(months, limits, "jump_previous_month", 1)


def shifts(months: Months, limits: Limits) -> Iterator[Suspicion]:
    """Yield the month of this year from which on the level is another."""
    held = limits.all_of("level_shift", months.name)
    if months.known < held["least"].value:
        return
    found = level_shift(months.values, held["alpha"].value)
    if found is not None and months.records[found.at] >= 0:
        yield suspicion(
            limits,
            "level_shift",
            months.place(found.at),
            months.name,
            value=found.after,
            expected=found.before,
            evidence=months.evidence(found.at),
            period=months.period(found.at),
        )


def months_alike(months: Months, limits: Limits) -> Iterator[Suspicion]:
    """Yield runs of equal months, at the last of each; nothing used is no run."""
    held = limits.all_of("identical_run", months.name)
    values, start = months.values, 0
    for at in range(1, len(values) + 1):
        if at < len(values) and values[at] == values[start]:
            continue
        last = at - 1
        is_long = at - start >= held["length"].value
        if is_long and values[start] != 0 and months.records[last] >= 0:
            run = range(start, at)
            yield suspicion(
                limits,
                "identical_run",
                months.place(last),
                months.name,
                value=float(values[start]),
                expected=None,
                evidence=[e for e in months.evidence(0) if e.period in map(months.period, run)],
                first=months.period(start),
                last=months.period(last),
                count=len(run),
            )
        start = at


def jump_of_year(year: Year, limits: Limits) -> Iterator[Suspicion]:
    """Yield a whole year that is far from the year before."""
    before = year.before.get(year.year - 1)
    held = limits.all_of("jump_last_year", "/".join(year.point))
    percent = _percent(year.value, before) if before is not None else 0.0
    if before is None or abs(percent) <= held["limit"].value:
        return
    evidence = [Evidence(str(at), value, FILED) for at, value in sorted(year.before.items())]
    yield suspicion(
        limits,
        "jump_last_year",
        (year.record, year.point[3]),
        "/".join(year.point),
        value=year.value,
        expected=before,
        evidence=[*evidence, Evidence(str(year.year), year.value, TYPED)],
        period=str(year.year),
        percent=_told(percent),
    )


# Of fewer months no rule knows a level.
LEAST_KNOWN = 4
Rule = Callable[[Months, Limits], Iterator[Suspicion]]
# In the order in which one of them speaks of a cell, jumps after them.
OF_LEVELS: tuple[Rule, ...] = (
    apart_from_all,
    apart_from_neighbours,
    apart_from_season,
    apart_by_batch,
    shifts,
)
JUMPS: tuple[Rule, ...] = (jumps_from_last_year, jumps_from_last_month)


def _jumps(months: Months, limits: Limits, rule: str, back: int) -> Iterator[Suspicion]:
    limit = limits.all_of(rule, months.name)["limit"].value
    for at in months.here:
        before = float(months.values[at - back]) if at >= back else np.nan
        value = float(months.values[at])
        if np.isnan(before) or abs(_percent(value, before)) <= limit:
            continue
        yield suspicion(
            limits,
            rule,
            months.place(at),
            months.name,
            value=value,
            expected=before,
            evidence=[e for e in months.evidence(at, back) if e.period <= months.period(at)],
            period=months.period(at),
            percent=_told(_percent(value, before)),
        )


def _beyond(months: Months, flagged: np.ndarray) -> Iterator[int]:
    return (at for at in months.here if flagged[at])


def _percent(value: float, before: float) -> float:
    """Return the change in per cent; infinite where something starts from nothing."""
    if value == before:
        return 0.0
    return (value - before) / abs(before) * 100 if before else float("inf")


def _told(percent: float) -> object:
    return round(percent, 1)
