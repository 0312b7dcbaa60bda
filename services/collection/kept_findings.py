"""What rules found in a filed year, as it is kept: both languages, numbers, origins (5.1.7 c)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.collection.cells import WHOLE_ENTRY, CellProblem, parse_cell
from services.collection.check_rules import CheckRule, Limit, Limits, rule_of_error
from services.collection.checks.suspicion import TYPED, Evidence, SuspectValueError
from services.collection.reasons import ReasonMissingError
from services.collection.rows import KEY, Row
from services.data.row_findings import NewRowFinding
from services.errors import PlatformError
from services.i18n.texts import LANGUAGES, use_language
from services.standards.months import MONTH


def kept_findings(
    problems: Sequence[CellProblem], rows: Sequence[Row], limits: Limits
) -> list[NewRowFinding]:
    """Return what is kept of the problems of a year's rows, each by a name of its own.

    That a reason is missing is no finding: it is what another finding asks for.
    """
    found = [
        _finding(problem, rows, limits)
        for problem in problems
        if not isinstance(problem.error, ReasonMissingError)
    ]
    seen: Counter[tuple[str, str]] = Counter()
    named = []
    for each in found:
        seen[each.rule, each.part] += 1
        number = seen[each.rule, each.part]
        part = each.part if number == 1 else f"{each.part}#{number}"
        named.append(replace(each, part=part))
    return named


def _finding(problem: CellProblem, rows: Sequence[Row], limits: Limits) -> NewRowFinding:
    row: Row = {} if problem.record == WHOLE_ENTRY else rows[problem.record]
    place = {key: str(row.get(key) or "").strip() for key in ("source", "item", KEY, MONTH)}
    found = _compared(problem, row, limits)
    where = {"row": problem.record + 1, "field": problem.field, **place}
    return NewRowFinding(
        rule=found.rule.id,
        version=found.rule.version,
        severity=problem.severity,
        part="/".join([*place.values(), problem.field]),
        expected=_finite(found.expected),
        found=_finite(found.value),
        evidence={
            "where": where | {"note": str(row.get("note") or "")},
            "told": told(problem.error),
            "numbers": [_written(each) for each in found.numbers],
            "limits": _limits(found.rule, found.limits),
        },
    )


@dataclass(frozen=True, slots=True)
class _Compared:
    rule: CheckRule
    value: float | None
    expected: float | None
    numbers: Sequence[Evidence]
    limits: Mapping[str, Limit]


def _compared(problem: CellProblem, row: Row, limits: Limits) -> _Compared:
    """Return what was compared; of what other checks say, the number in the cell."""
    error = problem.error
    if isinstance(error, SuspectValueError):
        found = error.found
        return _Compared(found.rule, found.value, found.expected, found.evidence, found.limits)
    value = parse_cell(str(row.get(problem.field) or ""))
    number = value if isinstance(value, float) else None
    month = str(row.get(MONTH) or "").strip()
    numbers = () if number is None else (Evidence(month, number, TYPED),)
    rule = rule_of_error(error.text_key, limits.day)
    point = "/".join(str(row.get(key) or "").strip() for key in ("source", "item", KEY))
    used = limits.all_of(rule.id, f"{point}/{problem.field}")
    return _Compared(rule, number, None, numbers, used)


def told(error: PlatformError) -> dict[str, dict[str, str]]:
    """Return what an error says in each language, for whoever reads it later."""
    words = {}
    for code in LANGUAGES:
        with use_language(code):
            said = error.explain()
            words[code] = {"what": said.what, "why": said.why, "do": said.do}
    return words


def _limits(rule: CheckRule, used: Mapping[str, Limit]) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "value": limit.value,
            "unit": rule.limits[name].unit,
            "origin": limit.origin,
            "set_at": limit.set_at.isoformat() if limit.set_at else None,
        }
        for name, limit in used.items()
    }


def _written(each: Evidence) -> dict[str, Any]:
    return {
        "period": each.period,
        "value": _finite(each.value),
        "origin": each.origin,
        "name": each.name,
    }


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
