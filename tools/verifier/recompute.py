"""Every line once more from its inputs, each input traced to its record or factor."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any

from services.standards.balance_forms import PREFIX
from services.standards.formulas.base import Written
from services.standards.formulas.registry import FORMULAS
from services.units import convert
from tools.verifier.arrays import Array
from tools.verifier.balance import balanced_inputs
from tools.verifier.findings import Finding, same

RESULT, REQUEST = "result.json", "request.json"
GIVEN = ("measured", "estimated")
SIGNS = {"in": 1.0, "out": -1.0}
STATUSES = ("verified", "secondary", "recalled")
BALANCE = "CARBON_BALANCE"

Given = dict[str, Any]


@dataclass
class Bundle:
    """The documents of a bundle, by what they hold."""

    request: dict[str, Any]
    sources: dict[str, Any]
    scopes: dict[str, str]
    factors: dict[str, Any]
    lines: list[dict[str, Any]]
    gwp_set: str
    last_day: date
    defaults_on: date
    known_on: date
    first_day: date
    counted: list[Any] = field(default_factory=list)
    biomass_co2_t: list[float] = field(default_factory=list)


def bundle_from(documents: Mapping[str, Any]) -> Bundle:
    """Return the documents as a bundle."""
    request, method = documents[REQUEST], documents["method.json"]
    whole = [f"{request['year']}-01-01", f"{request['year']}-12-31"]
    first, last = map(date.fromisoformat, request.get("period") or whole)
    return Bundle(
        request=request,
        sources={source["code"]: source for source in method["sources"]},
        scopes={source["code"]: source["emission_scope"] for source in method["sources"]},
        factors={factor["code"]: factor for factor in documents["factors.json"]["factors"]},
        lines=documents[RESULT]["lines"],
        gwp_set=request.get("gwp_set") or method["gwp_set"],
        last_day=last,
        # Before a method's first day, for comparison, its defaults are those of that day.
        defaults_on=max(last, date.fromisoformat(method["valid_from"])),
        known_on=date.fromisoformat(request["known_on"]),
        first_day=first,
    )


class RecordValues:
    """The quantities of a record as a formula asks for them; a balance has one row a stream."""

    def __init__(self, source: Mapping[str, Any], streams: Sequence[Mapping[str, Given]]) -> None:
        self._entries = {entry["symbol"]: entry for entry in source["inputs"]}
        self._streams = streams
        self.gases = tuple(source["gases"])
        self.symbols = tuple(self._entries)

    def __getitem__(self, symbol: str) -> Array:
        return Array(self._value(stream.get(symbol)) for stream in self._streams)

    def gives(self, symbol: str) -> bool:
        """Return whether the record itself states a quantity."""
        return any(s[symbol]["origin"] in GIVEN for s in self._streams if symbol in s)

    def unit(self, symbol: str) -> str:
        """Return the unit of a quantity as the method has it."""
        unit: str = self._entries[symbol]["unit"]
        return unit

    def _value(self, given: Given | None) -> float:
        if given is None or given["origin"] == "derived":
            return math.nan
        return float(given["value"])


def check_lines(bundle: Bundle) -> Iterator[Finding]:
    """Recompute every record, and keep what its lines count for the totals."""
    by_record: dict[int, list[int]] = {}
    for number, line in enumerate(bundle.lines):
        by_record.setdefault(line["record"], []).append(number)
    if list(by_record) != sorted(by_record):
        yield Finding(RESULT, "lines", "shape")
    for record, numbers in by_record.items():
        yield from _check_record(bundle, record, numbers)
    behind = {n for record in by_record for n in _records_behind(bundle, record)}
    for number, raw in enumerate(bundle.request["records"]):
        if number in behind or raw.get("missing"):
            continue
        yield Finding(REQUEST, f"records[{number}]", "no_line")


def _check_record(bundle: Bundle, record: int, numbers: Sequence[int]) -> Iterator[Finding]:
    lines = [bundle.lines[number] for number in numbers]
    source = bundle.sources[lines[0]["source"]]
    place = f"{RESULT} lines[{numbers[0]}]"
    inputs, unlike = _together(lines, place)
    yield from unlike
    yield from _check_activity(bundle, record, lines, inputs)
    yield from _check_origins(bundle, source, inputs, place)
    balanced = balanced_inputs(source, lines[0]["item"], inputs, place)
    yield from balanced.findings
    inputs = balanced.inputs
    streams = _streams(inputs) if source["kind"] == BALANCE else {"": inputs}
    formula: Any = FORMULAS[source["kind"]]
    outcome = formula.compute(RecordValues(source, list(streams.values())))
    gas_t = {gas: _gas_tonnes(column, streams, formula) for gas, column in outcome.gas_t.items()}
    yield from _check_derived(outcome, inputs, place)
    if [line["gas"] for line in lines] != list(gas_t):
        yield Finding(place, "gas", "method", [line["gas"] for line in lines], list(gas_t))
        return
    used = frozenset(s for s, given in inputs.items() if given["origin"] != "derived")
    for number, line in zip(numbers, lines, strict=True):
        symbols = tuple(entry["symbol"] for entry in source["inputs"])
        written = Written(symbols, frozenset() if "" not in streams else used, line["gas"])
        expected = {"gas_t": gas_t[line["gas"]], "formula": formula.write(written)}
        yield from _check_line(bundle, number, balanced.counting, expected)
    if outcome.biomass_co2_t is not None:
        stated = _first(outcome.biomass_co2_t)
        # Of a fuel without its carbon content the CO2 beside the total is unknown.
        bundle.biomass_co2_t += [] if math.isnan(stated) else [stated]


def _together(
    lines: Sequence[Mapping[str, Any]], place: str
) -> tuple[dict[str, Given], list[Finding]]:
    """Return the inputs of all lines of a record; each line leaves out those of other gases."""
    inputs: dict[str, Given] = {}
    unlike = []
    for line in lines:
        for given in line["inputs"]:
            known = inputs.setdefault(given["symbol"], given)
            if not (same(given["value"], known["value"]) and given["unit"] == known["unit"]):
                unlike.append(Finding(place, given["symbol"], "unlike", given, known))
    return inputs, unlike


def _streams(inputs: Mapping[str, Given]) -> dict[str, dict[str, Given]]:
    """Return the inputs of a balance by stream, in[0] or out[3], in the order of the line."""
    streams: dict[str, dict[str, Given]] = {}
    for name, given in inputs.items():
        stream, _, symbol = name.partition(".")
        streams.setdefault(stream, {})[symbol] = given
    return streams


def _gas_tonnes(column: Any, streams: Mapping[str, Any], formula: Any) -> float:
    """Return tonnes of gas; the streams of a balance are added in their order, with signs."""
    if "" in streams:
        return _first(column)
    total = 0.0
    for stream, amount in zip(streams, column, strict=True):
        total += SIGNS[stream.partition("[")[0]] * amount
    return float(formula.of_sum(total))


def _first(column: Any) -> float:
    return float(column[0]) if isinstance(column, Array) else float(column)


def _check_derived(outcome: Any, inputs: Mapping[str, Given], place: str) -> Iterator[Finding]:
    for symbol, given in inputs.items():
        if given["origin"] != "derived":
            continue
        if symbol not in outcome.derived:
            yield Finding(place, f"inputs.{symbol}", "method")
            continue
        value = _first(outcome.derived[symbol])
        if not same(given["value"], value):
            yield Finding(place, f"inputs.{symbol}", "recomputed", given["value"], value)


def _check_line(
    bundle: Bundle, number: int, counting: Mapping[str, Any], expected: dict[str, Any]
) -> Iterator[Finding]:
    line, place = bundle.lines[number], f"{RESULT} lines[{number}]"
    own = {given["symbol"]: given for given in line["inputs"]}
    stated = own.get(f"GWP_{line['gas']}") or own.get("GWP")
    code = f"GWP.{bundle.gwp_set}.{line['gas']}"
    if not stated and code not in bundle.factors:
        yield Finding(place, code, "no_factor")
        return
    expected["gwp"] = stated["value"] if stated else bundle.factors[code]["value"]
    expected["co2e_t"] = expected["gas_t"] * expected["gwp"]
    for name in ("formula", "gas_t", "gwp", "co2e_t"):
        if not same(line[name], expected[name]):
            yield Finding(place, name, "recomputed", line[name], expected[name])
    for name in ("emission_scope", "sign"):
        if not same(line[name], counting[name]):
            yield Finding(place, name, "method", line[name], counting[name])
    told = {**counting, **{name: line[name] for name in ("source", "item", "record")}}
    told["co2e_t"] = expected["co2e_t"]
    told["month"] = month_of(bundle.request["records"][line["record"]])
    if not same(line.get("month"), told["month"]):
        yield Finding(place, "month", "activity", line.get("month"), told["month"])
    inputs = {symbol: SimpleNamespace(origin=given["origin"]) for symbol, given in own.items()}
    bundle.counted.append(SimpleNamespace(inputs=inputs, **told))


def month_of(raw: Mapping[str, Any]) -> int | None:
    """Return the month of a record: 3, or 2023-03; None for the whole year."""
    value = raw.get("month")
    return int(str(value).rpartition("-")[2]) if value else None


def _records_behind(bundle: Bundle, record: int) -> list[int]:
    """Return the records of a line: several where each is a stream of one balance."""
    records = bundle.request["records"]
    if not records[record].get("direction"):
        return [record]
    code = records[record]["source"]
    return [n for n, r in enumerate(records) if r.get("direction") and r["source"] == code]


def _cells(bundle: Bundle, record: int) -> dict[str, Any]:
    """Return what the records behind a line state, named as on the line."""
    raw = bundle.request["records"][record]
    source = bundle.sources[raw["source"]]
    symbols = {n: e["symbol"] for e in source["inputs"] for n in (e["symbol"], *e["aliases"])}
    terms = {f"{PREFIX}{term}": cell for term, cell in (raw.get("balance") or {}).items()}
    streams: list[tuple[str, Mapping[str, Any]]] = [("", (raw.get("inputs") or {}) | terms)]
    if raw.get("direction"):
        behind = [bundle.request["records"][n] for n in _records_behind(bundle, record)]
        streams = _numbered((r["direction"].lower(), r["inputs"]) for r in behind)
    elif source["kind"] == BALANCE:
        sides = ((side, s) for side in SIGNS for s in raw["inputs"].get(side, ()))
        streams = _numbered(sides)
    return {
        f"{stream}.{symbols.get(name, name)}".lstrip("."): cell
        for stream, cells in streams
        for name, cell in cells.items()
        if name != "item"
    }


def _numbered(sides: Any) -> list[tuple[str, Mapping[str, Any]]]:
    counts = dict.fromkeys(SIGNS, 0)
    streams = []
    for side, cells in sides:
        streams.append((f"{side}[{counts[side]}]", cells))
        counts[side] += 1
    return streams


def _check_activity(
    bundle: Bundle,
    record: int,
    lines: Sequence[Mapping[str, Any]],
    inputs: Mapping[str, Given],
) -> Iterator[Finding]:
    """Compare what a line says was stated with the records, unit by unit."""
    raw, place = bundle.request["records"][record], f"{RESULT} record {record}"
    is_balance = bundle.sources[lines[0]["source"]]["kind"] == BALANCE
    item = "" if is_balance else (raw.get("item") or "").lower()
    for line in lines:
        for name, value in (("source", raw["source"]), ("item", item)):
            if line[name] != value:
                yield Finding(place, name, "activity", line[name], value)
    cells = _cells(bundle, record)
    unused = [s for s in cells if s not in inputs or inputs[s]["origin"] not in GIVEN]
    for symbol in set(unused) - _ignored(lines):
        yield Finding(f"{REQUEST} records[{record}]", symbol, "unused")
    for symbol, given in inputs.items():
        if given["origin"] in GIVEN:
            yield from _check_given(given, cells.get(symbol), place)


def _check_given(given: Given, cell: Any, place: str) -> Iterator[Finding]:
    where = f"inputs.{given['symbol']}"
    if cell is None:
        yield Finding(place, where, "no_record", given["value"])
        return
    value, origin = _stated(cell, given["unit"])
    if not same(given["value"], value):
        yield Finding(place, where, "activity", given["value"], value)
    if given["origin"] != origin:
        yield Finding(place, where, "activity", given["origin"], origin)


def _stated(cell: Any, unit: str) -> tuple[float, str]:
    """Return the value of a cell in the unit of the line, and how it was found."""
    if not isinstance(cell, dict):
        return abs(float(cell)), GIVEN[0]
    own = cell.get("unit", unit)
    return abs(convert(float(cell["value"]), own, unit)), cell.get("origin", GIVEN[0])


def _ignored(lines: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return the quantities of which a remark says that another went before them."""
    notices = (n for line in lines for n in line["notices"] if n["key"] == "ignored")
    return {symbol for notice in notices for symbol in notice["values"]["symbols"].split(", ")}


