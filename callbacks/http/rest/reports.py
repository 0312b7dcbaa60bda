"""Reports over the API: ordered, waited for, taken."""

from __future__ import annotations

from typing import Any

from flask import Response

from callbacks.contracts import Contract
from callbacks.http.answers import LABEL
from callbacks.http.downloads import MEDIA_TYPES, attached
from callbacks.http.operations import BASE, About, Answered, Call, Operation, operation
from callbacks.http.rest.listing import PAGED, asked_for, page_of
from services.errors import NotFoundError
from services.reports.ordering import (
    FORMATS,
    ReportState,
    file_of,
    order_report,
    report_of,
    report_page,
)
from services.security.permissions import Action, label_of

TAG = "reports"
OF_FIRM = "/organizations/<int:organization_id>/reports"
REPORTED = tuple(MEDIA_TYPES[kind] for kind in FORMATS)
ALL = operation(
    "reports", OF_FIRM, Action.ORDER_REPORT, Contract(TAG, "ReportPage", PAGED, has_tag=True)
)
ORDERED = operation(
    "order_report",
    OF_FIRM,
    Action.ORDER_REPORT,
    Contract(TAG, "Report", body="ReportOrder", status=202, takes_key=True),
    "POST",
)
ONE = operation(
    "report",
    "/reports/<uuid:job_id>",
    Action.ORDER_REPORT,
    Contract(TAG, "Report", has_tag=True),
)
FILE = operation(
    "report_file",
    "/reports/<uuid:job_id>/files/<format>",
    Action.ORDER_REPORT,
    Contract(TAG, media=REPORTED, refuses=frozenset({422})),
)


def list_reports(call: Call) -> Answered:
    """Return a page of reports that were ordered."""
    place, asked = call.path["organization_id"], asked_for(call, TAG)
    subject, found = report_page(call.actor, call.context.database, place, asked)
    return Answered(page_of(found, told), About(Action.ORDER_REPORT, subject))


def order(call: Call) -> Answered:
    """Order the report of a year's current run; the same order is the same report."""
    context, body = call.context, call.body
    place, year = call.path["organization_id"], int(body["year"])
    ordered = order_report(
        call.actor, context.database, context.queue, place, year, body["language"]
    )
    state = report_of(call.actor, context.database, ordered.job_id)
    headers = {"Location": f"{BASE}/reports/{ordered.job_id}"}
    return Answered(told(state), About(Action.ORDER_REPORT, state, is_noted=True), headers=headers)


def show_report(call: Call) -> Answered:
    """Return how far a report has come."""
    state = report_of(call.actor, call.context.database, call.path["job_id"])
    return Answered(told(state), About(Action.ORDER_REPORT, state, is_noted=True))


def take_file(call: Call) -> Response:
    """Return a file of a report that is made."""
    database, job_id = call.context.database, call.path["job_id"]
    state = report_of(call.actor, database, job_id)
    if state.report_id is None:
        raise NotFoundError("report", value=job_id)
    file = file_of(call.actor, database, state.report_id, call.path["format"])
    response = attached(file, MEDIA_TYPES[file.format])
    label = label_of(call.actor, Action.ORDER_REPORT, state.access_path)
    response.headers[LABEL] = label.word
    return response


def told(state: ReportState) -> dict[str, Any]:
    """Return the state of a report as a document, with where its files are once it is made."""
    address = f"{BASE}/reports/{state.job_id}/files"
    kinds = FORMATS if state.report_id else ()
    return {
        "id": str(state.job_id),
        "organization": state.organization_id,
        "year": state.year,
        "language": state.language,
        "state": state.state,
        "progress": state.progress,
        "ordered_at": state.ordered_at.isoformat(),
        "told": state.told,
        "files": [{"format": kind, "address": f"{address}/{kind}"} for kind in kinds],
    }


OPERATIONS: tuple[Operation, ...] = (
    (ALL, list_reports),
    (ORDERED, order),
    (ONE, show_report),
    (FILE, take_file),
)
