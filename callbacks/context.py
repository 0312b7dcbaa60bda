"""What every callback is given: who asks, and where the data is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from callbacks.kept import Kept
from services.collection.connectors.kinds import Kinds
from services.outbound import Outbound, networks_in
from services.security.door import Door, door_of
from services.security.limits import Counters, Uncounted
from services.security.permissions import Actor
from services.settings import Settings

if TYPE_CHECKING:
    from services.data.engine import Database
    from services.jobs import JobQueue
    from services.standards.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Context:
    """Built once in app.py from the platform; `actor` answers who sent the present request."""

    database: Database
    catalog: Catalog
    settings: Settings
    queue: JobQueue
    actor: Callable[[], Actor]
    counters: Counters = field(default_factory=Uncounted)
    kept: Kept = field(default_factory=Kept)
    kinds: Kinds = field(default_factory=dict)
    pages: Sequence[tuple[str, Any]] = ()

    @property
    def door(self) -> Door:
        """Return what signing in works with."""
        return door_of(self.database, self.settings)

    @property
    def outbound(self) -> Outbound:
        """Return what calls other systems."""
        return Outbound(networks_in(self.settings.outbound_networks))
