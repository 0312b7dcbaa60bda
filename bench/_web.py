"""The whole web application on throw-away servers, called without a socket in between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from dash import Dash

from app import create_app
from callbacks.context import Context
from callbacks.session import present_actor
from services.data.engine import Database
from services.settling import settle
from services.standards.catalog import load_catalog
from tests.fixtures.databases import _cloned, make_base_template, opened
from tests.fixtures.servers import running_servers
from tests.fixtures.web import web_settings
from workers.embedded.postgres import SUPERUSER
from workers.queue import connect


@dataclass(frozen=True, slots=True)
class Web:
    """An application, its database, and the address at which a superuser reaches that."""

    app: Dash
    database: Database
    superuser_url: str

    def browser(self) -> Any:
        """Return a browser that nobody signed in with."""
        return self.app.server.test_client()


@contextmanager
def web() -> Iterator[Web]:
    """Give an application on a database with base data, settled as the server is before it begins.

    All of it is thrown away at the end.
    """
    with running_servers() as servers:
        for clone in _cloned(servers, make_base_template(servers)):
            with opened(clone.url) as database:
                settings = web_settings(servers.folder)
                queue = connect(servers.valkey.url)
                context = Context(database, load_catalog(), settings, queue, present_actor)
                superuser = servers.postgres.url(SUPERUSER, clone.name)
                app = create_app(context)
                settle()
                yield Web(app, database, superuser)
