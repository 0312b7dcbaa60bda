"""Sends e-mail about alerts: a thread of the scheduler, where a mail server is named."""

from __future__ import annotations

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError

from services import clock
from services.alerts.mailing import Mailer, mail_due
from services.data.engine import Database
from services.errors import PlatformError
from services.mail import post_of
from services.settings import Settings

LOG = logging.getLogger(__name__)
EVERY_SECONDS = 20.0


def mail_until(stop: threading.Event, mailer: Mailer) -> None:
    """Send what is due every few seconds until told to stop."""
    while not stop.wait(EVERY_SECONDS):
        try:
            mail_due(mailer, clock.now())
        except (SQLAlchemyError, PlatformError) as error:
            LOG.error("Sent no mail, trying again: %s", error)


def start_mailing(
    stop: threading.Event, database: Database, settings: Settings
) -> tuple[threading.Thread, ...]:
    """Send beside whatever else the scheduler does; return the thread, or none without a server."""
    post = post_of(settings.smtp, settings.mail_from)
    if post is None:
        return ()
    arguments = (stop, Mailer(database, post, settings.site))
    thread = threading.Thread(target=mail_until, args=arguments, name="mailer", daemon=True)
    thread.start()
    return (thread,)
