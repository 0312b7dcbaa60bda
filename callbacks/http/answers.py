"""Answers to programs: a document as JSON, or why there is none."""

from __future__ import annotations

import json
from collections.abc import Iterable

from flask import Response, request

from callbacks.context import Context
from callbacks.problems import KINDS, problem
from callbacks.refusals import keep_if_refused
from services.accounting.filing import EntryProblemsError
from services.collection.exchange import ReadingsAwayError, StaleDraftError
from services.errors import ConflictError, NotAllowedError, NotFoundError, PlatformError
from services.i18n.texts import language
from services.paging import CursorError
from services.reports.lineage import UnknownLineError
from services.security.once import InFlightError, KeyReusedError

JSON = "application/json"
LABEL = "Data-Label"
# The first that an error is of counts; what may not be seen is not found.
STATUSES: tuple[tuple[type[PlatformError], int, str], ...] = (
    (StaleDraftError, 412, ""),
    (InFlightError, 409, "in_flight"),
    (KeyReusedError, 422, "key_reused"),
    (NotAllowedError, 404, ""),
    (NotFoundError, 404, ""),
    (ConflictError, 409, ""),
    (CursorError, 400, ""),
    (UnknownLineError, 400, ""),
    (ReadingsAwayError, 503, ""),
)


def refusal(context: Context, error: PlatformError, status: int = 400) -> Response:
    """Return an error as a problem, of a status of its own or of this one."""
    keep_if_refused(context, error, request.path)
    found = ((s, kind) for of, s, kind in STATUSES if isinstance(error, of))
    status, kind = next(found, (status, ""))
    more: dict[str, object] = {"code": error.text_key}
    if isinstance(error, EntryProblemsError):
        cells = ((p.record, p.field, p.severity, p.error) for p in error.problems)
        more["problems"] = [cell_problem(*cell) for cell in cells]
    return problem(status, kind or KINDS.get(status, "malformed"), error.explain(), **more)


def cell_problem(row: int, field: str, severity: str, error: PlatformError) -> dict[str, object]:
    """Return what is wrong in a cell as a program reads it."""
    told = error.explain()
    words = {"what": told.what, "why": told.why, "do": told.do}
    return {"row": row, "field": field, "severity": severity, "code": error.text_key, **words}


def answer(document: object, status: int, headers: Iterable[tuple[str, str]] = ()) -> Response:
    """Return a document for a program, which no cache keeps."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False)
    return settled(Response(text, status, mimetype=JSON, headers=[*headers]))


def settled(response: Response) -> Response:
    """Return a response with what holds for each: no cache, no guessing of its kind."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Language"] = language()
    return response
