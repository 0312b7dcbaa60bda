"""Composition: the one place where the parts of the platform are put together."""

from __future__ import annotations

from dataclasses import dataclass

from services.data.engine import Database
from services.data.sealing import Sealing
from services.jobs import JobQueue
from services.settings import Settings
from services.standards.catalog import Catalog, load_catalog


@dataclass(frozen=True, slots=True)
class Platform:
    """What every process of the platform is built from."""

    database: Database
    catalog: Catalog
    settings: Settings
    queue: JobQueue


def build(settings: Settings, queue: JobQueue) -> Platform:
    """Return the platform's parts; nothing is connected before it is used."""
    database = Database(settings.database_url, sealing=Sealing(settings.device_secrets))
    return Platform(database, load_catalog(), settings, queue)
