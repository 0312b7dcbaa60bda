"""Every problem of records at once, cell by cell, by the rules that `calculate` enforces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from services.clock import today
from services.errors import PlatformError
from services.standards.catalog import Catalog
from services.standards.choosing import Row
from services.standards.context import Context, context_of
from services.standards.evaluation import Columns, Evaluation, Streams, evaluate_filled
from services.standards.findings import findings
from services.standards.model import Source
from services.standards.months import MONTH, read_month
from services.standards.records import ERROR, WARNING, Problem, RecordReader
from services.standards.request import CalculationRequest, Record
from services.standards.results import MissingRecord

__all__ = ["Assessment", "Problem", "SourceRows", "assess", "check_records"]


@dataclass(frozen=True, slots=True)
class SourceRows:
    """The rows of one source that were understood, as columns, with their emissions."""

    source: Source
    rows: tuple[Row, ...]
    columns: Columns
    result: Evaluation


@dataclass(frozen=True, slots=True)
class Assessment:
    """All problems in the order of the records, what could be computed, and what has no number."""

    problems: tuple[Problem, ...]
    sources: tuple[SourceRows, ...]
    missing: tuple[MissingRecord, ...] = ()


def check_records(
    catalog: Catalog, method: str, year: int, region: str, records: Sequence[object]
) -> list[Problem]:
    """Return every problem of every cell; an unusual value is a warning.

    Raises PlatformError when method, year or region themselves cannot be used.
    """
    _, assessment = assess_today(catalog, (method, year, region), records)
    return list(assessment.problems)


def assess_today(
    catalog: Catalog, place: tuple[str, int, str], records: Sequence[object]
) -> tuple[Context, Assessment]:
    """Return what is known today of a method, year and region, and the records assessed by it.

    Raises PlatformError when method, year or region themselves cannot be used.
    """
    method, year, region = place
    known_on: date = today()
    context = context_of(catalog, CalculationRequest(method, year, region, (), known_on))
    return context, assess(context, records)


def assess(context: Context, records: Sequence[object]) -> Assessment:
    """Read all records, compute those without errors column by column, and keep every problem."""
    problems: list[Problem] = []
    rows: list[Row] = []
    missing: list[MissingRecord] = []
    for number, raw in enumerate(records):
        if (alike := context.moulds.cast(number, raw)) is not None:
            rows.append(alike)
            continue
        reader = RecordReader(context, number)
        row = reader.read(raw)
        if isinstance(raw, Mapping) and MONTH in raw:
            _place_in_year(context, reader, number, (raw, row))
        problems += reader.problems
        missing += reader.missing
        if row is None or any(p.severity == ERROR for p in reader.problems):
            continue
        rows.append(row)
        if not reader.problems:
            context.moulds.keep(raw, row, context.catalog)
    rows = list(_with_balances(rows))
    sources = tuple(_evaluate(context, source, rows) for source in _sources_of(rows))
    for part in sources:
        problems += _column_problems(part)
    by_record = tuple(sorted(problems, key=lambda p: p.record))
    return Assessment(by_record, sources, tuple(missing))


def _place_in_year(
    context: Context, reader: RecordReader, number: int, read: tuple[Record, Row | None]
) -> None:
    """Give what was read of a record its month, or keep why the month cannot be used."""
    raw, row = read
    source = context.method.sources.get(str(raw.get("source")))
    where = f"records[{number}].{MONTH}"
    try:
        month = read_month(raw, source, context.period, where)
    except PlatformError as error:
        reader.take([Problem(number, MONTH, ERROR, error)])
        return
    if row is not None:
        row.month = month
    reader.missing = [replace(record, month=month) for record in reader.missing]


def _with_balances(rows: Sequence[Row]) -> Iterator[Row]:
    """Return the rows, with streams that stand as rows of their own put into one balance each.

    The balance stands where the first of its streams does.
    """
    balances: dict[str, Row] = {}
    for row in rows:
        if not (row.source.is_balance and row.place):
            yield row
            continue
        code = row.source.code
        is_first = code not in balances
        whole = balances.setdefault(code, Row(row.record, row.source))
        number = sum(stream.sign == row.sign for stream in whole.streams)
        row.place = f"{row.place}[{number}]"
        whole.streams.append(row)
        if is_first:
            yield whole


def _sources_of(rows: Sequence[Row]) -> list[Source]:
    return list({row.source.code: row.source for row in rows}.values())


def _evaluate(context: Context, source: Source, rows: Sequence[Row]) -> SourceRows:
    own = tuple(row for row in rows if row.source is source)
    columns = columns_of(source, own)
    return SourceRows(
        source, own, columns, evaluate_filled(source, columns, context.fills_of(source))
    )


def columns_of(source: Source, records: Sequence[Row]) -> Columns:
    """Return the given cells as columns, one row for each record or each stream of a balance.

    A symbol that nobody gives has no column.
    """
    rows = [stream for row in records for stream in (row.streams or [row])]
    stated = set().union(*(row.given for row in rows))
    given = {
        symbol: np.array(
            [row.given[symbol].value if symbol in row.given else np.nan for row in rows]
        )
        for symbol in source.inputs
        if symbol in stated
    }
    policy = np.array([row.policy.value if row.policy else np.nan for row in rows])
    slots = np.array([row.slot for row in rows], dtype=np.int32)
    return Columns(slots, given, policy, _streams(source, records))


def _streams(source: Source, records: Sequence[Row]) -> Streams | None:
    if not source.is_balance:
        return None
    pairs = [(number, s.sign) for number, row in enumerate(records) for s in row.streams]
    number, sign = np.array(pairs).T
    return Streams(number, sign.astype(np.float64), len(records))


def _column_problems(part: SourceRows) -> list[Problem]:
    found = []
    for finding in findings(part.source, part.columns, part.result):
        severity = ERROR if finding.is_error else WARNING
        for index in np.flatnonzero(finding.rows):
            record = part.rows[index].record
            inputs = f"records[{record}].inputs"
            where = inputs if finding.symbol == "inputs" else f"{inputs}.{finding.symbol}"
            error = finding.error(where, **finding.values(int(index)))
            found.append(Problem(record, finding.symbol, severity, error))
    return found
