"""Answers for programs, `/api/v1/…`: JSON, for whoever is signed in (docs/api.md)."""

from __future__ import annotations

import json
from uuid import UUID

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from callbacks.context import Context
from callbacks.refusals import keep_if_refused
from callbacks.routes import Route, route
from callbacks.shapes import NAME, WORD
from services.collection.attachments import (
    MEGABYTE,
    EntryYear,
    FileTooLargeError,
    Limits,
    Upload,
    attach,
)
from services.data.evidence_files import Attachment
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
ATTACH = Route(
    "api.attach_file",
    "/api/v1/entries/<int:organization_id>/<int:year>/files",
    Action.EDIT_ACTIVITY,
    "POST",
    query={"name": NAME},
    takes_body=True,
    limit="api",
)


def add_api(server: Flask, context: Context) -> None:
    """Add the addresses of the API; the gate has refused strangers before."""

    def run_lineage(run_id: UUID) -> ResponseReturnValue:
        try:
            line = _line(request.args.get("line"))
            told = explain_run(context.actor(), context.database, context.catalog, run_id, line)
        except PlatformError as error:
            return _refused(context, error)
        return _answer(told, 200)

    def attach_file(organization_id: int, year: int) -> ResponseReturnValue:
        settings = context.settings
        limits = Limits(settings.file_mb, settings.files_mb)
        place = EntryYear(organization_id, year)
        try:
            upload = _upload(limits)
            stored = attach(context.actor(), context.database, place, upload, limits)
        except PlatformError as error:
            return _refused(context, error)
        return _answer(_told(stored), 201)

    route(server, LINEAGE, run_lineage)
    route(server, ATTACH, attach_file)


def _upload(limits: Limits) -> Upload:
    """Return the body as a file; what is too large is refused before it is read."""
    name, most = request.args.get("name", ""), limits.file_mb * MEGABYTE
    if (request.content_length or 0) > most:
        raise FileTooLargeError("file", value=name, most=limits.file_mb)
    request.max_content_length = most
    return Upload(name, request.get_data(cache=False))


def _told(file: Attachment) -> dict[str, object]:
    return {name: getattr(file, name) for name in ("sha256", "name", "kind", "size")}


def _line(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()):
        raise UnknownLineError("line", value=text, last="…")
    return int(text)


def _refused(context: Context, error: PlatformError) -> Response:
    """Return an error as the command line tells it; what may not be seen is not found."""
    keep_if_refused(context, error, request.path)
    hidden = isinstance(error, NotAllowedError | NotFoundError)
    told = error.explain()
    parts = {"where": told.where, "what": told.what, "why": told.why, "do": told.do}
    return _answer({"error": parts}, 404 if hidden else 400)


def _answer(document: object, status: int) -> Response:
    text = json.dumps(document, ensure_ascii=False, allow_nan=False)
    response = Response(text, status, mimetype=JSON)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
