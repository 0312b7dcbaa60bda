"""Tells webhooks what was done: a thread of the scheduler; a slow receiver holds up none."""

from __future__ import annotations

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError

from services import clock
from services.data.engine import Database
from services.data.sealing import Sealing
from services.errors import PlatformError
from services.outbound import Outbound, networks_in
from services.settings import Settings
from services.webhooks.announcing import announce
from services.webhooks.delivering import deliver_due

LOG = logging.getLogger(__name__)
EVERY_SECONDS = 2.0


def tell_until(stop: threading.Event, settings: Settings) -> None:
    """Announce and send every few seconds until told to stop."""
    sealing = Sealing(settings.device_secrets)
    database = Database(settings.database_url, pool_size=2, sealing=sealing)
    outbound = Outbound(networks_in(settings.outbound_networks))
    while not stop.wait(EVERY_SECONDS):
        try:
            announce(database, clock.now())
            deliver_due(database, outbound, clock.now)
        except (SQLAlchemyError, PlatformError) as error:
            LOG.warning("Told nobody, trying again: %s", error)
    database.dispose()


def start_telling(stop: threading.Event, settings: Settings) -> threading.Thread:
    """Tell others beside whatever else the scheduler does; return the thread, to wait for."""
    thread = threading.Thread(target=tell_until, args=(stop, settings), name="teller", daemon=True)
    thread.start()
    return thread
