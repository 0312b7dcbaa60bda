"""The roll-up of readings: a thread of the scheduler, so that a long one holds nothing up."""

from __future__ import annotations

import logging
import threading

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from services import clock
from services.collection import rolling
from services.data.engine import Database
from services.errors import PlatformError

LOG = logging.getLogger(__name__)
EVERY_SECONDS = 60.0


def roll_until(stop: threading.Event, database: Database) -> None:
    """Roll up every minute what came, until told to stop."""
    while True:
        try:
            done = rolling.roll_up(database, clock.now())
            LOG.debug("Rolled up readings of %s days", len(done))
        except (SQLAlchemyError, psycopg.Error, PlatformError) as error:
            LOG.error("Rolled up nothing, trying again: %s", error)
        if stop.wait(EVERY_SECONDS):
            return


def start_rolling(stop: threading.Event, database: Database) -> threading.Thread:
    """Roll up beside whatever else the scheduler does; return the thread, to wait for its end."""
    arguments = (stop, database)
    thread = threading.Thread(target=roll_until, args=arguments, name="roller", daemon=True)
    thread.start()
    return thread
