"""Giving and enrolling the second factor: plain forms; only a passkey needs a script."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from callbacks.device import keep_device
from callbacks.routes import Access, Route, route_all
from callbacks.session import (
    NEXT,
    form,
    has_stepped_up,
    inside,
    let_in,
    present_door,
    public_site,
    site_address,
)
from callbacks.shapes import NAME, SIGNATURE, WORD
from services.errors import PlatformError
from services.security import factors, passkeys, proving
from services.security.passkeys import Answer, Site
from services.security.proving import Proof
from services.security.session import Stage


def add_factor(server: Flask) -> None:
    """Add the forms; another factor is added only shortly after one was given."""
    route_all(server, ROUTES)


def give_form() -> ResponseReturnValue:
    """Ask for the second factor, or go on when it was given."""
    wanted = inside(request.args.get("next"))
    if current_user.stage is not Stage.FACTOR:
        return redirect(wanted)
    return form("factor.html", next=wanted, options=request_options())


def give() -> ResponseReturnValue:
    """Open the session with the second factor, or say that it was none."""
    wanted = inside(request.form.get("next"))
    try:
        token = proving.enter(present_door(), current_user.token, proof_given())
    except PlatformError as error:
        page = form("factor.html", next=wanted, options=request_options(), error=error.explain())
        return page, 401
    return let_in(token, wanted)


def enrol_form() -> ResponseReturnValue:
    """Show what an authenticator scans, and the button that makes a passkey."""
    return _enrol_form(inside(request.args.get("next")))


def enrol() -> ResponseReturnValue:
    """Let an authenticator or a passkey count; show the first recovery codes once."""
    given, wanted = request.form, inside(request.form.get("next"))
    name, token = given.get("name", "").strip()[:60], current_user.token
    try:
        if given.get("passkey"):
            answer = Answer(given["passkey"], present_site())
            enrolled = passkeys.register(present_door(), token, answer, name)
        else:
            code = given.get("code", "")
            enrolled = factors.confirm_totp(present_door(), token, code, name)
    except PlatformError as error:
        return _enrol_form(wanted, error=error.explain()), 400
    answer_page = let_in(enrolled.token, wanted)
    if not enrolled.codes:
        return answer_page
    codes = form("codes.html", codes=enrolled.codes, next=wanted)
    return keep_device(codes, present_door(), current_user.opened)


def step_up_form() -> ResponseReturnValue:
    """Ask for the second factor again, before something delicate."""
    wanted = inside(request.args.get("next"))
    # The same form stands in the small window of other pages.
    name = "step_up_window.html" if "window" in request.args else "step_up.html"
    return form(name, next=wanted, options=request_options())


def step_up_state() -> ResponseReturnValue:
    """Tell a page whether the second factor was given lately enough."""
    return jsonify(fresh=has_stepped_up())


def step_up() -> ResponseReturnValue:
    """Remember that the second factor was given again, or say that it was none."""
    wanted, to_page = inside(request.form.get("next")), "window" not in request.form
    try:
        proving.step_up(present_door(), current_user.token, proof_given())
    except PlatformError as error:
        told = error.explain()
        if not to_page:
            return jsonify(error={"kind": "factor", "what": told.sentence()}), 400
        page = form("step_up.html", next=wanted, options=request_options(), error=told)
        return page, 400
    return redirect(wanted) if to_page else ("", 204)


def present_site() -> Site:
    """Return where the browser is, as passkeys know places."""
    # Where no name is set, the gate has held the origin of a form to the host; a page has none.
    origin = public_site() or request.headers.get("Origin") or site_address()
    return Site(urlsplit(site_address()).hostname or "", origin)


def request_options() -> str:
    """Return what the browser needs to use a passkey of this person, or nothing."""
    site = present_site()
    if not _takes_passkeys(site.host):
        return ""
    return passkeys.request_options(present_door(), current_user.token, site)


def proof_given() -> Proof:
    """Return the proof that a form carries: a passkey's signature or a code."""
    given = request.form
    if given.get("passkey"):
        return passkeys.passkey_proof(Answer(given["passkey"], present_site()))
    return factors.code_proof(given.get("code") or given.get("recovery", ""))


def _enrol_form(wanted: str, **values: object) -> str:
    import segno

    door, token, site = present_door(), current_user.token, present_site()
    enrolment = factors.begin_totp(door, token)
    options = ""
    if _takes_passkeys(site.host):
        options = passkeys.registration_options(door, token, site)
    picture = segno.make(enrolment.uri, micro=False, error="m").svg_inline(scale=4)
    groups = [enrolment.seed[at : at + 4] for at in range(0, len(enrolment.seed), 4)]
    values |= {"picture": picture, "seed": " ".join(groups), "options": options}
    first = current_user.stage is Stage.ENROL
    return form("enrol.html", next=wanted, first=first, **values)


def _takes_passkeys(host: str) -> bool:
    """Return whether passkeys can belong to the host: to a name, never to a bare address."""
    try:
        ip_address(host)
    except ValueError:
        return True
    return False


PROOF = NEXT | {"code": WORD, "recovery": WORD, "passkey": SIGNATURE}
GIVING, ENROLLING = frozenset({Stage.FACTOR}), frozenset({Stage.ENROL})
ROUTES = (
    (Route("factor.give_form", "/factor", Access.SESSION, query=NEXT, stages=GIVING), give_form),
    (Route("factor.give", "/factor", Access.SESSION, "POST", form=PROOF, stages=GIVING), give),
    (
        Route(
            "factor.enrol_form",
            "/factor/new",
            Access.SESSION,
            query=NEXT,
            needs_step_up=True,
            stages=ENROLLING,
        ),
        enrol_form,
    ),
    (
        Route(
            "factor.enrol",
            "/factor/new",
            Access.SESSION,
            "POST",
            form=PROOF | {"name": NAME},
            needs_step_up=True,
            stages=ENROLLING,
        ),
        enrol,
    ),
    (
        Route("factor.step_up_form", "/step-up", Access.SESSION, query=NEXT | {"window": WORD}),
        step_up_form,
    ),
    (Route("factor.step_up_state", "/step-up/state", Access.SESSION), step_up_state),
    (
        Route("factor.step_up", "/step-up", Access.SESSION, "POST", form=PROOF | {"window": WORD}),
        step_up,
    ),
)
