"""Rows of the energy balance grid as fuels of a balance: text stays, numbers are read (5.1.1 a)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from services.collection.cells import CellError, CellProblem, parse_cell
from services.errors import PlatformError
from services.standards.problems import MissingItemError, NegativeError, UnknownSourceError
from services.standards.reference_approach import FUEL, FuelBalance

Row = Mapping[str, str]
ELECTRICITY, USE = "electricity", "electricity_mwh"
SOURCES = (FUEL, ELECTRICITY)
# The rows of a balance as the grid asks for them, supply first, then use, then what is not burnt.
SUPPLY = ("production", "imports", "exports", "bunkers", "stock_change")
USES = ("transformation", "losses", "final_use", "difference")
APART = ("non_energy", "fixed")
FACTORS = ("ncv", "carbon", "oxidation")
QUANTITIES = (*SUPPLY, *USES, *APART, *FACTORS)


class FuelTwiceError(PlatformError):
    """A fuel stands in two rows of a balance."""

    text_key = "fuel_twice"


@dataclass
class ParsedBalance:
    """The fuels that have a number, the row of each, electricity, and what cannot be read."""

    fuels: list[FuelBalance] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    electricity_mwh: float | None = None
    problems: list[CellProblem] = field(default_factory=list)


def parse_balance(rows: Sequence[Row]) -> ParsedBalance:
    """Return the rows as a balance; rows that name a fuel and no number are left out."""
    parsed = ParsedBalance()
    first: dict[str, int] = {}
    for position, row in enumerate(rows):
        numbers = _numbers(parsed, position, row)
        if not numbers:
            continue
        if row.get("source") == ELECTRICITY:
            _take_electricity(parsed, position, numbers)
        elif _is_fuel(parsed, (position, row), first):
            parsed.fuels.append(FuelBalance(str(row["item"]), **numbers))
            parsed.positions.append(position)
    return parsed


def _numbers(parsed: ParsedBalance, position: int, row: Row) -> dict[str, float]:
    wanted = (USE,) if row.get("source") == ELECTRICITY else QUANTITIES
    return dict(_read(parsed, position, ((name, row.get(name)) for name in wanted)))


def _read(
    parsed: ParsedBalance, position: int, cells: Iterable[tuple[str, str | None]]
) -> Iterable[tuple[str, float]]:
    for name, text in cells:
        value = parse_cell(str(text or ""))
        if isinstance(value, CellError):
            parsed.problems.append(CellProblem(position, name, "error", value))
        elif value is not None:
            yield name, value


def _take_electricity(parsed: ParsedBalance, position: int, numbers: Mapping[str, float]) -> None:
    value = numbers[USE]
    if parsed.electricity_mwh is not None:
        error: PlatformError = FuelTwiceError(USE, value=value)
    elif value < 0:
        error = NegativeError(USE, value=value)
    else:
        parsed.electricity_mwh = value
        return
    parsed.problems.append(CellProblem(position, USE, "error", error))


def _is_fuel(parsed: ParsedBalance, place: tuple[int, Row], first: dict[str, int]) -> bool:
    position, row = place
    source, item = str(row.get("source") or ""), str(row.get("item") or "")
    error: tuple[str, PlatformError] | None = None
    if source not in SOURCES:
        error = "source", UnknownSourceError("source", value=source, known=", ".join(SOURCES))
    elif not item:
        error = "item", MissingItemError("item", symbols="item")
    elif item in first:
        error = "item", FuelTwiceError("item", value=item, row=first[item] + 1)
    if error:
        parsed.problems.append(CellProblem(position, error[0], "error", error[1]))
        return False
    first[item] = position
    return True
