"""Checks of readings and the time of alerts: a thread of the scheduler, behind the listener."""

from __future__ import annotations

import logging
import threading

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from services import clock
from services.alerts.settling import settle
from services.collection import watching
from services.data.engine import Database
from services.errors import PlatformError

LOG = logging.getLogger(__name__)
EVERY_SECONDS = 5.0
# Silence is a matter of minutes, and so is how long something is over.
ROUNDS_TO_SCAN = 6


def watch_until(stop: threading.Event, database: Database) -> None:
    """Check what came every few seconds, and now and then what did not, until told to stop."""
    rounds = 0
    while not stop.wait(EVERY_SECONDS):
        try:
            watching.check_new(database, clock.now())
            if rounds % ROUNDS_TO_SCAN == 0:
                watching.scan_silent(database, clock.now())
                settle(database, clock.now())
            rounds += 1
        except (SQLAlchemyError, psycopg.Error, PlatformError) as error:
            LOG.error("Checked no readings, trying again: %s", error)


def start_watching(stop: threading.Event, database: Database) -> threading.Thread:
    """Watch beside whatever else the scheduler does; return the thread, to wait for its end."""
    arguments = (stop, database)
    thread = threading.Thread(target=watch_until, args=arguments, name="watcher", daemon=True)
    thread.start()
    return thread
