"""One way for every operation of the API: read and check what was asked, call, answer (4.2 b)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import orjson
from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from callbacks.context import Context
from callbacks.contracts import JSON, Contract
from callbacks.http.answers import LABEL, answer, refusal, settled
from callbacks.http.schemas import validator
from callbacks.problems import explanation, problem
from callbacks.routes import Access, Route, route
from callbacks.shapes import DATA
from services.data.api_answers import KeyedRequest
from services.errors import PlatformError
from services.i18n.texts import language, t
from services.security import once
from services.security.once import Answer
from services.security.permissions import Action, Actor, label_of
from services.security.readings import note_handed_out
from services.security.trail import Deed, Placed

BASE = "/api/v1"
KEY, MATCH = "Idempotency-Key", "If-Match"
GOOD_KEY = re.compile(r"[\x21-\x7e]{1,200}")
REVISION = re.compile(r'"r([0-9]{1,9})(?:\.[0-9a-f]+)?"')
MOST_TOLD = 20
# What an answer may carry on, when it is given a second time.
KEPT_HEADERS = (LABEL, "ETag", "Location")


@dataclass(frozen=True, slots=True)
class Call:
    """One request, checked: the parts of its address, its query, its body, the draft it saw."""

    context: Context
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Any = None
    revision: int = 0

    @property
    def actor(self) -> Actor:
        """Return who asks."""
        return self.context.actor()


@dataclass(frozen=True, slots=True)
class About:
    """Whose data an answer holds and by which right; `is_noted` where the trail has it already."""

    action: Action
    subject: Placed
    is_noted: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What an operation gives: a document, or a response of another medium."""

    document: object
    about: About | None = None
    mark: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Call], Answered | Response]
Operation = tuple[Route, Handler]


class _Refused(Exception):  # noqa: N818  # carries an answer, and is none of the errors of ours
    def __init__(self, response: Response) -> None:
        self.response = response


def operation(
    name: str, rule: str, access: Access | Action, contract: Contract, method: str = "GET"
) -> Route:
    """Return the route of an operation below `/api/v1`."""
    return Route(
        f"api.{name}",
        f"{BASE}{rule}",
        access,
        method,
        query={each.name: each.kind() for each in contract.query},
        takes_body=method != "GET",
        limit="api" if isinstance(access, Action) else "",
        contract=contract,
    )


def add_operations(server: Flask, context: Context, operations: Iterable[Operation]) -> None:
    """Add operations with the functions that answer them."""
    for entry, handler in operations:
        route(server, entry, partial(_respond, context, entry, handler))


def _respond(context: Context, entry: Route, handler: Handler, **path: Any) -> ResponseReturnValue:
    try:
        call = _read(context, _contract(entry), path)
        key = request.headers.get(KEY) if _contract(entry).takes_key else None
        if key is None:
            return _answer(call, entry, handler)
        return _once(call, entry, handler, _keyed(call, key))
    except _Refused as refused:
        return refused.response
    except PlatformError as error:
        return refusal(context, error, 422)


def _contract(entry: Route) -> Contract:
    assert entry.contract is not None
    return entry.contract


def _read(context: Context, contract: Contract, path: Mapping[str, Any]) -> Call:
    query = {each.name: each.read(request.args.get(each.name)) for each in contract.query}
    revision = _revision() if contract.needs_match else 0
    body = _body(contract) if contract.body else None
    return Call(context, path, query, body, revision)


def _body(contract: Contract) -> Any:
    """Return the body of a request that fits its schema, or refuse it."""
    if request.mimetype != JSON:
        raise UnsupportedMediaType
    try:
        found = orjson.loads(request.get_data(cache=False))
    except orjson.JSONDecodeError:
        raise BadRequest from None
    if not DATA.fits(found):
        raise BadRequest
    errors = validator(contract.body).iter_errors(found)
    wrong = [_misfit(error) for error, _ in zip(errors, range(MOST_TOLD), strict=False)]
    if wrong:
        why = t("api.misfit", pointer=wrong[0]["pointer"], what=wrong[0]["what"])
        raise _Refused(problem(422, "invalid", explanation("invalid", why), problems=wrong))
    return found


def _misfit(error: Any) -> dict[str, str]:
    pointer = "".join(f"/{part}" for part in error.instance_path)
    return {"pointer": pointer[:200], "what": str(error.kind.name)[:100]}


def _revision() -> int:
    """Return the revision that a change was made from, or refuse a change that does not say."""
    given = request.headers.get(MATCH)
    if given is None:
        kind = "precondition_required"
        raise _Refused(problem(428, kind, explanation(kind)))
    found = REVISION.fullmatch(given)
    if found is None:
        kind = "precondition_failed"
        raise _Refused(problem(412, kind, explanation(kind)))
    return int(found[1])


def _answer(call: Call, entry: Route, handler: Handler) -> Response:
    answered = handler(call)
    if isinstance(answered, Response):
        return settled(answered)
    contract, headers = _contract(entry), dict(answered.headers)
    if contract.has_tag:
        headers["ETag"] = _tag(answered)
        if _is_known(headers["ETag"]):
            return settled(Response(status=304, headers=headers))
    if answered.about is not None:
        headers[LABEL] = _handed_out(call, answered.about)
    return answer(answered.document, contract.status, headers.items())


def _handed_out(call: Call, about: About) -> str:
    """Return the label of what is handed out, and write down that it was."""
    if about.is_noted:
        return label_of(call.actor, about.action, about.subject.access_path).word
    deed = Deed("read_api", request.path[:300])
    label = note_handed_out(call.context.database, call.actor, about.action, about.subject, deed)
    return label.word


def _tag(answered: Answered) -> str:
    text = json.dumps([language(), answered.document], sort_keys=True, default=str)
    return f'"{answered.mark}{hashlib.sha256(text.encode()).hexdigest()[:24]}"'


def _is_known(tag: str) -> bool:
    return request.method in ("GET", "HEAD") and request.if_none_match.contains_weak(tag.strip('"'))


def _keyed(call: Call, key: str) -> KeyedRequest:
    if not GOOD_KEY.fullmatch(key):
        raise BadRequest
    asked = json.dumps([request.path, dict(call.query), call.body], sort_keys=True)
    digest = hashlib.sha256(asked.encode()).digest()
    return KeyedRequest(call.actor.person_id, key, request.endpoint or "", digest)


def _once(call: Call, entry: Route, handler: Handler, asked: KeyedRequest) -> Response:
    """Answer a request that has a key: as before where it was answered before."""
    database = call.context.database
    known = once.begin(database, asked)
    if known is not None:
        headers = [*known.headers, ("Idempotency-Replayed", "true")]
        return settled(Response(known.document, known.status, mimetype=JSON, headers=headers))
    try:
        response = _answer(call, entry, handler)
    except BaseException:
        once.release(database, asked)
        raise
    given = response.headers
    kept = tuple((name, given[name]) for name in KEPT_HEADERS if name in given)
    told = Answer(response.status_code, kept, response.get_data(as_text=True))
    once.finish(database, asked, told)
    return response
