"""Signing in and out, the first password, language and theme: plain forms, also without scripts."""

from __future__ import annotations

from flask import (
    Blueprint,
    Flask,
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
from components import theme
from services.errors import PlatformError
from services.i18n.texts import LANGUAGES, language, set_language, t
from services.security import people
from services.security import sign_in as sessions
from services.security.permissions import Actor

YEAR_SECONDS = 365 * 24 * 3600
CHANNEL = "web"
EXTENSION = "shuangtan.context"

session = Blueprint("session", __name__)


class Visitor(UserMixin):
    """Who sends the present request; the truth about the session is a row in the database."""

    def __init__(self, token: str, opened: sessions.Session) -> None:
        self.token = token
        self.opened = opened

    @property
    def actor(self) -> Actor:
        """Return the person with the memberships of this moment."""
        return self.opened.actor

    @property
    def must_change(self) -> bool:
        """Return whether the one-time password is still to be changed."""
        return self.opened.must_change

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
        opened = sessions.session_of(context.database, token)
        return Visitor(token, opened) if opened else None

    manager.user_loader(load)
    server.register_blueprint(session)


def present_actor() -> Actor:
    """Return who sends the present request; the gate has made sure that there is somebody."""
    actor: Actor = current_user.actor
    return actor


@session.get("/login")
def sign_in_form() -> ResponseReturnValue:
    """Show the sign-in page, or go on when somebody is signed in already."""
    if current_user.is_authenticated:
        return redirect(inside(request.args.get("next")))
    return _form("sign_in.html", next=inside(request.args.get("next")))


@session.post("/login")
def sign_in() -> ResponseReturnValue:
    """Open a session and go to where the visitor wanted to go, or say why not."""
    login, password = request.form.get("login", ""), request.form.get("password", "")
    wanted = inside(request.form.get("next"))
    try:
        token = sessions.sign_in(_context().database, login, password, CHANNEL)
    except PlatformError as error:
        page = _form("sign_in.html", error=error.explain(), login=login, next=wanted)
        return page, 401
    opened = sessions.session_of(_context().database, token)
    if opened is None:
        return _form("sign_in.html", login=login, next=wanted), 401
    cookie.clear()  # nothing of an earlier visitor survives
    login_user(Visitor(token, opened))
    return _with_settings(redirect("/password" if opened.must_change else wanted), opened)


@session.post("/logout")
def leave() -> ResponseReturnValue:
    """End the session everywhere and go back to the sign-in page."""
    sessions.sign_out(_context().database, current_user.token)
    logout_user()
    cookie.clear()
    return redirect("/login")


@session.get("/password")
def password_form() -> ResponseReturnValue:
    """Show the form for a new password."""
    return _form("password.html", first=current_user.must_change)


@session.post("/password")
def set_password() -> ResponseReturnValue:
    """Change the password, or say which rule the new one breaks."""
    form = request.form
    first = current_user.must_change
    try:
        if form.get("new") != form.get("again"):
            raise PasswordsDifferError("again")
        sessions.change_password(
            _context().database, current_user.token, form.get("old", ""), form.get("new", "")
        )
    except PlatformError as error:
        return _form("password.html", first=first, error=error.explain()), 400
    return redirect("/")


class PasswordsDifferError(PlatformError):
    """The new password was typed in two different ways."""

    text_key = "passwords_differ"


@session.post("/language")
def choose_language() -> ResponseReturnValue:
    """Keep the language in a cookie, and with the person once signed in."""
    code = request.form.get("language", "")
    set_language(code)
    if current_user.is_authenticated and not current_user.must_change:
        _keep_settings(language(), current_user.opened.theme)
    return _remember(redirect(_came_from()), "language", language())


@session.post("/theme")
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


def _form(name: str, **values: object) -> str:
    return render_template(name, t=t, language=language(), languages=LANGUAGES, **values)


def _context() -> Context:
    context: Context = current_app.extensions[EXTENSION]
    return context


def _with_settings(response: ResponseReturnValue, opened: sessions.Session) -> Response:
    """Carry a choice made before signing in over to the person, and the person's to the cookie."""
    chosen = request.cookies.get("language", opened.language)
    if chosen in LANGUAGES and chosen != opened.language and not opened.must_change:
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
        samesite="Lax",
        secure=request.is_secure,
        httponly=name != "theme",
    )
    return answer


def _came_from() -> str:
    """Return the page on which the form stood, as its own path."""
    referrer = request.referrer or ""
    ours = request.host_url.rstrip("/")
    return inside(referrer.removeprefix(ours)) if referrer.startswith(ours) else "/"
