"""Energy balances of a region, and its reference approach beside the sectoral one (5.1.1 b)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from services import clock
from services.accounting.sector_inventory import InventoryPart, SectorInventory
from services.data import audit, energy_balances, organizations
from services.data.energy_balances import NewBalance, StoredBalance
from services.data.engine import Database
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.standards.catalog import Catalog
from services.standards.descriptions import Names
from services.standards.model import AsOf, Method
from services.standards.problems import NegativeError, NoRecordsError
from services.standards.reference_approach import (
    FUEL,
    FuelBalance,
    ReferenceOrder,
    ReferenceResult,
    reference_approach,
)

# Both approaches count the carbon of fuels: what is burnt, and what non-energy use sets free.
COMPARED = ("FUEL", "NON_ENERGY")
CO2 = "CO2"


@dataclass(frozen=True, slots=True)
class BalanceEntry:
    """The energy balance of a region and year, as its statistics office states it."""

    organization_id: int
    year: int
    rows: Sequence[FuelBalance]
    electricity_mwh: float | None
    note: str


@dataclass(frozen=True, slots=True)
class FuelComparison:
    """One fuel in both approaches; the sectoral side is None where no source burns it."""

    item: str
    names: Names
    apparent: float
    unit: str
    reference_t: float
    sectoral_t: float | None


@dataclass(frozen=True, slots=True)
class RegionReference:
    """The reference approach of a region beside the sectoral one, and the balance behind it."""

    result: ReferenceResult
    fuels: tuple[FuelComparison, ...]
    note: str
    recorded_at: datetime


def record_balance(
    actor: Actor, database: Database, catalog: Catalog, entry: BalanceEntry
) -> StoredBalance:
    """Check and keep the energy balance of a region; a newer one replaces it for all readers."""
    with database.work(scope_for(actor, Action.EDIT_ACTIVITY)) as work:
        subject = organizations.get(work, entry.organization_id)
        require(actor, Action.EDIT_ACTIVITY, subject.access_path)
        _check(catalog, subject.method, entry)
        at = clock.now()
        rows = [asdict(row) for row in entry.rows]
        new = NewBalance(entry.year, rows, entry.electricity_mwh, entry.note, actor.person_id, at)
        balance_id = energy_balances.add(work, subject, new)
        audit.add(
            work,
            audit.AuditEvent(
                subject.organization_id,
                subject.access_path,
                actor.person_id,
                "record_energy_balance",
                str(balance_id),
                at,
                after={"year": entry.year, "fuels": len(rows)},
            ),
        )
        stored = energy_balances.newest(work, subject.organization_id, [entry.year])[entry.year]
        work.commit()
    return stored


def region_reference(
    catalog: Catalog, inventory: SectorInventory, balance: StoredBalance | None
) -> RegionReference | None:
    """Return the reference approach by the edition of the inventory; None without a balance."""
    if balance is None:
        return None
    method = catalog.method(inventory.method.designation)
    result = reference_approach(
        catalog,
        ReferenceOrder(
            method=method.designation,
            as_of=_as_of(method, balance.year, inventory.known_on),
            balances=[FuelBalance(**row) for row in balance.rows],
            sectoral_t=math.fsum(p.by_gas_t.get(CO2, 0.0) for p in _compared(inventory)),
        ),
    )
    return RegionReference(
        result, _by_fuel(method, inventory, result), balance.note, balance.recorded_at
    )


def _check(catalog: Catalog, designation: str, entry: BalanceEntry) -> None:
    """Raise the first problem of a balance, naming its row and field."""
    if not entry.rows:
        raise NoRecordsError("balances")
    if entry.electricity_mwh is not None and not 0 <= entry.electricity_mwh < math.inf:
        raise NegativeError("electricity_mwh", value=entry.electricity_mwh)
    as_of = _as_of(catalog.method(designation), entry.year, clock.today())
    reference_approach(catalog, ReferenceOrder(designation, as_of, entry.rows, sectoral_t=0.0))


def _as_of(method: Method, year: int, known_on: date) -> AsOf:
    last = date(year, 12, 31)
    return AsOf(last, known_on, method.valid_from if last < method.valid_from else None)


def _compared(inventory: SectorInventory) -> list[InventoryPart]:
    kinds = {source.source: source.kind for source in inventory.method.sources}
    return [part for part in inventory.parts if kinds[part.source] in COMPARED]


def _by_fuel(
    method: Method, inventory: SectorInventory, result: ReferenceResult
) -> tuple[FuelComparison, ...]:
    source, parts = method.sources[FUEL], _compared(inventory)
    found = []
    for fuel in result.fuels:
        item = source.items[source.item_index[fuel.balance.item.lower()]]
        burnt = [p.by_gas_t.get(CO2, 0.0) for p in parts if p.item == item.code]
        found.append(
            FuelComparison(
                item=item.code,
                names=item.names,
                apparent=fuel.balance.apparent,
                unit=item.activity_unit,
                reference_t=fuel.co2_t,
                sectoral_t=math.fsum(burnt) if burnt else None,
            )
        )
    return tuple(found)
