"""The grid a place draws its electricity from, and the factor of that grid for a year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from services.standards.descriptions import Names
from services.standards.tables import Row, StandardDataError, day, names_of, number, read_rows

# Its east belongs to another grid than the rest, so that the whole has no single answer.
INNER_MONGOLIA = "150000"
NATION = "100000"
CODE_LENGTH = 6


@dataclass(frozen=True, slots=True)
class GridPlace:
    """Places whose code begins with a prefix, in some years; an empty grid has no factor."""

    prefix: str
    grid: str
    first_year: int
    last_year: int


@dataclass(frozen=True, slots=True)
class GridFactor:
    """The average factor of a grid for one data year, tCO2/MWh."""

    data_year: int
    grid: str
    value: float
    unit: str
    status: str
    published: date | None
    source: str

    def known_by(self, day_: date) -> bool:
        """Return whether it was published; if the day is unknown, from its data year on."""
        return (self.published or date(self.data_year, 1, 1)) <= day_


@dataclass(frozen=True, slots=True)
class Grids:
    """All grids with their places, names and factors."""

    places: tuple[GridPlace, ...]
    names: Mapping[str, Names]
    factors: tuple[GridFactor, ...]

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

    def factor(self, grid: str, year: int, known_on: date) -> GridFactor | None:
        """Return the newest factor of a data year up to the year that was known."""
        known = [
            f
            for f in self.factors
            if f.grid == grid and f.data_year <= year and f.known_by(known_on)
        ]
        return max(known, key=lambda f: f.data_year) if known else None


def load_grids(folder: Path) -> Grids:
    """Return the grids of the data files."""
    return Grids(
        places=tuple(_place(row) for row in read_rows("grid_places.csv", folder)),
        names={row["grid"]: names_of(row) for row in read_rows("grids.csv", folder)},
        factors=tuple(_factor(row) for row in read_rows("grid_factors.csv", folder)),
    )


def check_grids(grids: Grids) -> None:
    """Raise unless every name exists and data years ascend within each grid."""
    unknown = {p.grid for p in grids.places if p.grid} | {f.grid for f in grids.factors}
    if unknown - grids.names.keys():
        raise StandardDataError("grids.csv", f"no name for {sorted(unknown - grids.names.keys())}")
    for grid in grids.names:
        years = [f.data_year for f in grids.factors if f.grid == grid]
        if years != sorted(set(years)):
            raise StandardDataError("grid_factors.csv", f"years of {grid} do not ascend")


def _place(row: Row) -> GridPlace:
    first, last = number(row["first_year"]), number(row["last_year"])
    return GridPlace(row["prefix"], row["grid"], int(first or 0), int(last or 9999))


def _factor(row: Row) -> GridFactor:
    return GridFactor(
        data_year=int(row["data_year"]),
        grid=row["grid"],
        value=float(row["value"]),
        unit=row["unit"],
        status=row["status"],
        published=day(row["published"]),
        source=row["source"],
    )
