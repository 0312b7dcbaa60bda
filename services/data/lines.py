"""Emission lines of runs: stored together, read back exactly as they were computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from services.data.statistics_tables import emission_line
from services.data.work import Work
from services.i18n.words import Words
from services.standards.results import EmissionLine, InputValue, Notice

# COPY does not go with row-level security, so it fills a table that is ours alone for a moment.
_COLUMNS = (
    "organization_id, run_id, access_path, year, line, record, source, item, gas,"
    " gas_t, gwp, co2e_t, emission_scope, sign, formula, month, inputs, warnings"
)
# At a DROP the driver forgets all that the connection has prepared, so the table ends by itself.
_TAKE_IN = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS incoming_line (LIKE statistics.emission_line)"
    " ON COMMIT DROP"
)
_COPY = f"COPY incoming_line ({_COLUMNS}) FROM STDIN"
_STORE = (
    f"INSERT INTO statistics.emission_line ({_COLUMNS}) SELECT {_COLUMNS} FROM incoming_line;"
    " TRUNCATE incoming_line"
)


def add(work: Work, content: bytes) -> None:
    """Store lines from the text that LineWriter gives."""
    if not content:
        return
    driver: Any = work.connection.connection.driver_connection
    driver.execute(_TAKE_IN)
    with driver.cursor().copy(_COPY) as copy:
        copy.write(content)
    driver.execute(_STORE)


def of_run(work: Work, organization_id: int, run_id: UUID) -> tuple[EmissionLine, ...]:
    """Return the lines of a run, exactly as they were computed."""
    query = (
        select(emission_line)
        .where(emission_line.c.organization_id == organization_id, emission_line.c.run_id == run_id)
        .order_by(emission_line.c.line)
    )
    return tuple(_line(row) for row in work.connection.execute(query))


def page(
    work: Work, organization_id: int, run_id: UUID, after: int, limit: int
) -> tuple[tuple[int, EmissionLine], ...]:
    """Return lines of a run with their numbers, in order, from behind one on."""
    columns = emission_line.c
    query = (
        select(emission_line)
        .where(
            columns.organization_id == organization_id,
            columns.run_id == run_id,
            columns.line > after,
        )
        .order_by(columns.line)
        .limit(limit)
    )
    return tuple((row.line, _line(row)) for row in work.connection.execute(query))


def notices(entries: Sequence[Mapping[str, Any]]) -> tuple[Notice, ...]:
    """Return remarks from what is stored."""
    return tuple(Notice(entry["key"], _plain(entry["values"])) for entry in entries)


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
