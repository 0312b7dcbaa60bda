"""Whether the database holds what this code needs: asked before anything else is asked of it."""

from __future__ import annotations

import logging

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from services.data.engine import Database
from services.data.seed import is_loaded
from services.data.work import Scope
from services.errors import PlatformError

LOG = logging.getLogger(__name__)


class Readiness:
    """Looks until schema and base data are there; what was once there needs no second look."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = False

    def __call__(self) -> bool:
        """Return whether the database is ready."""
        self._known = self._known or self._look()
        return self._known

    def _look(self) -> bool:
        try:
            with self._database.work(Scope()) as work:
                return is_loaded(work)
        except (SQLAlchemyError, psycopg.Error, PlatformError) as error:
            # A server that is not up, a role, a schema or a right that is not there yet.
            LOG.info("The database is not ready: %s", error)
            return False
