"""The kinds of connectors that the platform itself brings (4.2 b)."""

from __future__ import annotations

from services.collection.connectors.kinds import ConnectorKind
from services.collection.connectors.rest import Rest
from services.collection.connectors.view import View
from services.outbound import Outbound


def built_in(outbound: Outbound) -> dict[str, ConnectorKind]:
    """Return our own kinds of connectors by name."""
    return {kind.name: kind for kind in (Rest(outbound), View(outbound))}
