"""Bring a database to a revision of the schema, up or down, by the owner's address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, pool

from services.data.engine import driver_url

FOLDER = Path(__file__).parent / "migrations"
# Any constant will do; it keeps two starting processes from migrating at once.
_LOCK = 7_302_160_029


def upgrade(owner_url: str, revision: str = "head") -> str:
    """Migrate up to a revision and return the one reached."""
    with _owner(owner_url) as connection:
        command.upgrade(_config(connection), revision)
        return _current(connection)


def downgrade(owner_url: str, revision: str) -> str:
    """Migrate down to a revision (`base` for nothing left) and return the one reached."""
    with _owner(owner_url) as connection:
        command.downgrade(_config(connection), revision)
        return _current(connection)


def status(owner_url: str) -> tuple[str, str]:
    """Return the revision of the database and the newest there is; empty when none."""
    with _owner(owner_url) as connection:
        head = ScriptDirectory.from_config(_config(connection)).get_current_head()
        return _current(connection), head or ""


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _current(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""


@contextmanager
def _owner(url: str) -> Iterator[Connection]:
    engine = create_engine(driver_url(url), poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({_LOCK})")
        connection.commit()
        # Closing the connection frees the lock, also after an error.
        yield connection
    engine.dispose()
