"""Headers, cookies, limits, compression and error answers of the whole server."""

from __future__ import annotations

from typing import Any

import orjson
from dash.exceptions import DependencyException, InvalidCallbackReturnValue
from dash.fingerprint import check_fingerprint
from flask import Flask, Request, Response, jsonify, make_response, render_template, request
from flask.json.provider import DefaultJSONProvider
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_compress import Compress
from flask_talisman import DENY, Talisman
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.middleware.proxy_fix import ProxyFix

from callbacks.gate import FOR_PROGRAMS
from callbacks.problems import KINDS, explanation, is_for_api, of_error, problem, refused
from callbacks.session import CALLBACKS
from callbacks.wiring import log_unexpected
from services.errors import Explanation, PlatformError
from services.i18n.texts import has_text, language, t
from services.settings import Settings

LARGEST_BODY_BYTES = 4 * 1024 * 1024  # a grid of 500 x 8 cells is 0.1 MB
COOKIE = "shuangtan"
YEAR_SECONDS = 365 * 24 * 3600
POLICY = {
    "default-src": "'none'",
    "script-src": ["'self'"],
    # Plotly and the grid set style attributes; without this they are drawn wrong.
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:", "blob:"],
    "font-src": ["'self'", "data:"],
    "connect-src": "'self'",
    "worker-src": ["'self'", "blob:"],
    "manifest-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
PERMISSIONS = {"camera": "()", "geolocation": "()", "microphone": "()", "browsing-topics": "()"}


class CookieSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, sent over TLS only where we are, or the page came, over TLS."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """Return whether the cookie may travel over TLS alone."""
        return bool(app.config["SESSION_COOKIE_SECURE"]) or request.is_secure


class StrictJson(DefaultJSONProvider):
    """JSON as its standard has it: no NaN, no half of a sign, nothing nested without end."""

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        """Return what is written, or raise ValueError."""
        return orjson.loads(s)


class StaticCache:
    """Compressed bundles, kept by their file; answers made for a person are never kept."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        """Return the compressed bytes of a file."""
        return self._kept.get(key)

    def set(self, key: str, value: bytes) -> None:
        """Keep compressed bytes, if they are those of a static file."""
        if not key.endswith(";"):
            self._kept[key] = value


def protect(server: Flask, settings: Settings) -> None:
    """Set what holds for every answer of the server."""
    server.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_BODY_BYTES,
        # A browser takes `__Host-` only over TLS, for this host alone and its whole path.
        SESSION_COOKIE_NAME=f"__Host-{COOKIE}" if settings.tls else COOKIE,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.tls,
        SESSION_COOKIE_SAMESITE="Strict" if settings.tls else "Lax",
        COMPRESS_CACHE_BACKEND=StaticCache,
        COMPRESS_CACHE_KEY=_cache_key,
        COMPRESS_BR_LEVEL=6,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_ALGORITHM_STREAMING=["br"],
    )
    server.session_interface = CookieSessions()
    server.json = StrictJson(server)
    Compress(server)
    _set_headers(server, settings.tls)
    _trust_proxies(server, settings.proxies)
    server.register_error_handler(HTTPException, _http_error)
    server.register_error_handler(PlatformError, _platform_error)
    server.register_error_handler(DependencyException, _no_bundle)
    server.register_error_handler(Exception, _unexpected_error)


def _trust_proxies(server: Flask, proxies: int) -> None:
    """Take who asks, and over what, from the last so many proxies; others may write anything."""
    if proxies:
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]


def _set_headers(server: Flask, tls: bool) -> None:
    Talisman(
        server,
        force_https=False,  # the proxy that ends TLS in front of us does it
        session_cookie_secure=tls,
        session_cookie_samesite=server.config["SESSION_COOKIE_SAMESITE"],
        strict_transport_security=False,  # its own test believes any X-Forwarded-Proto
        frame_options=DENY,
        content_security_policy=POLICY,
        content_security_policy_nonce_in=["script-src"],
        referrer_policy="same-origin",
        permissions_policy=PERMISSIONS,
    )
    server.after_request(_add_headers)
    if tls:
        server.after_request(_stay_with_tls)


def _stay_with_tls(response: Response) -> Response:
    response.headers["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}; includeSubDomains"
    return response


def _add_headers(response: Response) -> Response:
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if _is_bundle():
        response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def _is_bundle() -> bool:
    # Dash puts a fingerprint into the name of a bundle and `?m=` behind an asset.
    fingerprinted = request.path.startswith("/_dash-component-suites/") and ".v" in request.path
    return fingerprinted or (request.path.startswith("/assets/") and "m" in request.args)


def _cache_key(asked: Request) -> str:
    # One file answers to any number of fingerprints and queries, and strangers may ask for it.
    return check_fingerprint(asked.path)[0] if _is_bundle() else ""


def _http_error(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if error.response is not None or code < 400:
        return error
    if is_for_api():
        return _api_error(error, code)
    key, come_back = code if has_text(f"problem.{code}.what") else 400, _come_back(error)
    parts = (t(f"problem.{key}.{part}", seconds=come_back) for part in ("what", "why", "do"))
    answer = make_response(_problem(code, Explanation("", *parts), come_back))
    # Such as which methods are allowed, or when to come back.
    answer.headers.update(pair for pair in error.get_headers() if pair[0] != "Content-Type")
    return answer


def _api_error(error: HTTPException, code: int) -> ResponseReturnValue:
    kind = KINDS.get(code, "malformed")
    answer = problem(code, kind, explanation(kind))
    ours = ("Content-Type", "Content-Length")
    answer.headers.update(pair for pair in error.get_headers() if pair[0] not in ours)
    return answer


def _come_back(error: HTTPException) -> int | None:
    """Return in how many seconds it is worth to come again, where that is said."""
    found = getattr(error, "retry_after", None)
    return found if isinstance(found, int) else None


def _platform_error(error: PlatformError) -> ResponseReturnValue:
    return of_error(error, 400) if is_for_api() else _problem(400, error.explain())


def _no_bundle(_error: DependencyException) -> ResponseReturnValue:
    # What Dash would say names every file that it has.
    return _http_error(NotFound())


def _unexpected_error(error: Exception) -> ResponseReturnValue:
    # wire() has caught what our own functions raise. What is left is Dash's own complaint about
    # an answer of ours, or a body whose values are of another kind than its page would send.
    number = log_unexpected(error, request.path)
    told = PlatformError(number=number).explain()
    if request.path == CALLBACKS and not isinstance(error, InvalidCallbackReturnValue):
        return refused(400, "malformed")
    if is_for_api():
        return problem(500, "unexpected", told, number=number)
    return _problem(500, told)


def _problem(code: int, told: Explanation, come_back: int | None = None) -> ResponseReturnValue:
    if request.path.startswith(FOR_PROGRAMS):
        parts: dict[str, Any] = {"what": told.what, "why": told.why, "do": told.do}
        return jsonify(error=parts), code
    # Asked anew by itself is only what changes nothing.
    values = {"told": told, "code": code, "come_back": come_back if request.method == "GET" else 0}
    return render_template("problem.html", t=t, language=language(), **values), code
