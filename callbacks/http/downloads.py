"""Files of reports, evidence bundles and evidence files, for whoever may have them."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from callbacks.administration.audit import EventFile, file_of_events, is_revealed
from callbacks.context import Context
from callbacks.refusals import keep_if_refused
from callbacks.routes import Route, route
from callbacks.shapes import DAY, NAME
from components.panels.audit import REVEAL
from services import oversight
from services.accounting.evidence import EvidenceError, EvidenceFile, export_evidence
from services.collection.attachments import EntryYear, SentFile, take
from services.collection.file_kinds import MEDIA_TYPES as FILE_MEDIA_TYPES
from services.data.engine import ROOT_PATH
from services.data.reports import StoredFile
from services.errors import NotAllowedError, PlatformError
from services.reports.ordering import file_of
from services.security.permissions import Action, label_of

OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "docx": f"{OFFICE}.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
}

REPORT = Route(
    "download_report",
    "/download/report/<uuid:report_id>/<format>",
    Action.ORDER_REPORT,
    limit="file",
    needs_step_up=True,
)
EVIDENCE = Route(
    "download_evidence",
    "/download/evidence/<uuid:run_id>",
    Action.EXPORT_EVIDENCE,
    limit="file",
    needs_step_up=True,
)
FILE = Route(
    "download_file",
    "/download/file/<int:organization_id>/<int:year>/<sha256>",
    Action.VIEW_RESULT,
    limit="file",
)
AUDIT = Route(
    "download_audit",
    "/download/audit/<kind>",
    Action.EXPORT_AUDIT,
    limit="file",
    query={**dict.fromkeys((*oversight.SEARCHED, "view", REVEAL), NAME), "first": DAY, "last": DAY},
    needs_step_up=True,
)


def add_downloads(server: Flask, context: Context) -> None:
    """Add the addresses below `/download/`; the gate has sent strangers to sign in before."""

    def download(report_id: UUID, format: str) -> ResponseReturnValue:
        try:
            file = file_of(context.actor(), context.database, report_id, format)
        except PlatformError as error:
            return refused(context, error)
        return attached(file, MEDIA_TYPES[file.format])

    def download_evidence(run_id: UUID) -> ResponseReturnValue:
        try:
            file = export_evidence(context.actor(), context.database, context.catalog, run_id)
        except PlatformError as error:
            return refused(context, error)
        return attached(file, "application/zip")

    def download_file(organization_id: int, year: int, sha256: str) -> ResponseReturnValue:
        place = EntryYear(organization_id, year)
        try:
            file = take(context.actor(), context.database, place, sha256)
        except PlatformError as error:
            return refused(context, error)
        return attached(file, FILE_MEDIA_TYPES[file.kind])

    route(server, REPORT, download)
    route(server, EVIDENCE, download_evidence)
    route(server, FILE, download_file)
    _add_audit(server, context)


def _add_audit(server: Flask, context: Context) -> None:
    def download_audit(kind: str) -> ResponseReturnValue:
        try:
            query = oversight.read_query(request.args)
            unmasked = is_revealed(request.args)
            found = oversight.export(context.actor(), context.database, query, unmasked)
            label = label_of(context.actor(), Action.EXPORT_AUDIT, ROOT_PATH)
            file = file_of_events(found, kind, label)
        except PlatformError as error:
            return refused(context, error)
        return attached(file, MEDIA_TYPES[kind])

    route(server, AUDIT, download_audit)


def disposition(name: str) -> str:
    """Return the header that saves a file under its name, also in Chinese (RFC 6266)."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def attached(file: StoredFile | EvidenceFile | SentFile | EventFile, media_type: str) -> Response:
    """Return the answer that saves a file under its name, and that no cache keeps."""
    response = Response(file.content, mimetype=media_type)
    response.headers["Content-Disposition"] = disposition(file.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    response.set_etag(file.sha256)
    return response


def refused(context: Context, error: PlatformError) -> ResponseReturnValue:
    """Return the answer that says in words why there is no file."""
    keep_if_refused(context, error, request.path)
    status = 403 if isinstance(error, NotAllowedError) else 404
    if isinstance(error, EvidenceError):
        status = 409
    return str(error), status, {"Content-Type": "text/plain; charset=utf-8"}
