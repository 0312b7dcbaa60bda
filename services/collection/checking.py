"""What is wrong with the rows of an entry by its method, told at the cells as typed (4.2 a)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import orjson

from services import clock
from services.collection.cells import WHOLE_ENTRY, CellProblem, parse_cell
from services.collection.checks.heat import NO_HEAT, Heat, heat_of
from services.collection.rows import ParsedRows, Row, cell_of, parse_rows
from services.errors import PlatformError
from services.recent import Recent
from services.standards.catalog import Catalog
from services.standards.checks import assess_today
from services.standards.own_findings import own_findings
from services.standards.own_values import OwnValue, filled, is_own
from services.standards.records import ERROR

# So many rows take longer to check than to recognize.
MANY = 500
MOST_PROBLEMS, MOST_VERDICTS = 1_000, 64
_VERDICTS: Recent[Verdict] = Recent(MOST_VERDICTS)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with the rows, and the heat and CO2 that they come to."""

    problems: tuple[CellProblem, ...]
    heat: Heat


@dataclass(frozen=True, slots=True)
class Rules:
    """By what the rows of a year are checked: the method, the year and the place of factors.

    `own` are the measured values of the organization that fill what the rows leave open.
    """

    method: str
    year: int
    region: str
    own: tuple[OwnValue, ...] = ()

    @property
    def period(self) -> tuple[date, date]:
        """Return the first and last day of the year."""
        return date(self.year, 1, 1), date(self.year, 12, 31)


def problems_of(catalog: Catalog, rules: Rules, rows: Sequence[Row]) -> list[CellProblem]:
    """Return every cell that cannot be read, and what the method says of the others."""
    return list(verdict_of(catalog, rules, rows).problems)


def verdict_of(catalog: Catalog, rules: Rules, rows: Sequence[Row]) -> Verdict:
    """Return every cell that cannot be read, what the method says of the others, and their heat."""
    if len(rows) < MANY:
        return _verdict_of(catalog, rules, rows)
    # Whoever looked at a large file often puts the same rows in next.
    asked = hashlib.sha256(orjson.dumps(list(map(dict, rows)))).digest()
    key = (catalog.fingerprint, rules, clock.today(), asked)
    found = _VERDICTS.get(key)
    if found is None:
        found = _verdict_of(catalog, rules, rows)
        if len(found.problems) <= MOST_PROBLEMS:
            _VERDICTS.keep(key, found)
    return found


def _verdict_of(catalog: Catalog, rules: Rules, rows: Sequence[Row]) -> Verdict:
    parsed = parse_rows(catalog.describe(rules.method), rows)
    by_method, heat = _by_method(catalog, rules, parsed)
    told = (as_typed(problem, rows) for problem in by_method)
    return Verdict((*parsed.problems, *told), heat)


def as_typed(problem: CellProblem, rows: Sequence[Row]) -> CellProblem:
    """Return the problem with the text of its cell in place of the number it was read as."""
    if problem.record == WHOLE_ENTRY:
        return problem
    typed = str(rows[problem.record].get(problem.field) or "").strip()
    error = problem.error
    number = parse_cell(typed)
    # A sum or a derived value is named by the error too, and stands in no cell.
    if not isinstance(number, float) or _number(error.values.get("value")) != number:
        return problem
    told = type(error)(error.where, **{**error.values, "value": typed})
    return CellProblem(problem.record, problem.field, problem.severity, told)


def _by_method(
    catalog: Catalog, rules: Rules, parsed: ParsedRows
) -> tuple[list[CellProblem], Heat]:
    unread = {(problem.record, problem.field) for problem in parsed.problems}
    try:
        records = filled(catalog.method(rules.method), rules.period, parsed.records, rules.own)
        place = (rules.method, rules.year, rules.region)
        context, assessment = assess_today(catalog, place, records)
        found = list(assessment.problems)
        found += own_findings(catalog.method(rules.method), rules.period, records, rules.own)
    except PlatformError as error:
        # The method itself does not fit the year or the region: no cell can be checked by it.
        return [CellProblem(WHOLE_ENTRY, "method", "error", error)], NO_HEAT
    heat = heat_of(context, assessment, parsed.positions)
    placed = [
        CellProblem(
            parsed.positions[p.record],
            cell_of(p.field, parsed.records[p.record]),
            p.severity,
            p.error,
        )
        for p in found
        # What is unusual of an own value was explained to whoever accepted it.
        if p.severity == ERROR or not is_own(records[p.record], p.field)
    ]
    # A cell that cannot be read is not missing as well.
    kept = [problem for problem in placed if (problem.record, problem.field) not in unread]
    return kept, heat


def _number(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, int | float | str) else None
    except ValueError:
        return None
