"""Lines and activity rows as they are stored, held to the digests their records keep of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Row, select, text

from services.data.collected_tables import activity
from services.data.line_digest import document_text, lines_digest
from services.data.statistics_tables import emission_line
from services.data.work import Work

STREAMED = {"yield_per": 2_000}
_DIGESTS = text("SELECT run_id, lines_digest FROM business.run WHERE lines_digest IS NOT NULL")
_SUBMISSIONS = text("SELECT submission_id, rows_hash FROM collected.submission")
# Where a part lies is what its record says.
_LINES_ELSEWHERE = text("""
    SELECT DISTINCT l.run_id::text FROM statistics.emission_line l
    LEFT JOIN business.run r ON (r.organization_id, r.run_id) = (l.organization_id, l.run_id)
    WHERE (l.access_path, l.year) IS DISTINCT FROM (r.access_path, r.year)
""")
_ROWS_ELSEWHERE = text("""
    SELECT DISTINCT a.submission_id::text FROM collected.activity a
    LEFT JOIN collected.submission s
      ON (s.organization_id, s.submission_id) = (a.organization_id, a.submission_id)
    WHERE a.access_path IS DISTINCT FROM s.access_path
""")
_NAMES = (
    "record", "source", "item", "gas", "gas_t", "gwp", "co2e_t", "emission_scope", "sign",
    "formula", "month", "inputs",
)  # fmt: skip


def runs_with_other_lines(work: Work) -> Iterator[str]:
    """Yield the runs whose lines are not those that were stored with them."""
    rows = work.connection.execute(_DIGESTS)
    waiting = {str(row.run_id): row.lines_digest for row in rows}
    for run_id, texts in run_texts(work):
        expected = waiting.pop(run_id, None)
        if expected is not None and lines_digest(texts) != expected:
            yield run_id
    for run_id, expected in waiting.items():
        if expected != lines_digest(()):
            yield run_id


def run_texts(work: Work) -> Iterator[tuple[str, list[str]]]:
    """Yield each run that has lines, and their texts as digested; empty ones are misplaced."""
    columns = emission_line.c
    query = select(emission_line).order_by(columns.organization_id, columns.run_id, columns.line)
    rows = work.connection.execute(query, execution_options=STREAMED)
    for run_id, lines in groupby(rows, lambda row: row.run_id):
        yield str(run_id), list(_texts(lines))


def lines_elsewhere(work: Work) -> list[str]:
    """Return the runs whose lines lie at another place or year, or that are not there at all."""
    return list(work.connection.scalars(_LINES_ELSEWHERE))


def rows_elsewhere(work: Work) -> list[str]:
    """Return the submissions whose rows lie elsewhere, or that are not there at all."""
    return list(work.connection.scalars(_ROWS_ELSEWHERE))


def activity_rows(work: Work) -> Iterator[tuple[str, str, list[list[Any]]]]:
    """Yield each submission with the hash it keeps of its rows, and the rows there are."""
    columns = activity.c
    query = select(activity).order_by(
        columns.organization_id, columns.submission_id, columns.record
    )
    waiting = {row.submission_id: row.rows_hash for row in work.connection.execute(_SUBMISSIONS)}
    rows = work.connection.execute(query, execution_options=STREAMED)
    for submission_id, group in groupby(rows, lambda row: row.submission_id):
        found = [[row.source, row.item, row.cells, row.note] for row in group]
        yield str(submission_id), waiting.pop(submission_id, ""), found
    for submission_id, expected in waiting.items():
        yield str(submission_id), expected, []


def _texts(rows: Iterable[Row[Any]]) -> Iterator[str]:
    for number, row in enumerate(rows):
        told = {name: getattr(row, name) for name in _NAMES} | {"notices": row.warnings}
        # A line that is not where it stood among the others is another line.
        yield _readable(told) if row.line == number else ""


def _readable(told: dict[str, Any]) -> str:
    """Return the text of a line; nothing where somebody left no line that can be read."""
    try:
        return document_text(told)
    except (AttributeError, LookupError, TypeError, ValueError):
        return ""
