"""One's own data: the notice, what is held, correction, files, closing the account (7.2, 7.3 b)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, Response, redirect, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import current_user, logout_user

from callbacks.routes import Access, Route, route_all
from callbacks.session import form, present_door
from callbacks.shapes import NAME, WORD
from services import clock
from services.errors import PlatformError
from services.exports import Sheet, write
from services.formatting import date_text, datetime_text
from services.i18n.texts import language, t
from services.security import own_data, retention
from services.security.own_data import LONGEST_CONTACT, LONGEST_NAME, Part
from services.security.personal_data import ACCOUNT, CONSENT, Held, personal_data

PATH = "/account/data"
KINDS = {"json": "application/json", "csv": "text/csv; charset=utf-8"}


def add_own_data(server: Flask) -> None:
    """Add the page; taking out, correcting and closing ask for the second factor again."""
    route_all(server, ROUTES)


def show() -> ResponseReturnValue:
    """Show the notice, what is held of the visitor, and what can be done about it."""
    return _page()


def accept() -> ResponseReturnValue:
    """Write that the visitor read the notice."""
    own_data.accept_notice(present_door(), current_user.token, request.remote_addr or "")
    return redirect(PATH, 303)


def correct() -> ResponseReturnValue:
    """Correct name and contact."""
    given = request.form
    agreed = given.get("agreed") == "yes"
    name, contact = given.get("name", ""), given.get("contact", "")
    try:
        own_data.correct(present_door(), current_user.token, name, contact, agreed)
    except PlatformError as error:
        return _page(error=error.explain()), 400
    return redirect(PATH, 303)


def take_out(kind: str) -> ResponseReturnValue:
    """Hand out everything that is held of the visitor, as JSON or CSV."""
    if kind not in KINDS:
        return _page(), 404
    parts = own_data.take_out(present_door(), current_user.token)
    content = _json(parts) if kind == "json" else _csv(parts)
    response = Response(content, mimetype=KINDS[kind])
    name = f"own-data-{current_user.opened.person_id}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    response.set_etag(hashlib.sha256(content).hexdigest())
    return response


def close() -> ResponseReturnValue:
    """Close the account once its own sign-in name was typed, and clear the browser."""
    if request.form.get("login", "").strip().lower() != current_user.opened.login:
        return _page(unsure=True), 400
    try:
        own_data.close_account(present_door(), current_user.token)
    except PlatformError as error:
        return _page(error=error.explain()), 409
    logout_user()
    cookie.clear()
    answer = Response(form("closed.html"))
    answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return answer


def _page(**values: object) -> str:
    door, token = present_door(), current_user.token
    found = own_data.own_data(door, token)
    values |= {
        "found": found,
        "last": own_data.is_last_administrator(door, token),
        "held": _told(retention.days_of(door.database)),
        "applies_from": date_text(personal_data().applies_from),
        "longest_name": LONGEST_NAME,
        "longest_contact": LONGEST_CONTACT,
    }
    return form("own_data.html", when=datetime_text, **values)


def _told(days: Mapping[str, int]) -> list[Mapping[str, str]]:
    return [
        {
            "what": _what(held),
            "purpose": held.purpose[language()],
            "basis": t(f"privacy.bases.{held.basis}"),
            "how_long": how_long(days, held.keeps),
        }
        for held in personal_data().tables
    ]


def how_long(days: Mapping[str, int], keeps: str) -> str:
    """Return in words how long something is kept."""
    if keeps == ACCOUNT:
        return t("privacy.keeps.account")
    return t("privacy.days", days=days[keeps])


def _what(held: Held) -> str:
    if held.basis == CONSENT:
        return t("privacy.contact")
    return t(f"privacy.what.{held.name.replace('.', '_')}")


def _json(parts: Sequence[Part]) -> bytes:
    document = {
        "made_at": clock.now().isoformat(),
        "register": personal_data().version,
        "tables": [
            {
                "table": part.held.name,
                "purpose": part.held.purpose[language()],
                "basis": part.held.basis,
                "columns": list(part.held.given),
                "rows": [{n: _plain(v) for n, v in row.items()} for row in part.rows],
            }
            for part in parts
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _csv(parts: Sequence[Part]) -> bytes:
    rows = tuple(
        (part.held.name, number, name, _text(value))
        for part in parts
        for number, row in enumerate(part.rows, start=1)
        for name, value in row.items()
    )
    headings = tuple(t(f"privacy.file.{name}") for name in ("table", "row", "column", "value"))
    about = ((t("export.made_at"), datetime_text(clock.now())),)
    return write(Sheet(t("privacy.own_title"), about, headings, rows), "csv")


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str | dict | list):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _text(value: Any) -> str:
    plain = _plain(value)
    if isinstance(plain, dict | list):
        return json.dumps(plain, ensure_ascii=False)
    return "" if plain is None else str(plain)


CORRECT = Route(
    "own_data.correct",
    PATH,
    Access.SESSION,
    "POST",
    form={"name": NAME, "contact": NAME, "agreed": WORD},
    needs_step_up=True,
)
TAKE_OUT = Route(
    "own_data.take_out", f"{PATH}/file/<kind>", Access.SESSION, limit="file", needs_step_up=True
)
CLOSE = Route(
    "own_data.close",
    f"{PATH}/close",
    Access.SESSION,
    "POST",
    form={"login": NAME},
    needs_step_up=True,
)
ROUTES = (
    (Route("own_data.show", PATH, Access.SESSION), show),
    (Route("own_data.accept", f"{PATH}/notice", Access.SESSION, "POST"), accept),
    (CORRECT, correct),
    (TAKE_OUT, take_out),
    (CLOSE, close),
)
