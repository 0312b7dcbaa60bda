"""The sealer of the transparency log: a thread of the scheduler, so that nothing holds it up."""

from __future__ import annotations

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError

from services import clock
from services.algorithms.checkpoints import NoteError
from services.data.engine import Database
from services.errors import PlatformError
from services.security.signing import Signer
from services.settings import Settings
from services.transparency import sealing
from workers import log_keeping
from workers.embedded.secret_files import secret

LOG = logging.getLogger(__name__)
KEY_FILE = "log_signing"


def signer_of(settings: Settings) -> Signer:
    """Return the keys that are given, else those of the data folder, made now if there are none."""
    if settings.log_signing:
        return Signer.from_text(settings.log_signing, "SHUANGTAN_LOG_SIGNING")
    folder = settings.data_folder / log_keeping.KEYS
    return Signer.from_text(secret(folder, KEY_FILE), str(folder / KEY_FILE))


def seal_once(database: Database, settings: Settings) -> None:
    """Seal what there is, and remember what was signed outside of the database."""
    signer = signer_of(settings)
    sealed = sealing.seal(database, signer, signed=log_keeping.last_signed(settings))
    if sealed is None:
        return
    LOG.debug("Sealed %s leaves", sealed.size)
    log_keeping.keep(settings, signer, sealed)


def seal_until(stop: threading.Event, database: Database, settings: Settings) -> None:
    """Seal every few seconds until told to stop."""
    while not stop.wait(settings.seal_seconds):
        try:
            # Read each time, so that a new key takes over without a restart.
            seal_once(database, settings)
            sealing.alarm(database, clock.now())
        except (SQLAlchemyError, PlatformError, NoteError, OSError) as error:
            LOG.error("Sealed nothing, trying again: %s", error)


def start_sealing(
    stop: threading.Event, database: Database, settings: Settings
) -> threading.Thread:
    """Seal beside whatever else the scheduler does; return the thread, to wait for its end."""
    arguments = (stop, database, settings)
    thread = threading.Thread(target=seal_until, args=arguments, name="sealer", daemon=True)
    thread.start()
    return thread
