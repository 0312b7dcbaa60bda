"""A region's inventory by sector: totals with and without land use, and what stands beside."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.accounting.stored import RunMaterial
from services.standards.calculate import CalculationRequest, calculate
from services.standards.catalog import Catalog
from services.standards.descriptions import SECTORS, MethodDescription, Names, SourceDescription
from services.standards.missing import GAPS
from services.standards.results import Calculation, EmissionLine
from services.standards.sectors import sector_totals
from services.standards.totals import MEMO

REGION = "region"
# A source of the method for which nothing was entered, neither a number nor a reason.
NOT_ENTERED = "not_entered"
OLDER_EDITION = "older_edition"
# From the least to the most certain; a part is as certain as the least certain of its factors.
STATUSES = ("recalled", "secondary", "verified")


@dataclass(frozen=True, slots=True)
class InventoryPart:
    """One source and item: tonnes of CO2 equivalent by gas, removals negative.

    `status` is that of its least certain factor, empty where every value is the reporter's own;
    `older` are the symbols whose default the edition takes from the one before.
    """

    sector: str
    source: str
    item: str
    names: Names
    item_names: Names
    by_gas_t: Mapping[str, float]
    status: str
    older: tuple[str, ...]

    @property
    def co2e_t(self) -> float:
        """Return all gases of the part together."""
        return math.fsum(self.by_gas_t.values())


@dataclass(frozen=True, slots=True)
class WithoutNumber:
    """A source, or an item of it, that has no number, and why.

    `months` are those it has none for, where others have one.
    """

    sector: str
    names: Names
    item_names: Names
    notation: str
    note: str
    months: tuple[int, ...] = ()

    @property
    def gaps(self) -> int:
        """Return how many numbers are lacking: one for each month that nothing is said of."""
        return max(1, len(self.months)) if self.is_gap else 0

    @property
    def is_gap(self) -> bool:
        """Return whether the total lacks something because of it."""
        return self.notation in (*GAPS, NOT_ENTERED)


@dataclass(frozen=True, slots=True)
class SectorInventory:
    """What the sectors of an inventory add up to; `beside` is part of no total.

    `is_recomputed` says that the edition is not the one of the filed run; `calculation` is what
    it was made from.
    """

    method: MethodDescription
    gwp_set: str
    known_on: date
    is_recomputed: bool
    total_t: float
    land_use_t: float | None
    total_with_land_use_t: float | None
    sectors: Mapping[str, float]
    parts: tuple[InventoryPart, ...]
    beside: tuple[InventoryPart, ...]
    without_number: tuple[WithoutNumber, ...]
    biomass_co2_t: float | None
    net_import_t: float | None
    calculation: Calculation

    @property
    def gases(self) -> tuple[str, ...]:
        """Return the gases of all parts, in the order they first appear."""
        return tuple(dict.fromkeys(gas for part in self.parts for gas in part.by_gas_t))

    def of_sector(self, sector: str) -> tuple[InventoryPart, ...]:
        """Return the parts of a sector."""
        return tuple(part for part in self.parts if part.sector == sector)

    def by_gas(self, sector: str) -> dict[str, float]:
        """Return what a sector emits of each gas, in the order of the inventory's gases."""
        parts = self.of_sector(sector)
        amounts = {g: [p.by_gas_t[g] for p in parts if g in p.by_gas_t] for g in self.gases}
        return {gas: math.fsum(values) for gas, values in amounts.items() if values}

    def gaps(self, sector: str) -> tuple[WithoutNumber, ...]:
        """Return what a sector's total lacks."""
        return tuple(w for w in self.without_number if w.sector == sector and w.is_gap)


def editions(catalog: Catalog) -> tuple[MethodDescription, ...]:
    """Return the editions of the method for regions whose text is here, the oldest first."""
    found = [m for m in catalog.methods.values() if m.subject == REGION and m.is_loaded]
    return tuple(catalog.describe(m.designation) for m in sorted(found, key=lambda m: m.valid_from))


def filed_inventory(catalog: Catalog, material: RunMaterial) -> SectorInventory:
    """Return the inventory of a stored run, from its own lines."""
    method = catalog.describe(material.run.method)
    return inventory_of(method, material.calculation, is_recomputed=False)


