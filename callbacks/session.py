"""Signing in and out, the first password, language and theme: plain forms, also without scripts."""

from __future__ import annotations

from urllib.parse import quote

from flask import (
    Flask,
    Request,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
)
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from callbacks.context import Context
from callbacks.device import keep_device, known_here
from callbacks.refusals import keep_refusal
from callbacks.routes import Access, Route, route_all
from callbacks.shapes import ADDRESS, NAME, SECRET, WORD
from callbacks.wall_token import Wall, forget_token, wall_of
from components import theme
from services import clock, seen_walls
from services.errors import PlatformError
from services.formatting import datetime_text
from services.i18n.texts import LANGUAGES, language, set_language, t
from services.security import people
from services.security import session as sessions
from services.security import sign_in as passwords
from services.security.api_tokens import actor_of_token
from services.security.door import Door
from services.security.lost_access import told_at_the_door
from services.security.permissions import Action, Actor
from services.security.session import Origin, Session, Stage
from services.security.tries import AddressLockedError, SignInLockedError

YEAR_SECONDS = 365 * 24 * 3600
CHANNEL = "web"
# Where somebody is led who has not come in yet, by what is asked for next.
DOORSTEPS = {Stage.FACTOR: "/factor", Stage.PASSWORD: "/password", Stage.ENROL: "/factor/new"}
EXTENSION = "shuangtan.context"
API = "/api/v1/"
CALLBACKS = "/_dash-update-component"
# What a page asks again and again without anybody.
BY_THEMSELVES, TICKED = ("/_reload-hash",), ".n_intervals"


class Visitor(UserMixin):
    """Who sends the present request; the truth about the session is a row in the database."""

    def __init__(self, token: str, opened: Session) -> None:
        self.token = token
        self.opened = opened

    @property
    def actor(self) -> Actor:
        """Return the person with the memberships of this moment."""
        return self.opened.actor

    @property
    def stage(self) -> Stage:
        """Return what is asked for before anything else can be done."""
        return self.opened.stage

    def get_id(self) -> str:
        """Return what flask-login keeps in the signed cookie: the token, and nothing else."""
        return self.token


def add_session(server: Flask, context: Context) -> None:
    """Add the forms and let flask-login find the visitor of a request."""
    server.extensions[EXTENSION] = context
    # The session table says when a session ends; flask-login's own guesses would end it early.
    manager = LoginManager(server)
    manager.session_protection = None

    def load(token: str) -> Visitor | None:
        opened = sessions.session_of(context.door, token, is_use=is_by_hand())
        return Visitor(token, opened) if opened else None

    def load_other(_request: Request) -> Program | Wall | None:
        actor = actor_of_token(context.door, bearer_token())
        return Program(actor) if actor else wall_of(context)

    manager.user_loader(load)
    manager.request_loader(load_other)
    route_all(server, ROUTES)


class Program(UserMixin):
    """A program that sends the present request with a token of a person."""

    stage = Stage.OPEN

    def __init__(self, actor: Actor) -> None:
        self.actor = actor


def is_by_hand() -> bool:
    """Return whether somebody did something, and not a clock of an open page by itself.

    Of a callback it is said what changed; of one that a clock or its own page started, nothing
    else. A page that is opened is asked for as a document before.
    """
    if request.path in BY_THEMSELVES:
        return False
    if request.path != CALLBACKS:
        return True
    try:
        body = request.get_json(silent=True)
    except RecursionError:
        return False
    changed = body.get("changedPropIds") if isinstance(body, dict) else None
    if not isinstance(changed, list):
        return False
    return any(not str(name).endswith(TICKED) for name in changed)


