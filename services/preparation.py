"""What must be there before people can work: the schema, the base data, the first people."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.exc import OperationalError

from services.data import series
from services.data.engine import Database, owner_work
from services.data.migrate import upgrade
from services.data.sealing import Sealing, seal_devices
from services.data.seed import load_base
from services.errors import PlatformError
from services.security.people import OneTimePassword, bootstrap_administrators
from services.settings import Settings


class DatabaseAwayError(PlatformError):
    """The database at DATABASE_URL does not answer."""

    text_key = "database_away"


def bring_up_to_date(owner_url: str, sealing: Sealing | None = None) -> None:
    """Migrate, load whatever base data changed since the last start, and seal what lies open.

    An interrupted attempt leaves a database that still counts as not ready; the next completes it.
    """
    try:
        upgrade(owner_url)
        with owner_work(owner_url) as work:
            load_base(work)
            series.load(work)
            if sealing is not None:
                seal_devices(work, sealing)
            work.commit()
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise DatabaseAwayError("DATABASE_URL", reason=reason) from error


def people_of_first_start(settings: Settings) -> Iterator[OneTimePassword]:
    """Add administrators and the sample where missing; give each new password once it holds.

    The administrators' come before the sample is begun: nobody can ask for it a second time.
    """
    database = Database(settings.database_url, sealing=Sealing(settings.device_secrets))
    try:
        yield from bootstrap_administrators(database)
        if settings.sample:
            yield from _sample(database, settings.database_owner_url)
    finally:
        database.dispose()


def _sample(database: Database, owner_url: str) -> tuple[OneTimePassword, ...]:
    # The sample computes its years with the whole engine, which nothing before it needs.
    from services.sample import load_sample
    from services.standards.catalog import load_catalog

    return load_sample(database, load_catalog(), owner_url)