def other_edition(catalog: Catalog, material: RunMaterial, designation: str) -> SectorInventory:
    """Return what the same activity gives by another edition; nothing is stored.

    Raises PlatformError when a record of the activity does not fit the edition.
    """
    run = material.run
    request = CalculationRequest(
        method=designation,
        year=run.year,
        region=run.region,
        records=material.records,
        known_on=run.known_on,
        purpose=run.purpose,
        period=run.period,
        is_comparison=True,
    )
    done = calculate(catalog, request)
    method = catalog.describe(designation)
    return inventory_of(method, done, is_recomputed=True)


def inventory_of(
    method: MethodDescription, done: Calculation, *, is_recomputed: bool
) -> SectorInventory:
    """Return the lines of a calculation by sector, source and item; totals are its own."""
    sector_by_source = {source.source: source.sector for source in method.sources}
    counted = [line for line in done.lines if line.emission_scope != MEMO]
    beside = [line for line in done.lines if line.emission_scope == MEMO]
    return SectorInventory(
        method=method,
        gwp_set=done.gwp_set,
        known_on=done.known_on,
        is_recomputed=is_recomputed,
        total_t=done.total_t,
        land_use_t=done.memo.get("land_use_t"),
        total_with_land_use_t=done.memo.get("total_with_land_use_t"),
        sectors=sector_totals(done.lines, sector_by_source),
        parts=tuple(_parts(method, counted)),
        beside=tuple(_parts(method, beside)),
        without_number=tuple(_without_number(method, done)),
        biomass_co2_t=done.memo.get("biomass_co2_t"),
        net_import_t=done.memo.get("el_net_import_t"),
        calculation=done,
    )


def _parts(method: MethodDescription, lines: Iterable[EmissionLine]) -> Iterator[InventoryPart]:
    """Yield what has lines by source and item, in the order of the method."""
    found: dict[tuple[str, str], list[EmissionLine]] = {}
    for line in lines:
        found.setdefault((line.source, line.item), []).append(line)
    for source in method.sources:
        for (code, item), of_item in found.items():
            if code == source.source:
                yield _part(source, item, of_item)


def _part(source: SourceDescription, item: str, lines: Sequence[EmissionLine]) -> InventoryPart:
    amounts: dict[str, list[float]] = {}
    for line in lines:
        amounts.setdefault(line.gas, []).append(line.sign * line.co2e_t)
    return InventoryPart(
        sector=source.sector,
        source=source.source,
        item=item,
        names=source.names,
        item_names=_item_names(source, item),
        by_gas_t={gas: math.fsum(values) for gas, values in amounts.items()},
        status=_least_certain(lines),
        older=tuple(dict.fromkeys(_older(lines))),
    )


def _least_certain(lines: Iterable[EmissionLine]) -> str:
    found = {value.status for line in lines for value in line.inputs.values()}
    return next((status for status in STATUSES if status in found), "")


def _older(lines: Iterable[EmissionLine]) -> Iterator[str]:
    for line in lines:
        for notice in line.warnings:
            if notice.key == OLDER_EDITION:
                yield str(notice.values["symbols"])


def _without_number(method: MethodDescription, done: Calculation) -> Iterator[WithoutNumber]:
    """Yield what was given a reason, months nothing was said of, then sources nothing was said of.

    What stands beside the total is left out where nobody gave a reason.
    """
    sources = {source.source: source for source in method.sources}
    told = [m for m in done.missing if m.source in sources]
    for record in told:
        source = sources[record.source]
        names = _item_names(source, record.item)
        yield WithoutNumber(source.sector, source.names, names, record.notation, record.note)
    for each in done.missing_months:
        if each.source in sources and each.emission_scope != MEMO:
            source = sources[each.source]
            named = source.sector, source.names, _item_names(source, each.item)
            yield WithoutNumber(*named, NOT_ENTERED, "", each.months)
    spoken_of = {line.source for line in done.lines} | {record.source for record in told}
    # A region may have been filed by a method of enterprises, which knows no sectors.
    places = {sector: place for place, sector in enumerate(SECTORS)}
    for source in sorted(method.sources, key=lambda s: places.get(s.sector, len(places))):
        if source.source not in spoken_of and source.emission_scope != MEMO:
            yield WithoutNumber(source.sector, source.names, {}, NOT_ENTERED, "")


def _item_names(source: SourceDescription, item: str) -> Names:
    return next((known.names for known in source.items if known.item == item), {})
