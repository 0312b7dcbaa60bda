"""Whether this server can answer: asked by supervisors and load balancers."""

from __future__ import annotations

import logging

from flask import Flask
from flask.typing import ResponseReturnValue

from callbacks.context import Context
from services.data.work import Scope

logger = logging.getLogger(__name__)


def add_health(server: Flask, context: Context) -> None:
    """Add `/healthz`: 200 when the database answers, else 503; it tells nothing more."""

    def health() -> ResponseReturnValue:
        try:
            with context.database.work(Scope()):
                return "ok", 200, {"Content-Type": "text/plain"}
        except Exception as error:
            # Whatever keeps the database away, the answer is the same; the log says which.
            logger.warning("Not healthy: %s", error)
            return "unavailable", 503, {"Content-Type": "text/plain"}

    server.add_url_rule("/healthz", "health", health)
