"""Composition: the one place where the parts of the platform are put together."""

from __future__ import annotations

from dataclasses import dataclass

from services.collection.connectors.kinds import Kinds
from services.data.engine import Database
from services.data.sealing import Sealing
from services.extensions import catalog_of, kinds_of
from services.jobs import JobQueue
from services.outbound import Outbound, networks_in
from services.settings import Settings
from services.standards.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Platform:
    """What every process of the platform is built from."""

    database: Database
    catalog: Catalog
    settings: Settings
    queue: JobQueue
    kinds: Kinds


def build(settings: Settings, queue: JobQueue) -> Platform:
    """Return the platform's parts; nothing is connected before it is used."""
    database = Database(settings.database_url, sealing=Sealing(settings.device_secrets))
    names, outbound = settings.extensions, Outbound(networks_in(settings.outbound_networks))
    return Platform(database, catalog_of(names), settings, queue, kinds_of(names, outbound))