def bearer_token() -> str:
    """Return the token that the request carries for the API; empty elsewhere and without one."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if kind == "Bearer" and request.path.startswith(API) else ""


def present_actor() -> Actor:
    """Return who sends the present request; the gate has made sure that there is somebody."""
    actor: Actor = current_user.actor
    return actor


def sign_in_form() -> ResponseReturnValue:
    """Show the sign-in page, or go on when somebody is signed in already."""
    wanted = inside(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(wanted)
    return form("sign_in.html", next=wanted, ended=_why_ended())


def sign_in() -> ResponseReturnValue:
    """Open half a session and lead on to the second factor, or say why not."""
    login, password = request.form.get("login", ""), request.form.get("password", "")
    wanted = inside(request.form.get("next"))
    agent = request.user_agent.string
    origin = Origin(CHANNEL, request.remote_addr or "", agent, known_here())
    try:
        token = passwords.sign_in(present_door(), login, password, origin)
    except PlatformError as error:
        if isinstance(error, AddressLockedError | SignInLockedError):
            # A failure is an event of its own; while all tries are refused they are counted.
            keep_refusal(_context(), None, "sign_in_locked", login)
        page = form("sign_in.html", error=error.explain(), login=login, next=wanted)
        if isinstance(error, AddressLockedError):
            return page, 429, {"Retry-After": str(60 * int(str(error.values["minutes"])))}
        return page, 401
    return let_in(token, wanted)


def let_in(token: str, wanted: str) -> ResponseReturnValue:
    """Give the browser a token in place of what it had, and lead to where it may go."""
    opened = sessions.session_of(present_door(), token)
    if opened is None:
        return redirect(f"/login?next={quote(wanted)}")
    cookie.clear()  # nothing of an earlier visitor survives
    login_user(Visitor(token, opened))
    onto = _with_settings(redirect(onward(opened.stage, wanted)), opened)
    return keep_device(onto, present_door(), opened)


def onward(stage: Stage, wanted: str) -> str:
    """Return where somebody is led on the way to an address."""
    if stage is Stage.OPEN:
        return wanted
    return DOORSTEPS[stage] + (f"?next={quote(wanted)}" if wanted != "/" else "")


def leave() -> ResponseReturnValue:
    """End the session everywhere and go back to the sign-in page."""
    if is_wall():
        seen_walls.leave(present_door(), current_user.token)
        return forget_token(redirect("/login"))
    sessions.sign_out(present_door(), current_user.token)
    logout_user()
    cookie.clear()
    left = make_response(redirect("/login"))
    # So that the back button of a browser that others use shows nothing.
    left.headers["Clear-Site-Data"] = '"cache", "storage"'
    return left


def password_form() -> ResponseReturnValue:
    """Show the form for a new password."""
    return _password_form(inside(request.args.get("next")))


def set_password() -> ResponseReturnValue:
    """Change the password, or say which rule the new one breaks."""
    given = request.form
    wanted = inside(given.get("next"))
    try:
        if given.get("new") != given.get("again"):
            raise PasswordsDifferError("again")
        passwords.change_password(
            present_door(), current_user.token, given.get("old", ""), given.get("new", "")
        )
    except PlatformError as error:
        return _password_form(wanted, error=error.explain()), 400
    return redirect(wanted)


def _password_form(wanted: str, **values: object) -> str:
    kind = "old" if current_user.opened.is_expired else "own"
    values |= {"kind": "first" if current_user.opened.must_change else kind}
    return form("password.html", next=wanted, profile=present_door().profile, **values)


def _why_ended() -> str:
    """Return why the session of this browser was ended by somebody else, or nothing."""
    token = cookie.get("_user_id", "")
    return sessions.why_ended(present_door(), token) if token else ""


class PasswordsDifferError(PlatformError):
    """The new password was typed in two different ways."""

    text_key = "passwords_differ"


def choose_language() -> ResponseReturnValue:
    """Keep the language in a cookie, and with the person once signed in."""
    code = request.form.get("language", "")
    set_language(code)
    if current_user.is_authenticated and current_user.stage is Stage.OPEN and not is_wall():
        _keep_settings(language(), current_user.opened.theme)
    return _remember(redirect(came_from()), "language", language())


def choose_theme() -> ResponseReturnValue:
    """Keep the theme in a cookie and with the person."""
    name = request.form.get("theme", "")
    if name not in theme.THEMES:
        return Response(status=400)
    _keep_settings(language(), name)
    return _remember(Response(status=204), "theme", name)


def inside(address: str | None) -> str:
    """Return the address when it is a path of ours, else home: no way out to other machines."""
    wanted = address or "/"
    safe = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if safe and wanted.isprintable() else "/"


def form(name: str, **values: object) -> str:
    """Return a page of ours that works without scripts."""
    if name in ON_THE_WAY and current_user.is_authenticated and current_user.stage in BEFORE_OPEN:
        told = told_at_the_door(present_door().database, current_user.opened)
        values |= {"helped": told, "when": datetime_text}
    return render_template(name, t=t, language=language(), languages=LANGUAGES, **values)


def present_door() -> Door:
    """Return what signing in works with."""
    return _context().door


def has_stepped_up() -> bool:
    """Return whether the visitor gave the second factor so lately that delicate things may go."""
    if not isinstance(current_user._get_current_object(), Visitor):
        return False  # a program or a wall has no second factor to give
    opened: Session = current_user.opened
    return opened.is_stepped_up(present_door().profile, clock.now())


def is_wall() -> bool:
    """Return whether the present request comes from a wall, behind which nobody stands."""
    return isinstance(current_user._get_current_object(), Wall)


def _context() -> Context:
    context: Context = current_app.extensions[EXTENSION]
    return context


def _with_settings(response: ResponseReturnValue, opened: Session) -> Response:
    """Carry a choice made before signing in over to the person, and the person's to the cookie."""
    chosen = request.cookies.get("language", opened.language)
    if chosen in LANGUAGES and chosen != opened.language and opened.stage is Stage.OPEN:
        _keep_settings(chosen, opened.theme)
    answer = _remember(make_response(response), "language", chosen)
    if opened.theme in theme.THEMES:
        answer = _remember(answer, "theme", opened.theme)
    return answer


