"""Balances and ratios of an entry: heat and carbon, stocks, meters, measurement (5.1.7 c)."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from services.algorithms.robust_line import robust_line
from services.collection.cells import parse_cell
from services.collection.check_rules import ERROR, INFO, WARNING
from services.collection.checks.basis import Basis
from services.collection.checks.heat import Heat
from services.collection.checks.points import month_of
from services.collection.checks.suspicion import (
    DERIVED,
    FILED,
    MEASURED,
    METERED,
    TYPED,
    Evidence,
    Suspicion,
    suspicion,
)
from services.collection.rows import Row, symbols_of
from services.i18n.words import Words, words_of
from services.standards.balance_forms import PREFIX
from services.units import unit

FILE = Path(__file__).parent.parent / "ratio_bands.toml"
GJ_PER_TCE = float(unit("tce").scale / unit("GJ").scale)
OPENING, CLOSING = f"{PREFIX}opening", f"{PREFIX}closing"
# What the terms of a stock add to and take from what is used, and which quantity that is.
ADDS = ("opening", "purchased", "produced", "transfer_in")
TAKES = ("closing", "sold", "transfer_out", "other_use")
OF_STOCK = ("FC", "Q")


@dataclass(frozen=True, slots=True)
class Entered:
    """The rows of a year as they are checked, with what they are held to and computed to."""

    method: str
    year: int
    rows: Sequence[Row]
    basis: Basis
    heat: Heat


@dataclass(frozen=True, slots=True)
class Band:
    """A ratio of a process: what over what, and between which limits it usually lies."""

    id: str
    methods: tuple[str, ...]
    over: tuple[Mapping[str, object], ...]
    under: tuple[Mapping[str, object], ...]
    low: float
    high: float
    unit: str
    status: str
    source: Words
    name: Words
    is_energy_of_output: bool = False


@cache
def bands() -> tuple[Band, ...]:
    """Return the bands of the file."""
    blocks = tomllib.loads(FILE.read_text(encoding="utf-8"))["band"]
    return tuple(
        Band(
            **{
                **block,
                "methods": tuple(block["methods"]),
                "over": tuple(block["over"]),
                "under": tuple(block["under"]),
                "source": words_of(block["source"]),
                "name": words_of(block["name"]),
            }
        )
        for block in blocks
    )


def emission_of_energy(entered: Entered) -> Iterator[Suspicion]:
    """Yield where the CO2 of all fuels does not fit their heat."""
    heat, limits = entered.heat, entered.basis.limits
    # What burns without carbon, such as hydrogen, lies outside any band.
    burnt = [record for record, tonnes in heat.co2_t.items() if tonnes > 0]
    energy_tce = math.fsum(heat.energy_gj[record] for record in burnt) / GJ_PER_TCE
    if not energy_tce > 0:
        return
    emission_t = math.fsum(heat.co2_t[record] for record in burnt)
    held = limits.all_of("emission_energy")
    low, high, far = (held[name].value for name in ("low", "high", "far"))
    ratio = emission_t / energy_tce
    if low <= ratio <= high:
        return
    record = max(burnt, key=lambda each: heat.energy_gj[each])
    year = str(entered.year)
    yield suspicion(
        limits,
        "emission_energy",
        (record, "NCV"),
        value=ratio,
        expected=high if ratio > high else low,
        evidence=[
            Evidence(year, emission_t, DERIVED, "tCO2"),
            Evidence(year, energy_tce, DERIVED, "tce"),
        ],
        # Coke alone lies a little above the band, coke-oven gas below: that asks for no reason.
        severity=ERROR if ratio > high * far or ratio < low / far else INFO,
        emission=emission_t,
        energy=energy_tce,
    )


def measured_emission(entered: Entered) -> Iterator[Suspicion]:
    """Yield where continuous measurement and calculation differ; neither overwrites the other."""
    measured_t, direct_t = entered.basis.measured_t, entered.heat.direct_t
    if measured_t is None or not direct_t:
        return
    held = entered.basis.limits.all_of("cems_vs_calculated")
    percent = (direct_t - measured_t) / direct_t * 100
    if abs(percent) < held["soft"].value:
        return
    is_hard = abs(percent) >= held["hard"].value
    year = str(entered.year)
    yield suspicion(
        entered.basis.limits,
        "cems_vs_calculated",
        (0, "source"),
        value=direct_t,
        expected=measured_t,
        evidence=[Evidence(year, direct_t, DERIVED), Evidence(year, measured_t, MEASURED)],
        severity=WARNING if is_hard else INFO,
        percent=round(percent, 1),
    )


def stocks(entered: Entered) -> Iterator[Suspicion]:
    """Yield where a stock opens with another amount than the period before closed with."""
    closing = _closing(entered)
    limit = entered.basis.limits.all_of("stock_continuity")["limit"].value
    for record, row in enumerate(entered.rows):
        month = month_of(row, entered.year)
        opening = _number(row, OPENING)
        if month is None or opening is None:
            continue
        before = closing.get((*_use(row), entered.year * 12 + max(month, 1) - 2))
        used = _balance_use(row)
        if before is None or used is None:
            continue
        gap = opening - before.value
        percent = abs(gap) / used * 100 if used > 0 else math.inf
        if gap and percent > limit:
            period = _period(entered.year, month)
            yield suspicion(
                entered.basis.limits,
                "stock_continuity",
                (record, OPENING),
                value=opening,
                expected=before.value,
                evidence=[before, Evidence(period, opening, TYPED)],
                period=period,
                gap=gap,
                percent=round(percent, 1),
            )


def meters(entered: Entered) -> Iterator[Suspicion]:
    """Yield where an amount is not what the bound points metered, and counters that went back."""
    if not entered.basis.metered:
        return
    for record, row in enumerate(entered.rows):
        month = month_of(row, entered.year)
        for symbol, value in _amounts(row):
            metered = entered.basis.metered.get((month or 0, *_use(row)[:2], symbol))
            if metered is None:
                continue
            place = (record, symbol if _number(row, symbol) is not None else OPENING)
            name = "/".join((*_use(row), symbol))
            period = _period(entered.year, month or 0)
            seen = Evidence(period, metered.value, METERED)
            if metered.steps_back:
                yield suspicion(
                    entered.basis.limits,
                    "meter_continuity",
                    place,
                    name,
                    value=float(metered.steps_back),
                    expected=metered.value,
                    evidence=[seen],
                    period=period,
                )
            limit = entered.basis.limits.all_of("metered_differs", name)["limit"].value
            percent = _apart(value, metered.value)
            if metered.is_complete and percent > limit:
                yield suspicion(
                    entered.basis.limits,
                    "metered_differs",
                    place,
                    name,
                    value=value,
                    expected=metered.value,
                    evidence=[Evidence(period, value, TYPED), seen],
                    period=period,
                    percent=round(percent, 1),
                )


def ratios(entered: Entered) -> Iterator[Suspicion]:
    """Yield ratios of the process that lie outside their bands."""
    for band in bands():
        if entered.method not in band.methods:
            continue
        over, under = _sum(entered, band.over), _sum(entered, band.under)
        if not over or not under:
            continue
        above, below = math.fsum(over.values()), math.fsum(under.values())
        if not below > 0 or band.low <= above / below <= band.high:
            continue
        year = str(entered.year)
        yield suspicion(
            entered.basis.limits,
            "material_ratio",
            (min(over), "source"),
            value=above / below,
            expected=band.high if above / below > band.high else band.low,
            evidence=[Evidence(year, above, TYPED), Evidence(year, below, TYPED)],
            ratio_name=band.name,
            unit=band.unit,
            low=band.low,
            high=band.high,
        )


def energy_by_output(entered: Entered) -> Iterator[Suspicion]:
    """Yield months whose energy does not follow their output, by a robust line through all."""
    for band in bands():
        if entered.method not in band.methods or not band.is_energy_of_output:
            continue
        over, under = _sum(entered, band.over), _sum(entered, band.under)
        energy, output = _by_month(entered, over), _by_month(entered, under)
        months = sorted(set(energy) & set(output) - {0})
        yield from _off_the_line(entered, months, (energy, output), over)


def _off_the_line(
    entered: Entered,
    months: Sequence[int],
    amounts: tuple[Mapping[int, float], Mapping[int, float]],
    over: Mapping[int, float],
) -> Iterator[Suspicion]:
    limits = entered.basis.limits
    held = limits.all_of("energy_output")
    if len(months) < held["least"].value:
        return
    energy, output = (np.array([each[month] for month in months]) for each in amounts)
    line = robust_line(output, energy)
    for at, z in enumerate(line.z if line else ()):
        if line is None or not abs(z) > held["z_limit"].value:
            continue
        of_month = [r for r in over if month_of(entered.rows[r], entered.year) == months[at]]
        period = _period(entered.year, months[at])
        expected = line.intercept + line.slope * float(output[at])
        yield suspicion(
            limits,
            "energy_output",
            (max(of_month, key=lambda r: over[r]), "source"),
            value=float(energy[at]),
            expected=expected,
            evidence=[
                Evidence(_period(entered.year, month), float(value), TYPED, "GJ")
                for month, value in zip(months, energy, strict=True)
            ],
            period=period,
            count=len(months),
            base=line.intercept,
            slope=line.slope,
            z=round(float(z), 1),
        )


def _sum(entered: Entered, parts: Sequence[Mapping[str, object]]) -> dict[int, float]:
    """Return the amount of each row that belongs to a part; nothing where one is not known."""
    found: dict[int, float] = {}
    for part in parts:
        for record, row in enumerate(entered.rows):
            source, item, _ = _use(row)
            if source != part["source"] or item != part.get("item", item):
                continue
            value = (
                entered.heat.energy_gj.get(record)
                if part.get("is_energy")
                else _number(row, str(part["symbol"]))
            )
            if value is None:
                return {}
            found[record] = found.get(record, 0.0) + value
    return found


def _by_month(entered: Entered, amounts: Mapping[int, float]) -> dict[int, float]:
    found: dict[int, float] = {}
    for record, value in amounts.items():
        month = month_of(entered.rows[record], entered.year)
        if month is not None:
            found[month] = found.get(month, 0.0) + value
    return found


def _closing(entered: Entered) -> dict[tuple[str, str, str, int], Evidence]:
    """Return the closing stock of each use by the number of its last month."""
    found = {}
    years = [*entered.basis.earlier.items(), (entered.year, entered.rows)]
    for year, rows in years:
        for row in rows:
            month, closing = month_of(row, year), _number(row, CLOSING)
            if month is not None and closing is not None:
                origin = TYPED if year == entered.year else FILED
                last = Evidence(_period(year, month), closing, origin)
                found[(*_use(row), year * 12 + (month or 12) - 1)] = last
    return found


def _amounts(row: Row) -> Iterator[tuple[str, float]]:
    """Yield what a row states or its balance comes to, by symbol."""
    for symbol, text in symbols_of(row).items():
        number = parse_cell(text)
        if isinstance(number, float) and not symbol.startswith(PREFIX):
            yield symbol, number
    used = _balance_use(row)
    if used is not None:
        yield from ((symbol, used) for symbol in OF_STOCK)


def _balance_use(row: Row) -> float | None:
    """Return use = opening + purchased − closing − sold; None where no stock is stated."""
    terms = {
        symbol.removeprefix(PREFIX): _number(row, symbol)
        for symbol in symbols_of(row)
        if symbol.startswith(PREFIX)
    }
    if terms.get("opening") is None or terms.get("closing") is None:
        return None
    adds = math.fsum(terms[name] or 0.0 for name in ADDS if name in terms)
    return adds - math.fsum(terms[name] or 0.0 for name in TAKES if name in terms)


def _apart(value: float, other: float) -> float:
    if value == other:
        return 0.0
    return abs(value - other) / abs(other) * 100 if other else math.inf


def _use(row: Row) -> tuple[str, str, str]:
    return tuple(str(row.get(key) or "").strip() for key in ("source", "item", "key"))  # type: ignore[return-value]


def _number(row: Row, symbol: str) -> float | None:
    number = parse_cell(str(row.get(symbol) or ""))
    return number if isinstance(number, float) else None


def _period(year: int, month: int) -> str:
    return f"{year}-{month:02d}" if month else str(year)


OF_ENTRY = (emission_of_energy, measured_emission, stocks, meters, ratios, energy_by_output)
