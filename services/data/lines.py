"""Emission lines of runs: stored together, read back exactly as they were computed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, select

from services.data.statistics_tables import emission_line
from services.data.work import Work
from services.i18n.words import Words
from services.standards.results import Calculation, EmissionLine, InputValue, Notice

Entry = dict[str, Any]

# COPY does not go with row-level security, so it fills a table that is ours alone for a moment.
_COLUMNS = (
    "organization_id, run_id, access_path, year, line, record, source, item, gas,"
    " gas_t, gwp, co2e_t, emission_scope, sign, formula, month, inputs, warnings"
)
_NULL = "\\N"
_TAKE_IN = "CREATE TEMPORARY TABLE incoming_line (LIKE statistics.emission_line)"
_COPY = f"COPY incoming_line ({_COLUMNS}) FROM STDIN"
_STORE = (
    f"INSERT INTO statistics.emission_line ({_COLUMNS}) SELECT {_COLUMNS} FROM incoming_line;"
    " DROP TABLE incoming_line"
)


def add(work: Work, content: str) -> None:
    """Store lines from the text that encoded() gives."""
    if not content:
        return
    driver: Any = work.connection.connection.driver_connection
    driver.execute(_TAKE_IN)
    with driver.cursor().copy(_COPY) as copy:
        copy.write(content)
    driver.execute(_STORE)


def encoded(computed: Sequence[tuple[Mapping[str, Any], Calculation]]) -> str:
    """Return the lines of calculations as COPY takes them; empty when there is none.

    Each calculation comes with the place and the id of its run.
    """
    encoder = _Encoder()
    return "".join(
        row for place, calculation in computed for row in encoder.rows(place, calculation)
    )


def of_run(work: Work, organization_id: int, run_id: UUID) -> tuple[EmissionLine, ...]:
    """Return the lines of a run, exactly as they were computed."""
    query = (
        select(emission_line)
        .where(emission_line.c.organization_id == organization_id, emission_line.c.run_id == run_id)
        .order_by(emission_line.c.line)
    )
    return tuple(_line(row) for row in work.connection.execute(query))


def notice_values(notice: Notice) -> Entry:
    """Return a remark as it is stored."""
    # jsonb writes 4e16 as an integer; a remark may hold integers too, so floats are marked.
    values = {
        name: {"float": repr(value)} if isinstance(value, float) else value
        for name, value in notice.values.items()
    }
    return {"key": notice.key, "values": values}


def notices(entries: Sequence[Mapping[str, Any]]) -> tuple[Notice, ...]:
    """Return remarks from what is stored."""
    return tuple(Notice(entry["key"], _plain(entry["values"])) for entry in entries)


class _Encoder:
    """Lines as rows of COPY; what lines have in common is written out once."""

    def __init__(self) -> None:
        # By identity: lines share the very objects, and the caller holds them meanwhile.
        self._inputs: dict[tuple[str, int], str] = {}
        self._notices: dict[int, str] = {}
        self._columns: dict[tuple[str, ...], str] = {}

    def rows(self, place: Mapping[str, Any], calculation: Calculation) -> Iterator[str]:
        """Yield a row for each line of a calculation."""
        head = f"{place['organization_id']}\t{place['run_id']}\t{place['access_path']}"
        for number, line in enumerate(calculation.lines):
            yield f"{head}\t{calculation.year}\t{number}\t{self._line(line)}\n"

    def _line(self, line: EmissionLine) -> str:
        if not math.isfinite(line.co2e_t):
            raise ValueError(f"Line of record {line.record}: {line.co2e_t} t")
        known, told = self._inputs, self._notices
        # A list, because jsonb would put the symbols of a formula in another order.
        inputs = ",".join(
            [
                known.get((symbol, id(given))) or self._input(symbol, given)
                for symbol, given in line.inputs.items()
            ]
        )
        warnings = ",".join([told.get(id(each)) or self._notice(each) for each in line.warnings])
        what = self._texts((line.source, line.item, line.gas))
        how = self._texts((line.emission_scope, str(line.sign), line.formula))
        month = _NULL if line.month is None else line.month
        return (
            f"{line.record}\t{what}\t{line.gas_t!r}\t{line.gwp!r}\t{line.co2e_t!r}"
            f"\t{how}\t{month}\t[{inputs}]\t[{warnings}]"
        )

    def _texts(self, values: tuple[str, ...]) -> str:
        known = self._columns.get(values)
        if known is None:
            known = self._columns[values] = "\t".join(_escaped(value) for value in values)
        return known

    def _input(self, symbol: str, given: InputValue) -> str:
        entry = self._inputs[symbol, id(given)] = _json(_input_values(symbol, given))
        return entry

    def _notice(self, notice: Notice) -> str:
        entry = self._notices[id(notice)] = _json(notice_values(notice))
        return entry


def _json(entry: Entry) -> str:
    # Of the signs that mean something to COPY, JSON itself leaves only one.
    return orjson.dumps(entry).decode().replace("\\", "\\\\")


def _escaped(text: str) -> str:
    """Return a text as COPY takes it: the signs that mean something to it are marked."""
    plain = text.replace("\\", "\\\\")
    return plain.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _input_values(symbol: str, given: InputValue) -> Entry:
    entry = {
        "symbol": symbol,
        "value": given.value,
        "unit": given.unit,
        "origin": given.origin,
        "status": given.status,
        "factor": given.factor,
        "reference": {"zh": given.reference.zh, "en": given.reference.en},
    }
    if given.half_width is not None:
        entry["half_width"] = given.half_width
    return entry


def _line(row: Row[Any]) -> EmissionLine:
    return EmissionLine(
        record=row.record,
        source=row.source,
        item=row.item,
        gas=row.gas,
        gas_t=row.gas_t,
        gwp=row.gwp,
        co2e_t=row.co2e_t,
        emission_scope=row.emission_scope,
        sign=row.sign,
        formula=row.formula,
        inputs={entry["symbol"]: _input(entry) for entry in row.inputs},
        warnings=notices(row.warnings),
        month=row.month,
    )


def _input(entry: Mapping[str, Any]) -> InputValue:
    # jsonb writes 1e22 without a point, which Python would read as an integer.
    value = float(entry["value"])
    reference, factor = Words(**entry["reference"]), entry.get("factor", "")
    stated = entry.get("half_width")
    half_width = None if stated is None else float(stated)
    origin, status = entry["origin"], entry["status"]
    return InputValue(value, entry["unit"], origin, reference, status, half_width, factor)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: float(value["float"]) if isinstance(value, dict) else value
        for name, value in values.items()
    }
