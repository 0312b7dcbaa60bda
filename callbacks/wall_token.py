"""The token of a wall: a cookie of its own, which no script can read and no other site can send."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, after_this_request, current_app, make_response, request
from flask.typing import ResponseReturnValue
from flask_login import UserMixin

from callbacks.context import Context
from callbacks.refusals import keep_refusal
from services.security.permissions import Actor
from services.security.session import Stage
from services.seen_walls import seen

COOKIE = "shuangtan_wall"


class Wall(UserMixin):
    """A wall that sends the present request; nobody stands behind it."""

    stage = Stage.OPEN

    def __init__(self, token: str, actor: Actor) -> None:
        self.token = token
        self.actor = actor


def wall_of(context: Context) -> Wall | None:
    """Return the wall whose token the request carries, or None; the answer brings its next one."""
    token = request.cookies.get(_name(), "")
    found = seen(context.door, token, request.remote_addr or "") if token else None
    if found is None:
        return None
    if found.actor is None:
        keep_refusal(context, found.person_id, "wall_elsewhere", request.path)
        return None
    if found.fresh:
        after_this_request(lambda answer: keep_token(answer, found.fresh, found.span))
    return Wall(found.fresh or token, found.actor)


def keep_token(response: ResponseReturnValue, token: str, span: timedelta) -> Response:
    """Give the browser the token of its wall."""
    answer = make_response(response)
    answer.set_cookie(
        _name(),
        token,
        max_age=span,
        secure=_is_secure(),
        httponly=True,
        samesite="Strict",
    )
    return answer


def forget_token(response: ResponseReturnValue) -> Response:
    """Take the token of its wall away from the browser."""
    answer = make_response(response)
    answer.delete_cookie(_name(), secure=_is_secure(), httponly=True, samesite="Strict")
    return answer


def _name() -> str:
    # Where the platform stands behind TLS no other host below the same name can set it.
    return f"__Host-{COOKIE}" if current_app.config["SESSION_COOKIE_SECURE"] else COOKIE


def _is_secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"]) or request.is_secure
