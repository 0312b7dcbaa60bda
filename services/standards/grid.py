"""The grid a place draws its electricity from, and electricity factors by metric, place, year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from services.standards.descriptions import Names
from services.standards.shelf import Document, document_of, load_documents
from services.standards.tables import Row, StandardDataError, names_of, number, read_rows

# Its east belongs to another grid than the rest, so that the whole has no single answer.
INNER_MONGOLIA = "150000"
NATION = "100000"
CODE_LENGTH = 6
NATIONAL = "national"
CODE_PREFIX = "ELECTRICITY."
# What is averaged: all generation; the notices of emissions trading; without traded non-fossil
# electricity; fossil generation only; and the metric of the assessments before 2021.
METRICS = ("average", "ets_notice", "residual", "fossil_only", "peak_assessment")


@dataclass(frozen=True, slots=True)
class GridPlace:
    """Places whose code begins with a prefix, in some years; an empty grid has no factor."""

    prefix: str
    grid: str
    first_year: int
    last_year: int


@dataclass(frozen=True, slots=True)
class GridFactor:
    """The factor of a place by one metric for one data year, tCO2/MWh.

    `place` is a grid, the nation, or the code of a province.
    """

    metric: str
    place: str
    data_year: int
    value: float
    unit: str
    status: str
    document: Document

    @property
    def code(self) -> str:
        """Return the code by which a line names the factor."""
        return f"{CODE_PREFIX}{self.metric}.{self.place}.{self.data_year}"

    @property
    def applies_from(self) -> date:
        """Return the first day of the data year."""
        return date(self.data_year, 1, 1)

    @property
    def published(self) -> date | None:
        """Return the day it was published, if known."""
        return self.document.published

    @property
    def known_from(self) -> date:
        """Return the day it was published; if that is unknown, the first of its data year."""
        return self.published or self.applies_from


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """Which metric a policy takes in some years, for the nation or the grid of the place."""

    policy: str
    metric: str
    is_national: bool
    first_year: int
    last_year: int


@dataclass(frozen=True, slots=True)
class Grids:
    """All grids with their places, names and factors, and the rules that choose among them."""

    places: tuple[GridPlace, ...]
    names: Mapping[str, Names]
    rules: tuple[PolicyRule, ...]
    factors: Mapping[tuple[str, str], tuple[GridFactor, ...]]

    def rule(self, policy: str, year: int) -> PolicyRule:
        """Return the rule of a policy in a year."""
        return next(
            r for r in self.rules if r.policy == policy and r.first_year <= year <= r.last_year
        )

    def is_region(self, code: str) -> bool:
        """Return whether a code of administrative division lies in a province known here."""
        if len(code) != CODE_LENGTH or not (code.isascii() and code.isdecimal()):
            return False
        return code == NATION or any(code.startswith(place.prefix) for place in self.places)

    def grid_of(self, region: str, year: int) -> str:
        """Return the grid of a place in a year, or nothing; the longest prefix decides."""
        fitting = [
            place
            for place in self.places
            if region.startswith(place.prefix) and place.first_year <= year <= place.last_year
        ]
        return max(fitting, key=lambda place: len(place.prefix)).grid if fitting else ""

    def series(self, metric: str, place: str) -> tuple[GridFactor, ...]:
        """Return the factors of a place by one metric in the order of their data years."""
        return self.factors.get((metric, place), ())

    def factor(self, metric: str, place: str, year: int, known_on: date) -> GridFactor | None:
        """Return the newest factor of a data year up to the year that was known."""
        known = [
            f
            for f in self.series(metric, place)
            if f.data_year <= year and f.known_from <= known_on
        ]
        return max(known, key=lambda f: f.data_year) if known else None


def load_grids(folder: Path) -> Grids:
    """Return the grids of the data files."""
    documents = load_documents(folder)
    found: dict[tuple[str, str], tuple[GridFactor, ...]] = {}
    for row in read_rows("electricity_factors.csv", folder):
        factor = _factor(row, documents)
        key = (factor.metric, factor.place)
        found[key] = (*found.get(key, ()), factor)
    return Grids(
        places=tuple(_place(row) for row in read_rows("grid_places.csv", folder)),
        names={row["grid"]: names_of(row) for row in read_rows("grids.csv", folder)},
        rules=tuple(_rule(row) for row in read_rows("policies.csv", folder)),
        factors=found,
    )


def check_grids(grids: Grids) -> None:
    """Raise unless every name exists and data years ascend within each series."""
    places = {p.grid for p in grids.places if p.grid}
    places |= {place for _, place in grids.factors if not place.isdecimal()}
    if places - grids.names.keys():
        raise StandardDataError("grids.csv", f"no name for {sorted(places - grids.names.keys())}")
    for (metric, place), series in grids.factors.items():
        years = [f.data_year for f in series]
        if metric not in METRICS or years != sorted(set(years)):
            raise StandardDataError(
                "electricity_factors.csv", f"years of {metric} {place} do not ascend"
            )


def _years(row: Row) -> tuple[int, int]:
    first, last = number(row["first_year"]), number(row["last_year"])
    return int(first or 0), int(last or 9999)


def _rule(row: Row) -> PolicyRule:
    return PolicyRule(row["policy"], row["metric"], row["place"] == NATIONAL, *_years(row))


def _place(row: Row) -> GridPlace:
    return GridPlace(row["prefix"], row["grid"], *_years(row))


def _factor(row: Row, documents: Mapping[str, Document]) -> GridFactor:
    return GridFactor(
        metric=row["metric"],
        place=row["place"],
        data_year=int(row["data_year"]),
        value=float(row["value"]),
        unit=row["unit"],
        status=row["status"],
        document=document_of(row["document"], documents, "electricity_factors.csv"),
    )
