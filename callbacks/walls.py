"""Enrolling a wall: its one-time address is opened before it, and pressed once (7.2)."""

from __future__ import annotations

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue

from callbacks.routes import Access, Route, route_all
from callbacks.session import form, present_door
from callbacks.wall_token import keep_token
from services import walls as enrolment
from services.errors import PlatformError
from services.security.session import Origin

CHANNEL = "web"
FIRST_PAGE = "/government/accounting"


def add_walls(server: Flask) -> None:
    """Add the address that enrols a wall; whoever opens it is nobody yet."""
    route_all(server, ROUTES)


def invitation(token: str) -> ResponseReturnValue:
    """Show which wall would be enrolled; only pressing uses the address up."""
    try:
        wall = enrolment.invited(present_door(), token)
    except PlatformError as error:
        return form("wall.html", error=error.explain()), 404
    return form("wall.html", wall=wall)


def enrol(token: str) -> ResponseReturnValue:
    """Give this browser the token of its wall, and show the wall its page."""
    origin = Origin(CHANNEL, request.remote_addr or "", request.user_agent.string)
    try:
        own, span = enrolment.enrol(present_door(), token, origin)
    except PlatformError as error:
        return form("wall.html", error=error.explain()), 404
    return keep_token(redirect(FIRST_PAGE, 303), own, span)


# An address that enrols a wall is known to nobody but who was given it.
ROUTES = (
    (Route("walls.invitation", "/wall/<token>", Access.PUBLIC), invitation),
    (Route("walls.enrol", "/wall/<token>", Access.PUBLIC, "POST"), enrol),
)
