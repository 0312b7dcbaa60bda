"""One's own account: sessions, second factors, recovery codes, tokens of programs (7.2)."""

from __future__ import annotations

from uuid import UUID

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from callbacks.own_data import add_own_data
from callbacks.routes import Access, Route, route_all
from callbacks.session import form, present_door
from callbacks.shapes import NAME, WORD, WORDS, Kind
from services import clock
from services.errors import NotFoundError, PlatformError
from services.formatting import datetime_text
from services.security import api_tokens, factors, lost_access, own_account
from services.security.api_tokens import TokenOrder
from services.security.permissions import Action

PATH = "/account"


def add_account(server: Flask) -> None:
    """Add the page; what changes the ways in asks for the second factor again."""
    route_all(server, ROUTES)
    add_own_data(server)


def show() -> ResponseReturnValue:
    """Show what belongs to the account of the visitor."""
    return _page()


def end_sessions() -> ResponseReturnValue:
    """End one session, or all but this one."""
    try:
        if request.form.get("session"):
            number = _number("session")
            own_account.end_session(present_door(), current_user.token, number)
        else:
            own_account.end_other_sessions(present_door(), current_user.token)
    except PlatformError as error:
        return _page(error=error.explain()), 400
    return redirect(PATH, 303)


def remove_factor() -> ResponseReturnValue:
    """Remove a second factor while another remains."""
    try:
        factors.remove_factor(present_door(), current_user.token, _number("factor"))
    except PlatformError as error:
        return _page(error=error.explain()), 400
    return redirect(PATH, 303)


def renew_codes() -> ResponseReturnValue:
    """Make new recovery codes and show them this once."""
    codes = factors.renew_codes(present_door(), current_user.token)
    return form("codes.html", codes=codes, next=PATH)


def make_token() -> ResponseReturnValue:
    """Make a token for a program and show it this once."""
    given = request.form
    actions = frozenset(action for action in Action if action.value in given.getlist("action"))
    days = given.get("days", "")
    whole = int(days) if days.isascii() and days.isdecimal() and len(days) < 5 else 0
    order = TokenOrder(given.get("name", "").strip()[:60], actions, whole)
    try:
        token = api_tokens.make_token(present_door(), current_user.token, order)
    except PlatformError as error:
        return _page(error=error.explain()), 400
    return form("token.html", token=token, called=order.name)


def end_token() -> ResponseReturnValue:
    """End a token at once."""
    try:
        api_tokens.end_token(present_door(), current_user.token, _number("token"))
    except PlatformError as error:
        return _page(error=error.explain()), 400
    return redirect(PATH, 303)


def _number(name: str) -> UUID:
    """Return the id that a form names, or raise NotFoundError."""
    text = request.form.get(name, "")
    try:
        return UUID(text)
    except ValueError:
        raise NotFoundError(name, value=text) from None


def _page(**values: object) -> str:
    door, token = present_door(), current_user.token
    held, codes_left = factors.factors_of(door, token)
    values |= {"factors": held, "codes_left": codes_left}
    values |= {"tokens": api_tokens.tokens_of(door, token), "now": clock.now()}
    values |= {
        "actions": [a for a in Action if a in current_user.actor.actions],
        "longest": api_tokens.LONGEST_DAYS,
    }
    sessions = own_account.sessions_of(door, token)
    person = current_user.opened
    values |= {"helped": lost_access.told_of(door.database, person)}
    return form("account.html", person=person, sessions=sessions, when=datetime_text, **values)


def _changes(path: str, name: str, needs_step_up: bool = False, **form: Kind) -> Route:
    endpoint, address = f"account.{name}", f"{PATH}/{path}"
    own = Access.SESSION
    return Route(endpoint, address, own, "POST", form=form, needs_step_up=needs_step_up)


TOKEN_ORDER = Route(
    "account.make_token",
    f"{PATH}/tokens",
    Access.SESSION,
    "POST",
    form={"name": NAME, "days": WORD, "action": WORDS},
    needs_step_up=True,
)
ROUTES = (
    (Route("account.show", PATH, Access.SESSION), show),
    (_changes("sessions", "end_sessions", session=WORD), end_sessions),
    (_changes("factors", "remove_factor", True, factor=WORD), remove_factor),
    (_changes("codes", "renew_codes", True), renew_codes),
    (TOKEN_ORDER, make_token),
    (_changes("tokens/end", "end_token", token=WORD), end_token),
)
