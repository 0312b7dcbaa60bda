"""The transparency log over HTTP: checkpoints, proofs and cosignatures (docs/transparency.md)."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from callbacks.context import Context
from callbacks.refusals import keep_if_refused
from callbacks.routes import Access, Route, route, route_all
from callbacks.shapes import WORD
from services.algorithms.checkpoints import MOST_CHARACTERS
from services.errors import NotAllowedError, NotFoundError, PlatformError
from services.security.permissions import Action
from services.transparency import cosigning, proofs, standing
from services.transparency.cosigning import CosignatureError
from services.transparency.proofs import NotSealedError

PLAIN = "text/plain; charset=utf-8"
UNREADABLE, MOST_DIGITS = -1, 18
# What anybody may hold us to; what proves a record asks for the right to see it.
ROUTES = (
    Route("log.checkpoint", "/log/checkpoint", Access.PUBLIC),
    Route("log.key", "/log/key", Access.PUBLIC),
    Route("log.consistency", "/log/consistency", Access.PUBLIC, query={"from": WORD, "to": WORD}),
    Route("log.cosignature", "/log/cosignature", Access.PUBLIC, "POST", takes_body=True),
    Route("log.proof", "/log/proof/<kind>/<path:record>", Access.SESSION, needs_step_up=True),
)

PLACE = Route("log.inclusion", "/log/inclusion/<int:position>", Action.VIEW_AUDIT)


def add_log(server: Flask, context: Context) -> None:
    """Add the addresses below `/log/`; all but proofs of records and places are public."""
    database = context.database
    witnesses = cosigning.witnesses_of(context.settings.witnesses)

    def checkpoint() -> ResponseReturnValue:
        return _told(lambda: proofs.newest_checkpoint(database))

    def key() -> ResponseReturnValue:
        return _told(lambda: proofs.published_keys(database))

    def consistency() -> ResponseReturnValue:
        first, second = _size("from"), _size("to")
        if first is None or UNREADABLE in (first, second):
            return "from, to: sizes", 400, {"Content-Type": PLAIN}
        return _told(lambda: proofs.growth(database, first, second))

    def cosignature() -> ResponseReturnValue:
        request.max_content_length = MOST_CHARACTERS
        note = request.get_data(cache=False).decode("utf-8", "replace")
        return _told(lambda: f"{cosigning.take_cosignature(database, witnesses, note)}\n")

    def proof(kind: str, record: str) -> ResponseReturnValue:
        return _told(lambda: _proved(context, kind, record), "application/json")

    answers = (checkpoint, key, consistency, cosignature, proof)
    route_all(server, zip(ROUTES, answers, strict=True))
    _add_places(server, context)


def _add_places(server: Flask, context: Context) -> None:
    def inclusion(position: int) -> ResponseReturnValue:
        taken = partial(standing.inclusion, context.actor(), context.database, position)
        return _told(taken, name=f"{position}.tlog-proof")

    route(server, PLACE, inclusion)


def _proved(context: Context, kind: str, record: str) -> str:
    try:
        proved = proofs.prove(context.actor(), context.database, kind, record)
    except PlatformError as error:
        keep_if_refused(context, error, request.path)
        raise
    return json.dumps(proved.as_json(), ensure_ascii=False, indent=1) + "\n"


def _size(name: str) -> int | None:
    """Return a size that was asked for, None where it was not, -1 where it is no size."""
    text = request.args.get(name)
    if text is None:
        return None
    is_size = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    return int(text) if is_size else UNREADABLE


def _told(
    answer: Callable[[], str], media_type: str = PLAIN, name: str = ""
) -> ResponseReturnValue:
    try:
        response = Response(answer(), mimetype=media_type)
    except PlatformError as error:
        return str(error), _status(error), {"Content-Type": PLAIN}
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if name:
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _status(error: PlatformError) -> int:
    """Return how an error is told to a program; what may not be seen is not found."""
    if isinstance(error, CosignatureError):
        return error.status
    if isinstance(error, NotSealedError):
        return 409
    return 404 if isinstance(error, NotAllowedError | NotFoundError) else 400
