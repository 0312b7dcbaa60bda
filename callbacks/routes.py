"""The only way to add a route: with who may call it, and what it takes.

The gate (callbacks/gate.py) looks up every request here; the start compares the register with
Flask's own map, so that no address answers that is not written down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flask import Flask, Request
from flask.typing import ResponseReturnValue

from callbacks.contracts import Contract
from callbacks.shapes import ADDRESS, LARGEST, Kind, is_text
from callbacks.wiring import WiringError
from services.security.permissions import Action
from services.security.session import Stage

EXTENSION = "shuangtan.routes"
BY_FLASK = frozenset({"HEAD", "OPTIONS"})
LAST_YEAR = 9_999
MOST_GIVEN = 100
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class Access(StrEnum):
    """Who may call a route for which no permission is asked: anybody, or whoever is signed in."""

    PUBLIC = "public"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class Route:
    """What the gate knows of one route.

    `query` and `form` name what may be given and of which kind; a `query` of None is anything
    short. A route that reads its own body says `takes_body`. `limit` names how often it may be
    asked (services/security/limits.toml), where that is not as often as pages. `stages` are those
    of a session that is not open yet; one that answers before the database is ready says so.
    Below `/api/` every route has a `contract`, by which it is told to programs.
    """

    endpoint: str
    rule: str
    access: Access | Action
    method: str = "GET"
    query: Mapping[str, Kind] | None = field(default_factory=dict)
    form: Mapping[str, Kind] = field(default_factory=dict)
    takes_body: bool = False
    limit: str = ""
    needs_step_up: bool = False
    before_database: bool = False
    stages: frozenset[Stage] = frozenset()
    contract: Contract | None = None

    @property
    def permission(self) -> Action | None:
        """Return the permission that is asked for, or None."""
        return self.access if isinstance(self.access, Action) else None

    @property
    def is_public(self) -> bool:
        """Return whether a stranger may call it."""
        return self.access is Access.PUBLIC

    @property
    def limited_as(self) -> str:
        """Return the limit that holds for it, or nothing for a file that everybody may have."""
        if self.before_database:
            return ""
        return self.limit or ("stranger" if self.is_public else "page")

    def misfit(self, asked: Request) -> str:
        """Return what of a request does not fit, or nothing."""
        return (
            _path(asked.view_args or {})
            or _given("query", self.query, asked.args.lists())
            or self._body(asked)
        )

    def _body(self, asked: Request) -> str:
        if self.takes_body or asked.method != self.method or self.method == "GET":
            return ""
        if not self.form:
            return "body: none" if asked.content_length else ""
        if asked.content_length and asked.mimetype not in FORMS:
            return "body: a form"
        if asked.files:
            return "form: no files"
        return _given("form", self.form, asked.form.lists())


# A route with the function that answers it.
Answered = tuple[Route, Callable[..., ResponseReturnValue]]


def public_file(endpoint: str, rule: str) -> Route:
    """Return the route of a file of ours that everybody may have, also before the database is."""
    return Route(endpoint, rule, Access.PUBLIC, query=None, before_database=True)


def route(server: Flask, entry: Route, function: Callable[..., ResponseReturnValue]) -> None:
    """Let a function answer at the address of a route, and write the route down."""
    server.add_url_rule(entry.rule, entry.endpoint, function, methods=[entry.method])
    adopt_route(server, entry)


def route_all(server: Flask, routes: Iterable[Answered]) -> None:
    """Add every route with the function that answers it."""
    for entry, function in routes:
        route(server, entry, function)


def adopt_route(server: Flask, entry: Route) -> None:
    """Write a route into the register; Dash's own are adopted in callbacks/dash_own.py."""
    server.extensions.setdefault(EXTENSION, {})[entry.endpoint] = entry


def routes_of(server: Flask) -> Mapping[str, Route]:
    """Return the register the gate reads, by endpoint."""
    found: dict[str, Route] = server.extensions.setdefault(EXTENSION, {})
    return found


def public_endpoints(server: Flask) -> Set[str]:
    """Return the endpoints that a stranger may reach."""
    return {name for name, entry in routes_of(server).items() if entry.is_public}


def endpoints_at(server: Flask, stage: Stage) -> Set[str]:
    """Return the endpoints of a session that waits for something, beside the public ones."""
    return {name for name, entry in routes_of(server).items() if stage in entry.stages}


def endpoints_with_step_up(server: Flask) -> Set[str]:
    """Return the endpoints that are answered only shortly after the second factor was given."""
    return {name for name, entry in routes_of(server).items() if entry.needs_step_up}


def refuse_strange_routes(server: Flask) -> None:
    """Raise WiringError unless exactly the registered routes can be reached, by their method."""
    there = {
        (rule.endpoint, rule.rule, tuple(sorted((rule.methods or set()) - BY_FLASK)))
        for rule in server.url_map.iter_rules()
    }
    known = {(one.endpoint, one.rule, (one.method,)) for one in routes_of(server).values()}
    strange = there ^ known
    if strange:
        raise WiringError(f"Routes that are not as registered: {sorted(strange)}. Use route().")


def _path(given: Mapping[str, Any]) -> str:
    for name, value in given.items():
        if isinstance(value, int):
            if value > (LAST_YEAR if name == "year" else LARGEST):
                return f"path {name}: too large"
        elif isinstance(value, str) and not is_text(value, 2_000):
            return f"path {name}: text"
    return ""


def _given(where: str, kinds: Mapping[str, Kind] | None, given: Any) -> str:
    for count, (name, values) in enumerate(given):
        kind = ADDRESS if kinds is None else kinds.get(name)
        if kind is None or count >= MOST_GIVEN:
            return f"{where} {name[:100]}: unknown"
        if len(values) > 1 and not kind.many and kinds is not None:
            return f"{where} {name}: given more than once"
        if len(values) > MOST_GIVEN or not all(kind.fits(value) for value in values):
            return f"{where} {name[:100]}: {kind.name}"
    return ""
