"""Energy balances of a region, and its reference approach beside the sectoral one (5.1.1 b)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from services import clock
from services.accounting.sector_inventory import InventoryPart, SectorInventory, editions
from services.data import energy_balances, organizations
from services.data.energy_balances import NewBalance, StoredBalance
from services.data.engine import Database
from services.data.organizations import Organization
from services.data.work import Work
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed
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
from services.standards.supply_and_use import check_sides

# Who may record a balance: the bureau, and those who enter the region's own inventory.
RECORDING = (Action.EDIT_ACTIVITY, Action.RECORD_BALANCE)
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
    document: str = ""


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
    with database.work(scope_for(actor, *RECORDING)) as work:
        subject = organizations.get(work, entry.organization_id)
        require_recording(actor, subject.access_path)
        check_balance(catalog, method_of(catalog, subject), entry)
        balance_id = _add(work, actor, subject, entry)
        found = energy_balances.versions(work, subject.organization_id, entry.year)
        work.commit()
    return next(each for each in found if each.balance_id == balance_id)


def require_recording(actor: Actor, access_path: str) -> None:
    """Raise unless the actor is of the bureau, or of those who keep the region's inventory."""
    allowed = (action for action in RECORDING if actor.may(action, access_path))
    require(actor, next(allowed, Action.RECORD_BALANCE), access_path)


def method_of(catalog: Catalog, subject: Organization) -> str:
    """Return the edition by which a region's balance is read: its own, else the newest."""
    known = [method.designation for method in editions(catalog)]
    return subject.method if subject.method in known else known[-1]


def _add(work: Work, actor: Actor, subject: Organization, entry: BalanceEntry) -> UUID:
    at, rows = clock.now(), [asdict(row) for row in entry.rows]
    new = NewBalance(
        entry.year, rows, entry.electricity_mwh, entry.note, entry.document, actor.person_id, at
    )
    balance_id = energy_balances.add(work, subject, new)
    told = {"year": entry.year, "fuels": len(rows), "document": entry.document}
    deed = Deed("record_energy_balance", str(balance_id), after=told, at=at)
    record_deed(work, actor.person_id, subject, deed)
    return balance_id


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


def check_balance(catalog: Catalog, designation: str, entry: BalanceEntry) -> None:
    """Raise the first problem of a balance, naming its row and field."""
    if not entry.rows:
        raise NoRecordsError("balances")
    if entry.electricity_mwh is not None and not 0 <= entry.electricity_mwh < math.inf:
        raise NegativeError("electricity_mwh", value=entry.electricity_mwh)
    as_of = _as_of(catalog.method(designation), entry.year, clock.today())
    reference_approach(catalog, ReferenceOrder(designation, as_of, entry.rows, sectoral_t=0.0))
    for number, row in enumerate(entry.rows):
        check_sides(row, f"balances[{number}]")


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
