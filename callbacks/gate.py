"""The gate before every request: deny by default, and no callback without its permission."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from dash import Dash
from flask import Response, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import ServiceUnavailable

from callbacks.context import Context
from callbacks.refusals import keep_refusal, name_sender
from callbacks.session import bearer_token, came_from, has_stepped_up, is_wall, onward
from callbacks.wiring import endpoints_with_step_up, register_of
from components import theme
from services.data.readiness import Readiness
from services.i18n.texts import set_language, t
from services.security.permissions import Action
from services.security.session import Stage

logger = logging.getLogger(__name__)

STEP_UP = "step_up"
CALLBACKS = "/_dash-update-component"
# Endpoints a stranger may reach; whatever is not here needs a session.
PUBLIC = frozenset(
    {
        "_dash_assets.static",
        "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
        "/_favicon.ico",
        "health",
        # What anybody may hold us to; what proves a record asks for the right to see it.
        "log.checkpoint",
        "log.key",
        "log.consistency",
        "log.cosignature",
        "looks.tokens",
        "looks.templates",
        "looks.face",
        "looks.font",
        "session.sign_in_form",
        "session.sign_in",
        "session.choose_language",
        # An address that enrols a wall is known to nobody but who was given it.
        "walls.invitation",
        "walls.enrol",
    }
)
# Of these a visitor needs more than files of ours.
ASK_DATABASE = frozenset(
    {
        "session.sign_in_form",
        "session.sign_in",
        "session.choose_language",
        "walls.invitation",
        "walls.enrol",
        "log.checkpoint",
        "log.key",
        "log.consistency",
        "log.cosignature",
    }
)
WITHOUT_DATABASE = PUBLIC - ASK_DATABASE
# A first start makes its database ready in about two seconds.
COME_BACK_SECONDS = 2
# What can be done while something is asked for first; all else leads there (session.DOORSTEPS).
BEFORE_OPEN = {
    Stage.FACTOR: frozenset({"factor.give_form", "factor.give", "session.leave"}),
    Stage.PASSWORD: frozenset({"session.password_form", "session.set_password", "session.leave"}),
    Stage.ENROL: frozenset({"factor.enrol_form", "factor.enrol", "session.leave"}),
}
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
        "session.choose_theme",
    }
)
# These answer programs; everything else answers a person and may redirect.
FOR_PROGRAMS = ("/_dash", "/_reload-hash", "/api/")


def set_gate(app: Dash, context: Context, ready: Readiness) -> None:
    """Put the gate before everything else the server does."""

    def gate() -> ResponseReturnValue | None:
        name_sender()
        set_language(_language())
        theme.set_theme(request.cookies.get("theme"))
        _refuse_early(ready)
        return (
            _refuse_foreign(context)
            or _refuse_strangers(app)
            or _refuse_wall(app, context)
            or _refuse_without_step_up(app)
            or _refuse_callback(app, context)
        )

    app.server.before_request_funcs.setdefault(None, []).insert(0, gate)


def refused(status: int, kind: str) -> Response:
    """Return a refusal for a program: a status and its reason, and no data."""
    response = jsonify(error={"kind": kind, "what": t(f"refused.{kind}")})
    response.status_code = status
    return response


def _language() -> str:
    return request.cookies.get("language", "")


def _refuse_early(ready: Readiness) -> None:
    """Ask whoever comes before the database is ready to come again."""
    if request.endpoint not in WITHOUT_DATABASE and not ready():
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


def _refuse_strangers(app: Dash) -> ResponseReturnValue | None:
    if request.endpoint in PUBLIC or _is_public_callback(app):
        return None
    if not current_user.is_authenticated:
        return _send_to(401, "session", f"/login?next={quote(request.full_path.rstrip('?'))}")
    stage: Stage = current_user.stage
    if stage is Stage.OPEN or request.endpoint in BEFORE_OPEN[stage]:
        return None
    return _send_to(403, stage.value, onward(stage, request.full_path.rstrip("?")))


def _refuse_wall(app: Dash, context: Context) -> ResponseReturnValue | None:
    """Refuse a wall whatever is not written down for walls."""
    endpoint = request.endpoint
    if not is_wall() or endpoint in PUBLIC or endpoint in OF_WALLS or _is_public_callback(app):
        return None
    keep_refusal(context, current_user.actor.person_id, "wall", request.path)
    return refused(403, "permission")


def _refuse_without_step_up(app: Dash) -> ResponseReturnValue | None:
    """Ask for the second factor before a route that needs it lately given."""
    if request.endpoint not in endpoints_with_step_up(app.server) or has_stepped_up():
        return None
    if current_user.stage is not Stage.OPEN:
        return None  # on the way in, where the factor is given or enrolled
    if request.path.startswith(FOR_PROGRAMS):
        return refused(403, STEP_UP)
    back = request.full_path.rstrip("?") if request.method == "GET" else came_from()
    return redirect(f"/step-up?next={quote(back)}", 303)


def _is_public_callback(app: Dash) -> bool:
    public = {key for key, entry in register_of(app).items() if entry.public}
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
    if entry is None:
        return _misshapen("unknown output")
    if entry.permission is not None and not _may(entry.permission):
        logger.warning("Person %s may not call %s", current_user.actor.person_id, entry.key)
        person_id = current_user.actor.person_id
        keep_refusal(context, person_id, entry.permission.value, entry.key)
        return refused(403, "permission")
    if not fits(app.callback_map[entry.key], body):
        return _misshapen("wrong shape")
    return refused(403, STEP_UP) if entry.needs_step_up and not has_stepped_up() else None


def _may(permission: Action) -> bool:
    return bool(current_user.actor.may(permission))


def _misshapen(why: str) -> Response:
    logger.warning("Malformed callback body: %s", why)
    return refused(400, "malformed")


def fits(declared: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Return whether a callback's body names exactly the inputs, states and outputs declared.

    Dash takes values by their position and trusts the ids beside them.
    """
    changed = body.get("changedPropIds", [])
    return (
        isinstance(changed, list)
        and all(isinstance(name, str) for name in changed)
        and _all_named(declared["inputs"], body.get("inputs"))
        and _all_named(declared["state"], body.get("state", []))
        and _outputs_named(declared, body)
    )


def _outputs_named(declared: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    if declared.get("no_output"):
        return not body.get("outputs")
    output = declared["output"]
    several = isinstance(output, list | tuple)
    expected = [found.to_dict() for found in (output if several else [output])]
    given = body.get("outputs")
    return _all_named(expected, given if several else [given])


def _all_named(declared: Sequence[Mapping[str, Any]], given: Any) -> bool:
    if not isinstance(given, list) or len(given) != len(declared):
        return False
    return all(_named(wanted, found) for wanted, found in zip(declared, given, strict=True))


def _named(wanted: Mapping[str, Any], found: Any) -> bool:
    if isinstance(found, list):  # the many components of a pattern with ALL
        return str(wanted["id"]).startswith("{") and all(
            _named(wanted, each) for each in found if not isinstance(each, list)
        )
    if not isinstance(found, dict):
        return False
    same_property = _bare(found.get("property")) == _bare(wanted["property"])
    return same_property and _same_id(str(wanted["id"]), found.get("id"))


def _bare(name: object) -> str:
    # Outputs that several callbacks share carry "@…" behind the property.
    return str(name).partition("@")[0]


def _same_id(wanted: str, found: object) -> bool:
    if not wanted.startswith("{"):
        return found == wanted
    pattern = json.loads(wanted)
    if not isinstance(found, dict) or set(found) != set(pattern):
        return False
    return all(isinstance(value, list) or found[key] == value for key, value in pattern.items())
