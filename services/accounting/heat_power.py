"""What of a power plant's stored year belongs to heat, and what to power (4.5, 5.2.1 b)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.data import organizations, runs
from services.data.engine import Database
from services.errors import NotFoundError
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.standards.catalog import Catalog
from services.standards.heat_power import HeatPower, read_heat_power, split


@dataclass(frozen=True, slots=True)
class HeatPowerOrder:
    """The current run of a year is split by these quantities; they are not kept."""

    organization_id: int
    year: int
    quantities: Mapping[str, object]


def heat_power_of(
    actor: Actor, database: Database, catalog: Catalog, order: HeatPowerOrder
) -> HeatPower:
    """Return the split of a year's total, beside it; nothing is stored."""
    with database.work(scope_for(actor, Action.VIEW_RESULT)) as work:
        subject = organizations.get(work, order.organization_id)
        require(actor, Action.VIEW_RESULT, subject.access_path)
        current = runs.current(work, order.organization_id)
    if order.year not in current:
        raise NotFoundError("year", value=order.year)
    run, rule = current[order.year], catalog.heat_power
    found = read_heat_power(rule, run.method, order.quantities)
    return split(rule, run.method, found, run.total_t)
