"""Ledger of discrepancies: several ways to one region's fossil CO2, and each gap (5.1.1 b).

The yardstick is the region's own inventory, fossil combustion alone; the other ways are the sum of
its organizations, the reference approach from its energy balance, last year's inventory moved with
the use of electricity, and what CO2 meters below the region measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services import clock
from services.accounting.region_coverage import own_regions, region_coverage
from services.accounting.region_results import Coverage
from services.accounting.region_view import Order, nearest, region_view
from services.algorithms.comparison import relative_difference
from services.algorithms.electricity_estimate import moved_with_electricity
from services.collection.co2_measurement import Measured, measured
from services.data import discrepancies, energy_balances, organizations
from services.data.discrepancies import NewEntry
from services.data.engine import Database
from services.errors import NotFoundError, PlatformError
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for, scope_to_add_up
from services.security.trail import Deed, record_deed
from services.standards.catalog import Catalog

BOTTOM_UP, REFERENCE, ELECTRICITY = "bottom_up", "reference", "electricity"
MEASUREMENT = "measurement"
ESTIMATES = (BOTTOM_UP, REFERENCE, ELECTRICITY, MEASUREMENT)
# The fixed list of causes; a note says more.
CAUSES = (
    "not_reporting",
    "boundary",
    "statistics",
    "stocks",
    "factors",
    "structure",
    "measurement",
    "error",
    "unexplained",
)
__all__ = ["CAUSES", "ESTIMATES", "Ledger", "LedgerGap", "SignOrder", "ledger_of", "sign_gap"]


class UnknownCauseError(PlatformError):
    """The cause is none of the list."""

    text_key = "unknown_cause"


class OwnerMissingError(PlatformError):
    """A gap is signed with the name of who has to follow it."""

    text_key = "owner_missing"


@dataclass(frozen=True, slots=True)
class Signature:
    """What was signed of a gap, by whom and when; `gap_t` is the gap of then."""

    gap_t: float
    cause: str
    owner: str
    note: str
    signed_by: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class LedgerGap:
    """One way to the total beside the inventory; None where it does not exist.

    `measured` tells of continuous measurement how many meters, and how complete.
    """

    estimate: str
    tonnes: float | None
    inventory_t: float | None
    signature: Signature | None
    measured: Measured | None = None

    @property
    def gap_t(self) -> float | None:
        """Return the estimate minus the inventory."""
        if self.tonnes is None or self.inventory_t is None:
            return None
        return self.tonnes - self.inventory_t

    @property
    def share(self) -> float | None:
        """Return the gap as a share of the inventory."""
        return relative_difference(self.tonnes, self.inventory_t)

    @property
    def has_moved(self) -> bool:
        """Return whether the gap is another than the one that was signed."""
        return self.signature is not None and self.signature.gap_t != self.gap_t


@dataclass(frozen=True, slots=True)
class Ledger:
    """The gaps of a region and year, with the places and years to choose from."""

    coverage: Coverage
    places: tuple[tuple[str, dict[str, str]], ...]
    gaps: tuple[LedgerGap, ...]
    may_sign: bool


@dataclass(frozen=True, slots=True)
class SignOrder:
    """What somebody signs: the gap of which estimate, its cause, its owner, a note."""

    region_code: str
    year: int
    estimate: str
    cause: str
    owner: str
    note: str = ""


def ledger_of(
    actor: Actor, database: Database, catalog: Catalog, region_code: str, year: int | None
) -> Ledger | None:
    """Return the ledger of a region and year; the first region and its newest year by default."""
    require(actor, Action.VIEW_REGION)
    own = own_regions(actor, database)
    if not own:
        return None
    chosen = next((place for place in own if place.region_code == region_code), None)
    if chosen is None and region_code:
        raise NotFoundError("region", value=region_code)
    chosen = chosen or own[0]
    given = (actor, database, catalog)
    coverage = region_coverage(*given, chosen.region_code, nearest(year, chosen.years))
    return Ledger(
        coverage=coverage,
        places=tuple((place.region_code, dict(place.names)) for place in own),
        gaps=_gaps(given, coverage),
        may_sign=_may_sign(actor, database, coverage),
    )


def sign_gap(actor: Actor, database: Database, catalog: Catalog, order: SignOrder) -> LedgerGap:
    """Sign a gap as it stands with its cause and owner; kept beside earlier ones, audited."""
    if order.cause not in CAUSES:
        raise UnknownCauseError("cause", value=order.cause)
    if not order.owner.strip():
        raise OwnerMissingError("owner")
    ledger = ledger_of(actor, database, catalog, order.region_code, order.year)
    gap = next((g for g in ledger.gaps if g.estimate == order.estimate), None) if ledger else None
    if gap is None or gap.gap_t is None or ledger is None or ledger.coverage.year != order.year:
        raise NotFoundError("estimate", value=order.estimate)
    _keep(actor, database, order, gap.gap_t)
    signed = ledger_of(actor, database, catalog, order.region_code, order.year)
    found = signed.gaps if signed else ()
    return next(g for g in found if g.estimate == order.estimate)


def _keep(actor: Actor, database: Database, order: SignOrder, gap_t: float) -> None:
    with database.work(scope_for(actor, Action.SIGN_DISCREPANCY)) as work:
        subject = organizations.by_code(work, order.region_code)
        require(actor, Action.SIGN_DISCREPANCY, subject.access_path)
        at, owner, note = clock.now(), order.owner.strip(), order.note.strip()
        new = NewEntry(
            order.year, order.estimate, gap_t, order.cause, owner, note, actor.person_id, at
        )
        discrepancies.add(work, subject, new)
        after = {"year": order.year, "gap_t": gap_t, "cause": order.cause, "owner": owner}
        deed = Deed("sign_discrepancy", order.estimate, after=after, at=at)
        record_deed(work, actor.person_id, subject, deed)
        work.commit()


def _may_sign(actor: Actor, database: Database, coverage: Coverage) -> bool:
    with database.work(scope_for(actor, Action.VIEW_REGION)) as work:
        path = organizations.get(work, coverage.organization_id).access_path
    return actor.may(Action.SIGN_DISCREPANCY, path)


def _gaps(given: tuple[Actor, Database, Catalog], coverage: Coverage) -> tuple[LedgerGap, ...]:
    actor, database, _ = given
    with database.work(scope_to_add_up(actor, Action.VIEW_REGION)) as work:
        signed = discrepancies.newest(work, coverage.organization_id, coverage.year)
        path = organizations.get(work, coverage.organization_id).access_path
        meters = measured(work, path, coverage.year)
    tonnes = {
        BOTTOM_UP: coverage.below_t if coverage.parts else None,
        REFERENCE: _reference(given, coverage),
        ELECTRICITY: _by_electricity(given, coverage),
        MEASUREMENT: meters.tonnes if meters else None,
    }
    told = {MEASUREMENT: meters}
    return tuple(
        LedgerGap(
            name, tonnes[name], coverage.inventory_t, _signature(signed.get(name)), told.get(name)
        )
        for name in ESTIMATES
    )


def _signature(stored: discrepancies.StoredEntry | None) -> Signature | None:
    if stored is None:
        return None
    return Signature(**{name: getattr(stored, name) for name in Signature.__dataclass_fields__})


def _reference(given: tuple[Actor, Database, Catalog], coverage: Coverage) -> float | None:
    order = Order(coverage.region_code, coverage.year, clock.today())
    found = region_view(*given, order).reference
    if found is None or coverage.inventory_t is None:
        return None
    # Non-energy use stands on both sides of the reference, and is no combustion.
    outside_t = found.result.sectoral_t - coverage.inventory_t
    return found.result.co2_t - outside_t


def _by_electricity(given: tuple[Actor, Database, Catalog], coverage: Coverage) -> float | None:
    """Return last year's fossil combustion, moved with the use of electricity since."""
    actor, database, catalog = given
    year, before = coverage.year, coverage.year - 1
    if before not in coverage.years:
        return None
    with database.work(scope_for(actor, Action.VIEW_REGION)) as work:
        balances = energy_balances.newest(work, coverage.organization_id, [before, year])
    earlier = region_coverage(actor, database, catalog, coverage.region_code, before)
    used = [balances[y].electricity_mwh if y in balances else None for y in (before, year)]
    return moved_with_electricity(earlier.inventory_t, *used)
