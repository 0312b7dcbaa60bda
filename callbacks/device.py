"""The cookie by which a device counts as one that a person came in on before; it opens nothing."""

from __future__ import annotations

from flask import Response, current_app, make_response, request
from flask.typing import ResponseReturnValue

from services.security.door import Door
from services.security.known_devices import with_device
from services.security.session import Session

COOKIE = "shuangtan_device"


def known_here() -> str:
    """Return what the browser keeps of those who came in on it before."""
    return request.cookies.get(_name(), "")


def keep_device(response: ResponseReturnValue, door: Door, opened: Session) -> Response:
    """Let the browser remember a person who came in on it with both factors."""
    answer = make_response(response)
    if opened.stepped_up_at is not None:
        answer.set_cookie(
            _name(),
            with_device(door, opened.person_id, known_here()),
            max_age=door.profile.device,
            secure=_is_tls() or request.is_secure,
            httponly=True,
            samesite="Strict",
        )
    return answer


def _name() -> str:
    # A browser takes the prefix over TLS alone, and then from this host alone.
    return f"__Host-{COOKIE}" if _is_tls() else COOKIE


def _is_tls() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])
