"""Rolling lower regions and parks up into their parent, each organization once (5.1.1 b)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.errors import PlatformError

PARK = "park"
TOTALS = ("total_t", "direct_t", "indirect_t", "land_use_t")


class TwoViewsDifferError(PlatformError):
    """A park and a region count different runs of the organization they share."""

    text_key = "two_views_differ"


class CountedTwiceError(PlatformError):
    """A place stands twice among the parts, or contains another of them."""

    text_key = "counted_twice"


@dataclass(frozen=True, slots=True)
class MemberRun:
    """One organization's run, as a part of what a region or park adds up to."""

    organization_id: int
    run_id: UUID
    total_t: float
    direct_t: float
    indirect_t: float
    land_use_t: float = 0.0


@dataclass(frozen=True, slots=True)
class SubregionRun:
    """The run of a lower region or park, with the organizations whose runs it contains.

    Its own total may be more than that of its members: the rest belongs to no organization.
    """

    organization_id: int
    kind: str
    access_path: str
    total_t: float
    direct_t: float
    indirect_t: float
    land_use_t: float = 0.0
    members: tuple[MemberRun, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was not counted again: an organization of a park, or a whole park within a region."""

    organization_id: int
    within: int
    counted_in: int
    total_t: float


@dataclass(frozen=True, slots=True)
class RollUp:
    """What the parts of a parent add up to, each organization once, and what was left out."""

    parent_id: int
    total_t: float
    direct_t: float
    indirect_t: float
    land_use_t: float
    parts: tuple[int, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def total_with_land_use_t(self) -> float:
        """Return the total with land use, removals taken off."""
        return math.fsum((self.total_t, self.land_use_t))


def roll_up(parent_id: int, parts: Sequence[SubregionRun]) -> RollUp:
    """Return the sum of lower regions and parks without counting an organization twice.

    A park that lies in one of the regions is part of it already. Of an organization that a park
    and a region share, the region's view counts: both are views of one run, and two runs of one
    organization are an error.
    """
    _refuse_nesting(parts)
    regions = [part for part in parts if part.kind != PARK]
    counted: dict[int, tuple[MemberRun, int]] = {}
    left_out: list[LeftOut] = []
    kept: list[SubregionRun] = []
    for part in (*regions, *(part for part in parts if part.kind == PARK)):
        around = _around(part, regions)
        if around is not None:
            left_out.append(_whole(part, around))
            continue
        kept.append(part)
        left_out += _shared(part, counted)
    amounts = {name: math.fsum(_amounts(name, kept, left_out, counted)) for name in TOTALS}
    places = tuple(part.organization_id for part in kept)
    return RollUp(parent_id, **amounts, parts=places, left_out=tuple(left_out))


def _refuse_nesting(parts: Sequence[SubregionRun]) -> None:
    seen: set[int] = set()
    regions = [part for part in parts if part.kind != PARK]
    for part in parts:
        outer = _around(part, regions) if part.kind != PARK else None
        if part.organization_id in seen or outer is not None:
            other = outer.organization_id if outer else part.organization_id
            raise CountedTwiceError("parts", value=part.organization_id, other=other)
        seen.add(part.organization_id)


def _around(part: SubregionRun, regions: Sequence[SubregionRun]) -> SubregionRun | None:
    """Return the region among the parts in which a part lies."""
    within = (r for r in regions if part.access_path.startswith(f"{r.access_path}."))
    return next(within, None)


def _whole(park: SubregionRun, region: SubregionRun) -> LeftOut:
    return LeftOut(park.organization_id, park.organization_id, region.organization_id, park.total_t)


def _shared(part: SubregionRun, counted: dict[int, tuple[MemberRun, int]]) -> Iterator[LeftOut]:
    """Yield the members of a part that another part has counted, and remember the others."""
    for member in part.members:
        known = counted.get(member.organization_id)
        if known is None:
            counted[member.organization_id] = (member, part.organization_id)
            continue
        first, place = known
        if first.run_id != member.run_id:
            raise TwoViewsDifferError("parts", value=member.organization_id, other=place)
        yield LeftOut(member.organization_id, part.organization_id, place, member.total_t)


def _amounts(
    name: str,
    kept: Sequence[SubregionRun],
    left_out: Sequence[LeftOut],
    counted: Mapping[int, tuple[MemberRun, int]],
) -> Iterator[float]:
    """Yield what every kept part has, and with a minus what it shares with one before it."""
    yield from (getattr(part, name) for part in kept)
    for entry in left_out:
        if entry.organization_id in counted:
            yield -getattr(counted[entry.organization_id][0], name)