def _check_origins(
    bundle: Bundle, source: Mapping[str, Any], inputs: Mapping[str, Given], place: str
) -> Iterator[Finding]:
    """Trace every quantity that the record does not state to the method or a factor."""
    entries = {entry["symbol"]: entry for entry in source["inputs"]}
    for name, given in inputs.items():
        entry, where = entries.get(name.rpartition(".")[2]), f"inputs.{name}"
        if name.startswith(PREFIX):
            # The terms of a balance have no entry of their own; they are checked as a whole.
            continue
        if entry is None:
            if given["origin"] != "derived":
                yield Finding(place, where, "method", given["origin"])
            continue
        if given["unit"] not in entry["unit"].split(" or "):
            yield Finding(place, where, "method", given["unit"], entry["unit"])
        yield from _check_origin(bundle, entry, given, (place, where))


def _check_origin(
    bundle: Bundle, entry: Mapping[str, Any], given: Given, place: tuple[str, str]
) -> Iterator[Finding]:
    origin = given["origin"]
    if origin == "constant":
        if not any(same(given["value"], value) for value in _constants(entry)):
            yield Finding(*place, "method", given["value"], _constants(entry))
    elif origin in ("default", "policy"):
        yield from _check_factor(bundle, given, *place)
    elif origin not in (*GIVEN, "derived"):
        yield Finding(*place, "method", origin)


