"""Worked examples of the methods: records with the total they are known to give (4.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from services.standards.calculate import Calculation, calculate
from services.standards.catalog import Catalog
from services.standards.request import CalculationRequest
from services.standards.tables import DATA_FOLDER, read_toml

YEAR, REGION = 2023, "320000"
PUBLIC, CONSTRUCTED, BY_HAND = "public", "constructed", "by_hand"
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Example:
    """One example; `origin` says who made its number: public, constructed or by_hand.

    `arithmetic` is how the number can be followed, where it was made by hand.
    """

    name: str
    method: str
    origin: str
    arithmetic: str
    year: int
    total_t: float
    records: Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Trial:
    """An example that was computed; `agrees` says whether the known total came out."""

    example: Example
    result: Calculation
    agrees: bool


@cache
def examples() -> tuple[Example, ...]:
    """Return every example of the data files."""
    folder = DATA_FOLDER / "examples"
    found = [
        case
        for path in sorted(folder.glob("*.toml"))
        for case in read_toml(path.name, folder)["case"]
    ]
    return tuple(_example(case) for case in found)


def examples_of(designation: str) -> tuple[Example, ...]:
    """Return the examples of a method."""
    return tuple(example for example in examples() if example.method == designation)


def run_example(catalog: Catalog, example: Example, known_on: date) -> Trial:
    """Compute an example by the engine and compare its total."""
    request = CalculationRequest(example.method, example.year, REGION, example.records, known_on)
    result = calculate(catalog, request)
    gap = abs(result.total_t - example.total_t)
    # Printed totals have six decimals, so a millionth of a tonne is agreement as well.
    return Trial(example, result, gap <= max(TOLERANCE * abs(example.total_t), 1e-3))


def _example(case: Mapping[str, Any]) -> Example:
    return Example(
        name=case["id"],
        method=case["method"],
        origin=_origin(case["origin"]),
        arithmetic=case["origin"].partition("by hand: ")[2],
        year=case.get("year", YEAR),
        total_t=case["total_t"],
        records=case["records"],
    )


def _origin(text: str) -> str:
    if "by hand" in text:
        return BY_HAND
    return PUBLIC if "public" in text else CONSTRUCTED
