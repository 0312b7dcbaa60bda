"""A country's fossil CO2 by our engine beside published series, and the provinces (5.1.1 a, b)."""

from __future__ import annotations

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from services.accounting.region_results import (
    COUNTRY,
    FUELS,
    ChainStep,
    NationalAccount,
    NationalChain,
    NationalYear,
    ProvinceRanking,
    ProvinceRow,
    ProvinceSeries,
    ProvinceYear,
    SeriesNote,
)
from services.algorithms.comparison import ranks, relative_difference
from services.data import series
from services.data.engine import Database
from services.data.series_files import Series, SeriesValue
from services.data.work import Scope, Work
from services.errors import NotFoundError
from services.security.permissions import Action, Actor, require
from services.standards.calculate import CalculationRequest, calculate
from services.standards.catalog import Catalog
from services.standards.results import Calculation

METHOD = "省级温室气体清单编制指南(试行)2011"
TJ_PER_EJ = 1e6
T_PER_MT = 1e6
# Published series have no row security, so no place is needed to read them.
BASE_DATA = Scope()
# The guideline's first year; the statistics go back to 1965 but no default factor does.
FIRST_YEAR = 2000
PROVINCE_SOURCES = ("coal", "oil", "gas", "process")

Figures = Mapping[int, Mapping[str, SeriesValue]]


def national_account(
    actor: Actor, database: Database, catalog: Catalog, known_on: date
) -> NationalAccount:
    """Return every year's fossil CO2 by fuel as our engine computes it, beside the published."""
    require(actor, Action.VIEW_REGION)
    with database.work(BASE_DATA) as work:
        energy = _by_year(series.values_of(work, series.NATIONAL_ENERGY, COUNTRY))
        published = _by_year(series.values_of(work, series.NATIONAL_CO2, COUNTRY))
        notes = [_note(work, name) for name in (series.NATIONAL_ENERGY, series.NATIONAL_CO2)]
    years = sorted(year for year in energy if year >= FIRST_YEAR)
    return NationalAccount(
        method=catalog.describe(METHOD),
        known_on=known_on,
        years=tuple(
            _national_year(catalog, _energy_of(energy[y]), published.get(y, {}), y, known_on)
            for y in years
        ),
        energy=notes[0],
        published=notes[1],
    )


def national_chain(
    actor: Actor, database: Database, catalog: Catalog, year: int, known_on: date
) -> NationalChain:
    """Return where one year's figures come from: statistics, factors, formula, clause, status."""
    require(actor, Action.VIEW_REGION)
    with database.work(BASE_DATA) as work:
        found = _by_year(series.values_of(work, series.NATIONAL_ENERGY, COUNTRY))
        note = _note(work, series.NATIONAL_ENERGY)
    if year not in found or year < FIRST_YEAR:
        raise NotFoundError("year", value=year)
    energy_ej = _energy_of(found[year])
    done = calculate(catalog, _request(year, energy_ej, known_on))
    return NationalChain(
        year=year,
        method=catalog.describe(done.method),
        region=done.region,
        known_on=done.known_on,
        period=done.period,
        gwp_set=done.gwp_set,
        input_hash=input_hash(year, energy_ej, known_on),
        total_t=done.total_t,
        steps=tuple(
            ChainStep(fuel, energy_ej[fuel], line)
            for fuel, line in zip(FUELS, done.lines, strict=True)
        ),
        energy=note,
    )


def province_ranking(actor: Actor, database: Database, year: int) -> ProvinceRanking:
    """Return the published figures of all provinces for the year, or the last one before it."""
    require(actor, Action.VIEW_REGION)
    with database.work(BASE_DATA) as work:
        values = series.values_of(work, series.PROVINCE_CO2)
        names = series.province_names(work)
        note = _note(work, series.PROVINCE_CO2)
    by_region = _by_region(values)
    shown = _nearest_year(year, {value.year for value in values})
    found = {code: _province_years(code, names[code], by_region[code]) for code in by_region}
    return _ranking(found, (year, shown), [code for code in names if code in found], note)


def province_series(actor: Actor, database: Database, region_code: str) -> ProvinceSeries:
    """Return every published year of one province by fuel and process."""
    require(actor, Action.VIEW_REGION)
    with database.work(BASE_DATA) as work:
        values = series.values_of(work, series.PROVINCE_CO2, region_code)
        names = series.province_names(work)
        note = _note(work, series.PROVINCE_CO2)
    if not values or region_code not in names:
        raise NotFoundError("region", value=region_code)
    years = _province_years(region_code, names[region_code], values)
    return ProvinceSeries(
        region_code, names[region_code], tuple(years[y] for y in sorted(years)), note
    )


