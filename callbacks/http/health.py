"""Whether this server can answer: asked by supervisors and load balancers."""

from __future__ import annotations

import logging

from flask import Flask
from flask.typing import ResponseReturnValue

from callbacks.context import Context
from callbacks.routes import public_file, route
from services.data.readiness import Readiness
from services.data.work import Scope

logger = logging.getLogger(__name__)
PLAIN = {"Content-Type": "text/plain"}


def add_health(server: Flask, context: Context, ready: Readiness) -> None:
    """Add `/healthz`: 200 when the database is ready and answers, else 503; it tells no more."""

    def health() -> ResponseReturnValue:
        return ("ok", 200, PLAIN) if ready() and answers() else ("unavailable", 503, PLAIN)

    def answers() -> bool:
        try:
            with context.database.work(Scope()):
                return True
        except Exception as error:
            # Whatever keeps the database away, the answer is the same; the log says which.
            logger.warning("Not healthy: %s", error)
            return False

    route(server, public_file("health", "/healthz"), health)
