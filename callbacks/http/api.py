"""Answers for programs, `/api/v1/…`: JSON, for whoever is signed in (docs/api.md)."""

from __future__ import annotations

import json
from uuid import UUID

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from callbacks.context import Context
from callbacks.refusals import keep_if_refused
from callbacks.routes import Route, route
from callbacks.shapes import WORD
from services.errors import NotAllowedError, NotFoundError, PlatformError
from services.reports.explaining import explain_run
from services.reports.lineage import UnknownLineError
from services.security.permissions import Action

JSON = "application/json"
LINEAGE = Route(
    "api.run_lineage",
    "/api/v1/runs/<uuid:run_id>/lineage",
    Action.VIEW_RESULT,
    query={"line": WORD},
    limit="api",
)


def add_api(server: Flask, context: Context) -> None:
    """Add the addresses of the API; the gate has refused strangers before."""

    def run_lineage(run_id: UUID) -> ResponseReturnValue:
        try:
            line = _line(request.args.get("line"))
            told = explain_run(context.actor(), context.database, context.catalog, run_id, line)
        except PlatformError as error:
            return refusal(context, error)
        return answer(told, 200)

    route(server, LINEAGE, run_lineage)


def _line(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()):
        raise UnknownLineError("line", value=text, last="…")
    return int(text)


def refusal(context: Context, error: PlatformError, status: int = 400) -> Response:
    """Return an error as the command line tells it; what may not be seen is not found."""
    keep_if_refused(context, error, request.path)
    hidden = isinstance(error, NotAllowedError | NotFoundError)
    told = error.explain()
    parts = {"where": told.where, "what": told.what, "why": told.why, "do": told.do}
    return answer({"error": parts}, 404 if hidden else status)


def answer(document: object, status: int) -> Response:
    """Return a document for a program, which no cache keeps."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False)
    response = Response(text, status, mimetype=JSON)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
