"""The gate before every request: deny by default, and no callback without its permission."""

from __future__ import annotations

import logging
from urllib.parse import quote, urlsplit

from dash import Dash
from flask import g, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import (
    BadRequest,
    Forbidden,
    MethodNotAllowed,
    NotFound,
    ServiceUnavailable,
    TooManyRequests,
)

from callbacks.context import Context
from callbacks.problems import is_for_api, refused
from callbacks.refusals import keep_refusal, name_sender
from callbacks.routes import Route, routes_of
from callbacks.session import (
    CALLBACKS,
    bearer_token,
    came_from,
    has_stepped_up,
    is_wall,
    onward,
)
from callbacks.wiring import public_callbacks, register_of
from components import theme
from services import clock
from services.data.readiness import Readiness
from services.i18n.texts import LANGUAGES, set_language
from services.security.limits import Spent, limit_of, network_of, spend
from services.security.permissions import Action
from services.security.session import Stage

logger = logging.getLogger(__name__)

STEP_UP = "step_up"
# No other is ever meant, TRACE least of all: it would read a cookie back to a script.
METHODS = ("GET", "HEAD", "OPTIONS", "POST")
OF_API = (*METHODS, "PUT")
# A first start makes its database ready in about two seconds.
COME_BACK_SECONDS = 2
# All that a wall may reach beside what is public: the pages, which ask for their permission, and
# the callbacks, which ask for theirs.
OF_WALLS = frozenset(
    {
        "/",
        "/<path:path>",
        "/_dash-layout",
        "/_dash-dependencies",
        "/_dash-update-component",
        "/_reload-hash",
        "session.leave",
    }
)
# These answer programs; everything else answers a person and may redirect.
FOR_PROGRAMS = ("/_dash", "/_reload-hash", "/api/")


def set_gate(app: Dash, context: Context, ready: Readiness) -> None:
    """Put the gate before everything else the server does."""
    routes = routes_of(app.server)

    def gate() -> ResponseReturnValue | None:
        name_sender()
        methods = OF_API if is_for_api() else METHODS
        if request.method not in methods:
            raise MethodNotAllowed(valid_methods=methods)
        set_language(_language())
        theme.set_theme(request.cookies.get("theme"))
        # None where nothing is at the address, or not by this method: closed to strangers too.
        entry = routes.get(request.endpoint or "")
        elsewhere = _refuse_other_name(context)
        if elsewhere is not None:
            return elsewhere
        _refuse_early(entry, ready)
        return (
            _refuse_foreign(context)
            or _refuse_strangers(app, context, entry)
            or _refuse_wall(app, context, entry)
            or _refuse_too_often(context, entry)
            or _refuse_route(context, entry)
            or _refuse_callback(app, context)
        )

    app.server.before_request_funcs.setdefault(None, []).insert(0, gate)


def _language() -> str:
    """Return the language that somebody chose, else below the API what a program asks for."""
    chosen = request.cookies.get("language", "")
    if chosen in LANGUAGES or not is_for_api():
        return chosen
    return request.accept_languages.best_match(LANGUAGES) or ""


def _refuse_other_name(context: Context) -> ResponseReturnValue | None:
    """Refuse who asks for another name than ours: a page of others may lead a browser here so.

    Whether the server is well is asked on the machine itself, which has other names.
    """
    ours = context.settings.public_host
    if not ours or request.host.lower() == ours or request.endpoint == "health":
        return None
    return _misshapen("host")


def _refuse_early(entry: Route | None, ready: Readiness) -> None:
    """Ask whoever comes before the database is ready to come again."""
    if not (entry and entry.before_database) and not ready():
        raise ServiceUnavailable(retry_after=COME_BACK_SECONDS)


def _refuse_foreign(context: Context) -> ResponseReturnValue | None:
    """Refuse a change ordered by a page that is not ours (cross-site request forgery)."""
    # No page of others can send a token: a browser adds none by itself.
    if request.method in ("GET", "HEAD", "OPTIONS") or bearer_token():
        return None
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    ours = urlsplit(origin).netloc == request.host if origin else site == "same-origin"
    if ours and site in (None, "same-origin"):
        return None
    logger.warning("Refused %s %s from %s (%s)", request.method, request.path, origin, site)
    asked = f"{request.method} {request.path} {origin}"
    keep_refusal(context, None, "foreign_request", asked)
    return refused(403, "foreign")


def _refuse_strangers(
    app: Dash, context: Context, entry: Route | None
) -> ResponseReturnValue | None:
    if (entry and entry.is_public) or _is_public_callback(app):
        return None
    if not current_user.is_authenticated and bearer_token():
        return _refuse_token(context)
    if not current_user.is_authenticated:
        return _send_to(401, "session", f"/login?next={quote(request.full_path.rstrip('?'))}")
    stage: Stage = current_user.stage
    if stage is Stage.OPEN or (entry and stage in entry.stages):
        return None
    return _send_to(403, stage.value, onward(stage, request.full_path.rstrip("?")))