def _constants(entry: Mapping[str, Any]) -> list[float]:
    """Return the constants that a method itself sets for a quantity."""
    own = [] if entry["constant"] is None else [float(entry["constant"])]
    written = (entry["default"] or "").split("|")
    return own + [float(part[1:]) for part in written if part.startswith("=")]


def _check_factor(bundle: Bundle, given: Given, place: str, where: str) -> Iterator[Finding]:
    parts = [bundle.factors.get(code) for code in given["factor"].split("*")]
    factors = [factor for factor in parts if factor is not None]
    if len(factors) < len(parts):
        yield Finding(place, where, "no_factor", given["factor"])
        return
    value = math.prod(factor["value"] for factor in factors)
    if not same(given["value"], value):
        yield Finding(place, where, "factor", given["value"], value)
    status = max((factor["status"] for factor in factors), key=STATUSES.index)
    if given["status"] != status:
        yield Finding(place, where, "factor", given["status"], status)
    for factor in factors:
        if not _in_force(bundle, factor):
            yield Finding(place, where, "not_in_force", factor["code"])


def _in_force(bundle: Bundle, factor: Mapping[str, Any]) -> bool:
    if factor["code"].startswith("GWP."):
        # The set of warming potentials is chosen by the method or the order, not by the day.
        return True
    applies_from = date.fromisoformat(factor["applies_from"])
    known_from = date.fromisoformat(factor["published"] or factor["applies_from"])
    return applies_from <= bundle.defaults_on and known_from <= bundle.known_on
