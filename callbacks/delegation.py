"""A plain page on which somebody lets another hold a role of theirs for some days (7.2)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Flask, current_app, redirect, request
from flask.typing import ResponseReturnValue

from callbacks.context import Context
from callbacks.refusals import keep_if_refused
from callbacks.routes import Route, route_all
from callbacks.session import EXTENSION, form, present_actor
from callbacks.shapes import DAY, NAME, WORD
from components.forms.method_columns import name_of
from services.clock import today
from services.delegations import delegations_of, take_back
from services.errors import NotFoundError, PlatformError
from services.formatting import date_text
from services.security import rights
from services.security.permissions import Action
from services.standards.problems import BadDateError

PATH = "/account/delegation"


def add_delegation(server: Flask) -> None:
    """Add the page; giving a right asks for the second factor again."""
    route_all(server, ROUTES)


def show() -> ResponseReturnValue:
    """Show what is delegated and the form that delegates."""
    return _answer()


def give() -> ResponseReturnValue:
    """Delegate a role for some days."""
    given = request.form
    try:
        order = rights.Delegation(
            _number("membership"),
            given.get("login", "").strip()[:80],
            _day("first"),
            _day("last"),
        )
        rights.delegate(present_actor(), _context().database, order)
    except PlatformError as error:
        return _answer(error)
    return redirect(PATH, 303)


def end() -> ResponseReturnValue:
    """Take back what was delegated."""
    try:
        take_back(present_actor(), _context().database, _number("membership"))
    except PlatformError as error:
        return _answer(error)
    return redirect(PATH, 303)


def _answer(error: PlatformError | None = None) -> ResponseReturnValue:
    context = _context()
    if error is not None:
        keep_if_refused(context, error, request.path)
    try:
        found = delegations_of(present_actor(), context.database)
    except PlatformError as refusal:
        keep_if_refused(context, refusal, request.path)
        return form("delegation.html", found=None, error=refusal.explain()), 403
    values = {"found": found, "today": today().isoformat(), "when": date_text, "name_of": name_of}
    values |= {"longest": rights.LONGEST_DELEGATION.days, "typed": request.form}
    told = error.explain() if error else None
    return form("delegation.html", error=told, **values), 400 if error else 200


def _context() -> Context:
    context: Context = current_app.extensions[EXTENSION]
    return context


def _number(name: str) -> UUID:
    text = request.form.get(name, "")
    try:
        return UUID(text)
    except ValueError:
        raise NotFoundError(name, value=text[:40]) from None


def _day(name: str) -> date:
    text = request.form.get(name, "").strip()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadDateError(name, value=text[:20]) from None


ORDER = {"membership": WORD, "login": NAME, "first": DAY, "last": DAY}
ROUTES = (
    (Route("delegation.show", PATH, Action.DELEGATE), show),
    (
        Route("delegation.give", PATH, Action.DELEGATE, "POST", form=ORDER, needs_step_up=True),
        give,
    ),
    (
        Route(
            "delegation.end",
            f"{PATH}/end",
            Action.DELEGATE,
            "POST",
            form={"membership": WORD},
            needs_step_up=True,
        ),
        end,
    ),
)
