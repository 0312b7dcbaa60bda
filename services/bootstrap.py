"""Composition: the one place where the parts of the platform are put together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Protocol

from services.data import series
from services.data.engine import Database, owner_work
from services.data.migrate import upgrade
from services.data.seed import load_base
from services.errors import PlatformError
from services.jobs import JobQueue
from services.sample import load_sample
from services.security.people import OneTimePassword, bootstrap_administrator
from services.settings import Settings
from services.standards.catalog import Catalog, load_catalog

OLDEST_DASH = (4, 4, 1)
# Each of them opens a way into the process that a platform in use must not have.
OPENING_SWITCHES = ("DASH_DEBUG", "FLASK_DEBUG", "DASH_MCP_ENABLED")
SWITCHED_OFF = ("", "0", "false", "no", "off")
PROBE = ["a", 1]


class UnsafeStartError(PlatformError):
    """A setting or a library would leave a door open."""

    text_key = "unsafe_start"


class Serializer(Protocol):
    """How a queue writes what it carries."""

    def dumps(self, value: Any) -> bytes:
        """Return the value as bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Platform:
    """What every process of the platform is built from."""

    database: Database
    catalog: Catalog
    settings: Settings
    queue: JobQueue


def build(settings: Settings, queue: JobQueue) -> Platform:
    """Return the platform's parts; nothing is connected before it is used."""
    return Platform(Database(settings.database_url), load_catalog(), settings, queue)


def bring_up_to_date(owner_url: str) -> None:
    """Migrate and load whatever base data changed since the last start."""
    upgrade(owner_url)
    load_base(owner_url)
    with owner_work(owner_url) as work:
        series.load(work)
        work.commit()


def people_of_first_start(settings: Settings) -> tuple[OneTimePassword, ...]:
    """Add the administrator and the sample if they are missing; return the new passwords."""
    database = Database(settings.database_url)
    try:
        administrator = bootstrap_administrator(database)
        told = () if administrator is None else (administrator,)
        if not settings.sample:
            return told
        return (*told, *load_sample(database, load_catalog(), settings.database_owner_url))
    finally:
        database.dispose()


def refuse_unsafe(environ: Mapping[str, str]) -> None:
    """Raise UnsafeStartError when a switch or an old Dash would open the platform to strangers."""
    for name in OPENING_SWITCHES:
        value = environ.get(name, "")
        if value.strip().lower() not in SWITCHED_OFF:
            raise UnsafeStartError(name, value=value)
    found = version("dash")
    if _numbers(found) < OLDEST_DASH:
        raise UnsafeStartError("dash", value=found)


def refuse_pickle(serializer: Serializer) -> None:
    """Raise UnsafeStartError when a queue writes anything but JSON: pickle runs what it reads."""
    try:
        plain = json.loads(serializer.dumps(PROBE)) == PROBE
    except ValueError:
        plain = False
    if not plain:
        raise UnsafeStartError("queue", value=getattr(serializer, "__name__", repr(serializer)))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:3] if part.isdecimal())