def input_hash(year: int, energy_ej: Mapping[str, float], known_on: date) -> str:
    """Return the fingerprint of everything a year is computed from: same hash, same tonnes."""
    facts = {
        "method": METHOD,
        "region": COUNTRY,
        "year": year,
        "known_on": known_on.isoformat(),
        "energy_ej": {fuel: energy_ej[fuel] for fuel in FUELS},
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _national_year(
    catalog: Catalog,
    energy_ej: Mapping[str, float],
    published: Mapping[str, SeriesValue],
    year: int,
    known_on: date,
) -> NationalYear:
    done = calculate(catalog, _request(year, energy_ej, known_on))
    in_tonnes = {name: _tonnes(value) for name, value in published.items()}
    return NationalYear(
        year=year,
        energy_ej=energy_ej,
        computed_t=_by_fuel(done),
        published_t={fuel: in_tonnes.get(fuel) for fuel in FUELS},
        outside_t={name: value for name, value in in_tonnes.items() if name not in FUELS},
        input_hash=input_hash(year, energy_ej, known_on),
    )


def _request(year: int, energy_ej: Mapping[str, float], known_on: date) -> CalculationRequest:
    records = [
        {"source": "fuel", "item": f"{fuel}_tj", "inputs": {"AD": energy_ej[fuel] * TJ_PER_EJ}}
        for fuel in FUELS
    ]
    return CalculationRequest(
        method=METHOD, year=year, region=COUNTRY, records=records, known_on=known_on
    )


def _by_fuel(done: Calculation) -> dict[str, float]:
    return {fuel: line.co2e_t for fuel, line in zip(FUELS, done.lines, strict=True)}


def _energy_of(figures: Mapping[str, SeriesValue]) -> dict[str, float]:
    found = {fuel: figures[fuel].value for fuel in FUELS}
    return {fuel: value for fuel, value in found.items() if value is not None}


def _province_years(
    code: str, names: Mapping[str, str], values: Iterable[SeriesValue]
) -> dict[int, ProvinceYear]:
    return {
        year: ProvinceYear(
            region_code=code,
            names=names,
            year=year,
            by_source_t={name: _tonnes(found[name]) for name in PROVINCE_SOURCES},
            flag=next(iter(found.values())).flag,
        )
        for year, found in _by_year(values).items()
    }


def _ranking(
    found: Mapping[str, Mapping[int, ProvinceYear]],
    years: tuple[int, int],
    order: list[str],
    note: SeriesNote,
) -> ProvinceRanking:
    asked, shown = years
    totals = {code: found[code][shown].total_t for code in order}
    known = [total for total in totals.values() if total is not None]
    placed, whole = ranks(totals), math.fsum(known)
    rows = [
        ProvinceRow(
            province=found[code][shown],
            rank=placed[code],
            growth=_growth(found[code], shown),
            share=_share(totals[code], whole),
        )
        for code in order
    ]
    ranked = sorted(rows, key=lambda row: row.rank or len(order) + 1)
    return ProvinceRanking(shown, asked, tuple(ranked), whole, len(known), note)


def _growth(years: Mapping[int, ProvinceYear], year: int) -> float | None:
    before = years.get(year - 1)
    return relative_difference(years[year].total_t, before.total_t if before else None)


def _share(total: float | None, whole: float) -> float | None:
    return None if total is None or whole == 0 else total / whole


def _nearest_year(year: int, years: set[int]) -> int:
    """Return the year itself or the last published before it; the first when it is too early."""
    return max((y for y in years if y <= year), default=min(years))


def _by_year(values: Iterable[SeriesValue]) -> dict[int, dict[str, SeriesValue]]:
    found: dict[int, dict[str, SeriesValue]] = defaultdict(dict)
    for value in values:
        found[value.year][value.indicator] = value
    return dict(found)


def _by_region(values: Iterable[SeriesValue]) -> dict[str, list[SeriesValue]]:
    found: dict[str, list[SeriesValue]] = defaultdict(list)
    for value in values:
        found[value.region_code].append(value)
    return dict(found)


def _tonnes(value: SeriesValue) -> float | None:
    return None if value.value is None else value.value * T_PER_MT


def _note(work: Work, series_id: str) -> SeriesNote:
    found: Series = series.series_of(work, series_id)
    return SeriesNote(
        series_id, found.unit, found.url, found.retrieved_on, found.content_hash, found.texts
    )
