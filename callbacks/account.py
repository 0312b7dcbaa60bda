"""One's own account: sessions, second factors, recovery codes, tokens of programs (7.2)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Flask, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from callbacks.session import form, present_door
from callbacks.wiring import step_up_first
from services import clock
from services.errors import NotFoundError, PlatformError
from services.formatting import datetime_text
from services.security import api_tokens, factors, own_account
from services.security.api_tokens import TokenOrder
from services.security.permissions import Action

PATH = "/account"

account = Blueprint("account", __name__)


def add_account(server: Flask) -> None:
    """Add the page; what changes the ways in asks for the second factor again."""
    server.register_blueprint(account)
    step_up_first(server, "account.remove_factor", "account.renew_codes", "account.make_token")


@account.get(PATH)
def show() -> ResponseReturnValue:
    """Show what belongs to the account of the visitor."""
    return _page()


@account.post(PATH + "/sessions")
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


@account.post(PATH + "/factors")
def remove_factor() -> ResponseReturnValue:
    """Remove a second factor while another remains."""
    try:
        factors.remove_factor(present_door(), current_user.token, _number("factor"))
    except PlatformError as error:
        return _page(error=error.explain()), 400
    return redirect(PATH, 303)


@account.post(PATH + "/codes")
def renew_codes() -> ResponseReturnValue:
    """Make new recovery codes and show them this once."""
    codes = factors.renew_codes(present_door(), current_user.token)
    return form("codes.html", codes=codes, next=PATH)


@account.post(PATH + "/tokens")
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


@account.post(PATH + "/tokens/end")
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
    return form("account.html", person=person, sessions=sessions, when=datetime_text, **values)
