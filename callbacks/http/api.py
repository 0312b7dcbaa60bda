"""Answers for programs, `/api/v1/…`: JSON, for whoever is signed in (docs/api.md)."""

from __future__ import annotations

from flask import Flask, Response, g

from callbacks.context import Context
from callbacks.contracts import Contract, Parameter
from callbacks.http.operations import About, Answered, Call, Operation, add_operations, operation
from callbacks.http.rest import entries, factors, organizations, reports, results
from callbacks.problems import is_for_api
from services.reports.explaining import explain_with_place
from services.reports.lineage import UnknownLineError
from services.security.permissions import Action

LINE = Parameter("line", {"type": "string", "maxLength": 200})
LINEAGE = operation(
    "run_lineage",
    "/runs/<uuid:run_id>/lineage",
    Action.VIEW_RESULT,
    Contract("results", "Lineage", (LINE,)),
)


def show_lineage(call: Call) -> Answered:
    """Return what is behind every total of a run."""
    line, context = _line(call.query["line"]), call.context
    asked = (call.actor, context.database, context.catalog, call.path["run_id"])
    told, place = explain_with_place(*asked, line)
    return Answered(told, About(Action.VIEW_RESULT, place, is_noted=True))


OPERATIONS: tuple[Operation, ...] = (
    *organizations.OPERATIONS,
    *entries.OPERATIONS,
    *results.OPERATIONS,
    (LINEAGE, show_lineage),
    *factors.OPERATIONS,
    *reports.OPERATIONS,
)


def add_api(server: Flask, context: Context) -> None:
    """Add the addresses of the API; the gate has refused strangers before."""
    add_operations(server, context, OPERATIONS)
    server.after_request(_tell_limit)


def _tell_limit(response: Response) -> Response:
    """Tell how many more requests may come, and in how many seconds the count begins anew."""
    limit, spent = g.get("spent", (None, None))
    if limit is None or not is_for_api():
        return response
    response.headers["RateLimit-Policy"] = f'"{limit.name}";q={limit.amount};w={limit.seconds}'
    if spent is not None:
        left = max(limit.amount - spent.count, 0)
        response.headers["RateLimit"] = f'"{limit.name}";r={left};t={spent.seconds_left}'
    return response


def _line(text: object) -> int | None:
    if text is None:
        return None
    if not (isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) <= 18):
        raise UnknownLineError("line", value=str(text)[:60], last="…")
    return int(text)
