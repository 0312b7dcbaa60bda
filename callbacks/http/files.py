"""Files that people and programs send: one way in, read as they come (4.2 a, 7.2; docs/api.md)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ClientDisconnected

from callbacks.context import Context
from callbacks.contracts import Contract, Parameter
from callbacks.http.answers import answer, refusal
from callbacks.http.operations import operation
from callbacks.routes import route
from services import clock
from services.collection.attachments import (
    EntryYear,
    Limits,
    ValueYear,
    attach,
    refuse_before,
)
from services.collection.receiving import (
    FOLDER,
    MEGABYTE,
    FileCutError,
    FileTooLargeError,
    received,
)
from services.data.evidence_files import Attachment
from services.errors import PlatformError
from services.security.permissions import Action

PIECE = 64 * 1024
# Somebody who sends nothing for so long has gone; the thread is there for others.
SILENT_SECONDS = 30
# And whoever is slower than 17 kB a second, for the largest file.
MOST_SECONDS = 600
TAKES_FILE = Contract(
    "files",
    "AttachedFile",
    (Parameter("name", {"type": "string", "maxLength": 1_000}, ""),),
    status=201,
    sends="application/octet-stream",
    refuses=frozenset({413}),
)
OF_ENTRY = operation(
    "attach_file",
    "/entries/<int:organization_id>/<int:year>/files",
    Action.EDIT_ACTIVITY,
    TAKES_FILE,
    "POST",
)
OF_VALUE = operation(
    "attach_to_value",
    "/own-values/<int:organization_id>/files",
    Action.EDIT_ACTIVITY,
    TAKES_FILE,
    "POST",
)


def add_files(server: Flask, context: Context) -> None:
    """Add the addresses that take a file; the gate has refused who may not send any before."""

    def attach_file(organization_id: int, year: int) -> ResponseReturnValue:
        return _take(context, EntryYear(organization_id, year))

    def attach_to_value(organization_id: int) -> ResponseReturnValue:
        return _take(context, ValueYear(organization_id, clock.today().year))

    route(server, OF_ENTRY, attach_file)
    route(server, OF_VALUE, attach_to_value)


def _take(context: Context, place: EntryYear) -> ResponseReturnValue:
    """Take the body as a file, or say what speaks against it, before reading where that can be."""
    settings, actor = context.settings, context.actor()
    limits = Limits(settings.file_mb, settings.files_mb)
    name, size = request.args.get("name", ""), request.content_length or 0
    folder = settings.data_folder / FOLDER
    try:
        refuse_before(actor, context.database, place, (name, size), limits)
        with received(name, _pieces(limits.file_mb), folder, limits.file_mb) as upload:
            stored = attach(actor, context.database, place, upload, limits)
    except FileTooLargeError as error:
        return refusal(context, error, 413)
    except FileCutError as error:
        return refusal(context, error)
    except PlatformError as error:
        return _read_on(refusal(context, error), limits.file_mb)
    return answer(_told(stored), 201)


def _pieces(most_mb: int) -> Iterator[bytes]:
    """Read the body as it comes; FileCutError when it ends before its end."""
    stream, read, until = _stream(most_mb), 0, time.monotonic() + MOST_SECONDS
    try:
        while piece := stream.read(PIECE):
            read += len(piece)
            if time.monotonic() > until:
                raise _cut()
            yield piece
    except ClientDisconnected:
        raise _cut() from None
    # A connection that ends looks like a body that ends; only its length tells them apart.
    if request.content_length is not None and read != request.content_length:
        raise _cut()


def _stream(most_mb: int) -> IO[bytes]:
    # One byte more than may be, so that a file of just that size is read to its end.
    request.max_content_length = most_mb * MEGABYTE + 1
    connection = request.environ.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(SILENT_SECONDS)
    return request.stream


def _read_on(refused: Response, most_mb: int) -> Response:
    """Read what is left of a refused body once its answer is sent, unless it is too large.

    A browser that still sends, and is heard no more, sees a broken connection and no answer.
    """
    if 0 < (request.content_length or 0) <= most_mb * MEGABYTE:
        stream, until = _stream(most_mb), time.monotonic() + SILENT_SECONDS

        def drop() -> None:
            with suppress(ClientDisconnected):
                while stream.read(PIECE) and time.monotonic() < until:
                    pass

        refused.call_on_close(drop)
    return refused


def _cut() -> FileCutError:
    return FileCutError("file", value=request.args.get("name", "")[:200])


def _told(file: Attachment) -> dict[str, object]:
    return {name: getattr(file, name) for name in ("sha256", "year", "name", "kind", "size")}
