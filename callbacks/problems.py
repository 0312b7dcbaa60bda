"""How a request is refused to a program: problem details (RFC 9457) below `/api/`.

Dash's own script is told in the form that our pages read, `{"error": …}`.
"""

from __future__ import annotations

import json

from flask import Response, jsonify, request

from services.errors import Explanation, PlatformError
from services.i18n.texts import language, t

FOR_API = "/api/"
DOCS = "/api/v1/docs"
PROBLEM = "application/problem+json"
# The kind of problem that a status is told as where nothing more is known.
KINDS = {
    400: "malformed",
    401: "session",
    403: "permission",
    404: "not_found",
    405: "method",
    409: "conflict",
    412: "precondition_failed",
    413: "too_large",
    415: "media_type",
    422: "invalid",
    428: "precondition_required",
    429: "too_often",
    500: "unexpected",
    503: "starting",
}
# Those that a status may be told as beside; each has a heading on the page of the API.
MORE_KINDS = ("foreign", "password", "factor", "enrol", "step_up", "key_reused", "in_flight")


def is_for_api() -> bool:
    """Return whether the present request was sent to the API."""
    return request.path.startswith(FOR_API)


def refused(status: int, kind: str, why: str = "") -> Response:
    """Return a refusal for a program: a status and its reason, and no data."""
    if is_for_api():
        return problem(status, kind, explanation(kind, why))
    reason = {"why": why} if why else {}
    response = jsonify(error={"kind": kind, "what": t(f"refused.{kind}"), **reason})
    response.status_code = status
    return response


def explanation(kind: str, why: str = "", where: str = "") -> Explanation:
    """Return how a kind of problem is explained in the language in use."""
    what, usual, do = (t(f"api.problem.{kind}.{part}") for part in ("title", "why", "do"))
    return Explanation(where, what, why or usual, do)


def of_error(error: PlatformError, status: int) -> Response:
    """Return an error of ours as a problem; `code` is the word that programs know it by."""
    return problem(status, KINDS.get(status, "malformed"), error.explain(), code=error.text_key)


def problem(status: int, kind: str, told: Explanation, **more: object) -> Response:
    """Return problem details: `type`, `title`, `status`, `detail`, `instance`, and our four."""
    parts = {"where": told.where, "what": told.what, "why": told.why, "do": told.do}
    document = {
        "type": f"{DOCS}#problem-{kind}",
        "title": t(f"api.problem.{kind}.title"),
        "status": status,
        "detail": told.sentence(),
        "instance": request.path,
        **{name: text for name, text in parts.items() if text},
        **more,
    }
    text = json.dumps(document, ensure_ascii=False, allow_nan=False)
    response = Response(text, status, mimetype=PROBLEM)
    response.headers["Content-Language"] = language()
    response.headers["Cache-Control"] = "no-store"
    return response