def _keep_settings(code: str, name: str) -> None:
    people.change_settings(present_actor(), _context().database, code, name)


def _remember(response: ResponseReturnValue, name: str, value: str) -> Response:
    answer = make_response(response)
    # The theme is also read and set by the page itself; neither is a secret.
    answer.set_cookie(
        name,
        value,
        max_age=YEAR_SECONDS,
        samesite=current_app.config["SESSION_COOKIE_SAMESITE"],
        secure=current_app.config["SESSION_COOKIE_SECURE"] or request.is_secure,
        httponly=name != "theme",
    )
    return answer


def public_site() -> str:
    """Return the address that people open, as set; "" where it is not."""
    return _context().settings.site


def site_address() -> str:
    """Return the address that people open: as set, else as the present request has it."""
    return public_site() or request.host_url.rstrip("/")


def came_from() -> str:
    """Return the page on which the form stood, as its own path."""
    referrer, ours = request.referrer or "", site_address()
    return inside(referrer.removeprefix(ours)) if referrer.startswith(ours) else "/"


# Where somebody who comes in is told what others did to the account meanwhile.
ON_THE_WAY = ("factor.html", "password.html", "enrol.html")
NEXT = {"next": ADDRESS}
PASSWORDS = NEXT | {"old": SECRET, "new": SECRET, "again": SECRET}
WAITING = frozenset({Stage.PASSWORD})
BEFORE_OPEN = frozenset(Stage) - {Stage.OPEN}
ROUTES = (
    (Route("session.sign_in_form", "/login", Access.PUBLIC, query=NEXT), sign_in_form),
    (
        Route(
            "session.sign_in",
            "/login",
            Access.PUBLIC,
            "POST",
            form=NEXT | {"login": NAME, "password": SECRET},
        ),
        sign_in,
    ),
    (Route("session.leave", "/logout", Access.SESSION, "POST", stages=BEFORE_OPEN), leave),
    (
        Route("session.password_form", "/password", Access.SESSION, query=NEXT, stages=WAITING),
        password_form,
    ),
    (
        Route(
            "session.set_password",
            "/password",
            Access.SESSION,
            "POST",
            form=PASSWORDS,
            stages=WAITING,
        ),
        set_password,
    ),
    (
        Route(
            "session.choose_language", "/language", Access.PUBLIC, "POST", form={"language": WORD}
        ),
        choose_language,
    ),
    (
        Route(
            "session.choose_theme",
            "/theme",
            Action.CHANGE_OWN_SETTINGS,
            "POST",
            form={"theme": WORD},
        ),
        choose_theme,
    ),
)
