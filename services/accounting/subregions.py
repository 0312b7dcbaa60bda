"""Lower regions and parks of a region, rolled up with every organization counted once (5.1.1 b)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.accounting.reading import RegionTotals
from services.accounting.results import RunSummary
from services.accounting.rollup import PARK, LeftOut, MemberRun, RollUp, SubregionRun, roll_up
from services.data import organizations, runs
from services.data.engine import Database
from services.data.organizations import Organization
from services.data.runs import StoredRun
from services.security.permissions import Action, Actor, is_below
from services.security.scopes import scope_for

KINDS = ("city", "county", PARK)
# What the figure of a place is: its own filed inventory, the sum of its organizations, or nothing.
OWN, SUM, NOTHING = "own", "sum", "nothing"
NAMES = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SubregionRow:
    """A lower region or park: its direct and indirect emissions, and whether it is counted.

    `counted_in` names the region of which it is a part already, empty where it counts itself.
    """

    names: NAMES
    kind: str
    basis: str
    organizations: int
    direct_t: float | None
    indirect_t: float | None
    counted_in: NAMES


@dataclass(frozen=True, slots=True)
class Subregions:
    """The lower regions and parks of a region, what they add up to, and firms outside of them."""

    rows: tuple[SubregionRow, ...]
    outside: int
    outside_direct_t: float
    outside_indirect_t: float
    direct_t: float
    indirect_t: float


def subregions(actor: Actor, database: Database, totals: RegionTotals) -> Subregions:
    """Return the lower regions and parks of a region whose totals are known, each firm once."""
    region = totals.region
    with database.work(scope_for(actor, Action.VIEW_REGION)) as work:
        below = organizations.below(work, region.access_path, KINDS)
        filed = runs.filed_below(work, region.access_path, totals.year, KINDS)
    places = _outermost([p for p in below if p.organization_id != region.organization_id])
    own = {run.organization_id: run for run in filed}
    parts = [part for place in places if (part := _part(place, own, totals.organizations))]
    sum_of = roll_up(region.organization_id, parts)
    inside = {member.organization_id for part in parts for member in part.members}
    inside |= {part.organization_id for part in parts}
    outside = [r for r in totals.organizations if r.subject.organization_id not in inside]
    return Subregions(
        rows=tuple(_rows(places, parts, own, sum_of)),
        outside=len(outside),
        outside_direct_t=math.fsum(run.direct_t for run in outside),
        outside_indirect_t=math.fsum(run.indirect_t for run in outside),
        direct_t=math.fsum((sum_of.direct_t, *(run.direct_t for run in outside))),
        indirect_t=math.fsum((sum_of.indirect_t, *(run.indirect_t for run in outside))),
    )


def _outermost(places: Sequence[Organization]) -> list[Organization]:
    """Return parks, and regions that lie in no other region."""
    regions = [place for place in places if place.kind != PARK]
    return [
        place
        for place in places
        if place.kind == PARK
        or not any(
            is_below(place.access_path, other.access_path) for other in regions if other != place
        )
    ]


def _part(
    place: Organization, own: Mapping[int, StoredRun], counted: Iterable[RunSummary]
) -> SubregionRun | None:
    """Return a place with its own inventory, else with the sum of its organizations, if any."""
    members = tuple(
        _member(run)
        for run in counted
        if is_below(run.subject.access_path, place.access_path)
        and run.subject.organization_id != place.organization_id
    )
    run = own.get(place.organization_id)
    if run is None and not members:
        return None
    return SubregionRun(
        organization_id=place.organization_id,
        kind=place.kind,
        access_path=place.access_path,
        total_t=run.total_t if run else math.fsum(m.total_t for m in members),
        direct_t=run.direct_t if run else math.fsum(m.direct_t for m in members),
        indirect_t=run.indirect_t if run else math.fsum(m.indirect_t for m in members),
        land_use_t=run.memo.get("land_use_t", 0.0) if run else 0.0,
        members=members,
    )


def _member(run: RunSummary) -> MemberRun:
    return MemberRun(
        run.subject.organization_id, run.run_id, run.total_t, run.direct_t, run.indirect_t
    )


def _rows(
    places: Iterable[Organization],
    parts: Sequence[SubregionRun],
    own: Mapping[int, StoredRun],
    sum_of: RollUp,
) -> Iterable[SubregionRow]:
    found = {part.organization_id: part for part in parts}
    known = {place.organization_id: place for place in places}
    whole: dict[int, LeftOut] = {
        out.organization_id: out for out in sum_of.left_out if out.organization_id == out.within
    }
    for place_id, place in known.items():
        part, left_out = found.get(place_id), whole.get(place_id)
        basis = NOTHING if part is None else OWN if place_id in own else SUM
        yield SubregionRow(
            names=place.names,
            kind=place.kind,
            basis=basis,
            organizations=len(part.members) if part else 0,
            direct_t=part.direct_t if part else None,
            indirect_t=part.indirect_t if part else None,
            counted_in=known[left_out.counted_in].names if left_out else {},
        )
