"""Emission lines of runs: stored in one statement, read back exactly as they were computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, select, text

from services.data.statistics_tables import emission_line
from services.data.work import Work
from services.i18n.words import Words
from services.standards.results import Calculation, EmissionLine, InputValue, Notice

Entry = dict[str, Any]

# One statement for lines of many runs. COPY does not go with row-level security.
_INSERT = text(
    "INSERT INTO statistics.emission_line SELECT * FROM"
    " jsonb_populate_recordset(NULL::statistics.emission_line, CAST(:lines AS jsonb))"
)


def add(work: Work, content: str) -> None:
    """Store lines from the text that encoded() gives."""
    if content:
        work.connection.execute(_INSERT, {"lines": content})


def encoded(computed: Sequence[tuple[Mapping[str, Any], Calculation]]) -> str:
    """Return the lines of calculations as one JSON text; empty when there is none.

    Each calculation comes with the place and the id of its run.
    """
    encoder = _Encoder()
    rows = [
        {**place, "year": calculation.year, "line": number, **encoder.line(line)}
        for place, calculation in computed
        for number, line in enumerate(calculation.lines)
    ]
    return orjson.dumps(rows).decode() if rows else ""


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
    """Lines as JSON objects; what lines have in common is written out once."""

    def __init__(self) -> None:
        # By identity: lines share the very objects, and the caller holds them meanwhile.
        self._inputs: dict[tuple[str, int], orjson.Fragment] = {}
        self._notices: dict[int, orjson.Fragment] = {}

    def line(self, line: EmissionLine) -> Entry:
        """Return a line without its place."""
        return {
            "record": line.record,
            "source": line.source,
            "item": line.item,
            "gas": line.gas,
            "gas_t": line.gas_t,
            "gwp": line.gwp,
            "co2e_t": line.co2e_t,
            "emission_scope": line.emission_scope,
            "sign": line.sign,
            "formula": line.formula,
            # A list, because jsonb would put the symbols of a formula in another order.
            "inputs": [self._input(*pair) for pair in line.inputs.items()],
            "warnings": [self._notice(notice) for notice in line.warnings],
        }

    def _input(self, symbol: str, given: InputValue) -> orjson.Fragment:
        key = symbol, id(given)
        entry = self._inputs.get(key)
        if entry is None:
            entry = self._inputs[key] = orjson.Fragment(orjson.dumps(_input_values(symbol, given)))
        return entry

    def _notice(self, notice: Notice) -> orjson.Fragment:
        entry = self._notices.get(id(notice))
        if entry is None:
            entry = self._notices[id(notice)] = orjson.Fragment(orjson.dumps(notice_values(notice)))
        return entry


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
