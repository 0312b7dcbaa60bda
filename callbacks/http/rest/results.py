"""Results over the API: runs of an organization, one of them, its lines, what disagrees in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from callbacks.contracts import Contract
from callbacks.http.operations import About, Answered, Call, Operation, operation
from callbacks.http.rest.listing import PAGED, asked_for, page_of
from services.accounting.listing import (
    ListedRun,
    Warned,
    alert_page,
    line_page,
    run_of_id,
    run_page,
)
from services.alert_facts import Alert
from services.security.permissions import Action
from services.standards.results import EmissionLine

TAG, ALERTS = "results", "alerts"
ALL = operation(
    "results",
    "/organizations/<int:organization_id>/results",
    Action.VIEW_RESULT,
    Contract(TAG, "ResultPage", PAGED, has_tag=True),
)
ONE = operation(
    "result", "/runs/<uuid:run_id>", Action.VIEW_RESULT, Contract(TAG, "Result", has_tag=True)
)
LINES = operation(
    "lines",
    "/runs/<uuid:run_id>/lines",
    Action.VIEW_RESULT,
    Contract(TAG, "LinePage", PAGED, has_tag=True),
)
DISAGREEING = operation(
    "alerts",
    "/organizations/<int:organization_id>/alerts",
    Action.VIEW_RESULT,
    Contract(ALERTS, "AlertPage", PAGED, has_tag=True),
)
_SAME = ("method", "purpose", "region", "gwp_set", "input_hash", "completeness", "estimated_share")
_TOTALS = ("total_t", "direct_t", "indirect_t", "deducted_t")


def list_results(call: Call) -> Answered:
    """Return a page of runs."""
    asked = asked_for(call, TAG)
    place = call.path["organization_id"]
    subject, found = run_page(call.actor, call.context.database, place, asked)
    return Answered(page_of(found, told), About(Action.VIEW_RESULT, subject))


def show_result(call: Call) -> Answered:
    """Return one run."""
    subject, found = run_of_id(call.actor, call.context.database, call.path["run_id"])
    return Answered(told(found), About(Action.VIEW_RESULT, subject))


def list_lines(call: Call) -> Answered:
    """Return a page of lines of a run."""
    asked = asked_for(call, "lines")
    subject, found = line_page(call.actor, call.context.database, call.path["run_id"], asked)
    return Answered(page_of(found, told_line), About(Action.VIEW_RESULT, subject))


def list_alerts(call: Call) -> Answered:
    """Return a page of what disagrees, and of alerts."""
    asked = asked_for(call, ALERTS)
    place = call.path["organization_id"]
    subject, found = alert_page(call.actor, call.context.database, place, asked)
    page = page_of(found, lambda each: told_warning(each, place))
    return Answered(page, About(Action.VIEW_RESULT, subject))


def told(listed: ListedRun) -> dict[str, Any]:
    """Return a run as a document; nothing is rounded."""
    run = listed.run
    return {
        "id": str(run.run_id),
        "organization": run.organization_id,
        "year": run.year,
        "first_day": run.period[0].isoformat(),
        "last_day": run.period[1].isoformat(),
        "known_on": run.known_on.isoformat(),
        **{name: getattr(run, name) for name in (*_SAME, *_TOTALS)},
        "memo": dict(run.memo),
        "by_month": dict(run.by_month),
        "computed_at": run.computed_at.isoformat(),
        "submission": str(run.submission_id),
        "supersedes": _id(run.supersedes),
        "restates": _id(run.restates),
        "is_current": listed.is_current,
        "is_filed": listed.is_filed,
        "warnings": [{"key": notice.key, "text": notice.text()} for notice in run.warnings],
        "missing": [record.as_json() for record in run.missing],
    }


def told_line(numbered: tuple[int, EmissionLine]) -> dict[str, Any]:
    """Return a line as a document, with its number and that of its record."""
    number, line = numbered
    return {"line": number, "record": line.record, **line.as_json()}


def told_warning(each: Warned, organization_id: int) -> dict[str, Any]:
    """Return a difference or an alert; who resolved it stays within the platform."""
    if isinstance(each, Alert):
        return told_alert(each)
    found, run_id = each
    return {
        **dict.fromkeys(("rule", "severity", "subject", "seen_at", "clear_since", "occurrences")),
        "id": str(found.finding_id),
        "kind": "inconsistency",
        "organization": organization_id,
        "year": found.year,
        "result": str(run_id),
        **{name: getattr(found, name) for name in ("invariant", "part", "expected", "found")},
        "found_at": found.found_at.isoformat(),
        "state": "open" if found.is_open else "resolved",
        "resolved_at": found.resolved_at.isoformat() if found.resolved_at else None,
        "reason": found.reason,
    }


def told_alert(found: Alert) -> dict[str, Any]:
    """Return an alert, which has no figures: they are fetched as readings."""
    times = {name: getattr(found, name) for name in ("seen_at", "clear_since", "resolved_at")}
    return {
        "id": str(found.alert_id),
        "kind": "alert",
        "organization": found.organization_id,
        **dict.fromkeys(("year", "result", "invariant", "part", "expected", "found")),
        **{name: getattr(found, name) for name in ("rule", "severity", "state", "occurrences")},
        "subject": dict(found.subject) or None,
        "found_at": found.opened_at.isoformat(),
        **{name: at.isoformat() if at else None for name, at in times.items()},
        "reason": "",
    }


def _id(found: UUID | None) -> str | None:
    return None if found is None else str(found)


OPERATIONS: tuple[Operation, ...] = (
    (ALL, list_results),
    (ONE, show_result),
    (LINES, list_lines),
    (DISAGREEING, list_alerts),
)