def _refuse_token(context: Context) -> ResponseReturnValue:
    """Refuse a token that nobody holds; after some of them, tell its network when to come again.

    Tokens that count go on being answered there: others behind the same address are not held up.
    """
    limit = limit_of("unknown_token", clock.today())
    source = f"address {network_of(request.remote_addr or '')}"
    spent = spend(context.counters, limit, source, clock.now())
    keep_refusal(context, None, "unknown_token", f"{request.method} {request.path}")
    return _come_later(spent) if spent is not None and spent.is_over else refused(401, "session")


def _refuse_wall(app: Dash, context: Context, entry: Route | None) -> ResponseReturnValue | None:
    """Refuse a wall whatever is not written down for walls."""
    if not is_wall() or request.endpoint in OF_WALLS or _is_public_callback(app):
        return None
    if entry and entry.is_public:
        return None
    keep_refusal(context, _person(), "wall", request.path)
    return refused(403, "permission")


def _refuse_too_often(context: Context, entry: Route | None) -> ResponseReturnValue | None:
    """Refuse whoever asked too often of late, with when to come again."""
    name = entry.limited_as if entry else ""
    if not name:
        return None
    limit = limit_of(name, clock.today())
    known = current_user.is_authenticated and limit.per == "person"
    who = f"person {_person()}" if known else f"address {network_of(request.remote_addr or '')}"
    spent = spend(context.counters, limit, who, clock.now())
    g.spent = (limit, spent)
    if spent is None or not spent.is_over:
        return None
    keep_refusal(context, _person() if known else None, "too_often", request.path)
    if not request.path.startswith(FOR_PROGRAMS):
        raise TooManyRequests(retry_after=spent.seconds_left)
    return _come_later(spent)


def _come_later(spent: Spent) -> ResponseReturnValue:
    answer = refused(429, "too_often")
    answer.headers["Retry-After"] = str(spent.seconds_left)
    return answer


def _refuse_route(context: Context, entry: Route | None) -> ResponseReturnValue | None:
    """Refuse a route that is not permitted, wants a step up, or was asked in another shape."""
    if entry is None:
        return None
    if is_for_api() and entry.contract is None:
        raise NotFound  # the pages answer every address, and have none here
    if entry.needs_step_up:
        asked = _ask_for_step_up()
        if asked is not None:
            return asked
    if entry.permission is not None and not _may(entry.permission):
        keep_refusal(context, _person(), entry.permission.value, request.path)
        return _no(403, "permission")
    wrong = entry.misfit(request)
    return _misshapen(wrong) if wrong else None


def _ask_for_step_up() -> ResponseReturnValue | None:
    """Ask for the second factor before a route that needs it lately given."""
    # On the way in the factor is given or enrolled anyway.
    if current_user.stage is not Stage.OPEN or has_stepped_up():
        return None
    if request.path.startswith(FOR_PROGRAMS):
        return refused(403, STEP_UP)
    back = request.full_path.rstrip("?") if request.method == "GET" else came_from()
    return redirect(f"/step-up?next={quote(back)}", 303)


def _is_public_callback(app: Dash) -> bool:
    public = public_callbacks(app)
    if not public or request.path != CALLBACKS:
        return False
    try:
        body = request.get_json(silent=True)
    except RecursionError:
        return False
    return isinstance(body, dict) and isinstance(key := body.get("output"), str) and key in public


def _send_to(status: int, kind: str, address: str) -> ResponseReturnValue:
    if request.path.startswith(FOR_PROGRAMS) or request.method != "GET":
        return refused(status, kind)
    return redirect(address)


def _refuse_callback(app: Dash, context: Context) -> ResponseReturnValue | None:
    """Refuse a callback that is unknown, misshapen, or not permitted to this person."""
    if request.path != CALLBACKS or request.method != "POST":
        return None
    try:
        body = request.get_json()
    except RecursionError:
        return _misshapen("nested too deep")
    if not isinstance(body, dict) or not isinstance(body.get("output"), str):
        return _misshapen("no output")
    entry = register_of(app).get(body["output"])
    if entry is None or entry.shape is None:
        return _misshapen("unknown output")
    if entry.permission is not None and not _may(entry.permission):
        logger.warning("Person %s may not call %s", _person(), entry.key)
        keep_refusal(context, _person(), entry.permission.value, entry.key)
        return refused(403, "permission")
    wrong = entry.shape.misfit(body)
    if wrong:
        return _misshapen(wrong)
    if entry.shape.is_unpressed(body):
        return "", 204  # tells Dash that nothing changes
    return refused(403, STEP_UP) if entry.needs_step_up and not has_stepped_up() else None


def _may(permission: Action) -> bool:
    return bool(current_user.actor.may(permission))


def _person() -> int:
    person_id: int = current_user.actor.person_id
    return person_id


def _misshapen(why: str) -> ResponseReturnValue:
    logger.warning("Malformed request to %s: %s", request.path, why)
    return _no(400, "malformed", why)


def _no(status: int, kind: str, why: str = "") -> ResponseReturnValue:
    """Refuse a program with the reason, and a person with a page."""
    if request.path.startswith(FOR_PROGRAMS):
        return refused(status, kind, why)
    raise Forbidden() if status == 403 else BadRequest()
