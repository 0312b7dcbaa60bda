"""How sure the sectors of a regional inventory are: intervals, estimates, and what is lacking."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from services.accounting.bands import Band
from services.accounting.propagation import MethodChangedError, Propagation, RunLines
from services.accounting.sector_inventory import SectorInventory
from services.algorithms.uncertainty import Bools, Effects
from services.standards.catalog import Catalog
from services.standards.descriptions import LAND_USE, SECTORS
from services.standards.missing import is_estimated
from services.standards.model import AsOf, Method
from services.standards.results import Calculation, EmissionLine
from services.standards.totals import MEMO

WITHOUT_LAND_USE, WITH_LAND_USE = "without_land_use", "with_land_use"
# Which sectors a total is made of; land use is one of the sectors.
TOTALS: Mapping[str, tuple[str, ...]] = {
    WITHOUT_LAND_USE: tuple(sector for sector in SECTORS if sector != LAND_USE),
    LAND_USE: (LAND_USE,),
    WITH_LAND_USE: tuple(SECTORS),
}


@dataclass(frozen=True, slots=True)
class Surety:
    """How sure a sector or a total is.

    `completeness` is the share of its records and of the guideline's sources that have a number;
    `estimated_t` is what rests on estimates, by gas with its sign, and `estimated_share` the share
    of that, both without signs.
    """

    band: Band | None
    completeness: float
    estimated_share: float
    estimated_t: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class SectorCertainty:
    """How sure every sector with lines and every total is; `why_unknown` where no bands are."""

    sectors: Mapping[str, Surety]
    totals: Mapping[str, Surety]
    why_unknown: str = ""


def sector_certainty(catalog: Catalog, inventory: SectorInventory) -> SectorCertainty:
    """Return approach 1 of the IPCC guidelines for the sectors of an inventory and its totals."""
    counted = _Counted(inventory)
    try:
        counted.effects = _effects(catalog, inventory.calculation)
        why_unknown = ""
    except MethodChangedError as error:
        why_unknown = error.explain().sentence()
    return SectorCertainty(
        sectors={sector: counted.surety((sector,)) for sector in inventory.sectors},
        totals={name: counted.surety(sectors) for name, sectors in TOTALS.items()},
        why_unknown=why_unknown,
    )


def regional_sign(line: EmissionLine) -> int:
    """Return how a line counts in its sector: removals take off, memo lines stand beside."""
    return 0 if line.emission_scope == MEMO else line.sign


@dataclass
class _Counted:
    """The lines of an inventory with their sectors, and what moves them where that is known."""

    inventory: SectorInventory
    effects: Effects | None = None
    sectors: Sequence[str] = field(init=False)

    def __post_init__(self) -> None:
        sources = {source.source: source.sector for source in self.inventory.method.sources}
        lines = self.inventory.calculation.lines
        self.sectors = [
            sources.get(line.source, "") if regional_sign(line) else "" for line in lines
        ]

    def surety(self, sectors: Iterable[str]) -> Surety:
        """Return how sure the sum of some sectors is."""
        wanted = frozenset(sectors)
        chosen = np.array([sector in wanted for sector in self.sectors], dtype=bool)
        lines = self.inventory.calculation.lines
        own = [line for line, is_in in zip(lines, chosen, strict=True) if is_in]
        gaps = sum(w.gaps for sector in wanted for w in self.inventory.gaps(sector))
        numbers = len({line.record for line in own})
        estimated = [line for line in own if is_estimated(line)]
        whole = math.fsum(line.co2e_t for line in own)
        return Surety(
            band=self._band(own, chosen),
            completeness=numbers / (numbers + gaps) if gaps else 1.0,
            estimated_share=math.fsum(x.co2e_t for x in estimated) / whole if whole else 0.0,
            estimated_t=_by_gas(estimated),
        )

    def _band(self, own: Sequence[EmissionLine], chosen: Bools) -> Band | None:
        if self.effects is None or not own:
            return None
        value = math.fsum(regional_sign(line) * line.co2e_t for line in own)
        half = self.effects.of_lines(chosen).half_width_t()
        return Band(value, value - half, value + half)


def _effects(catalog: Catalog, done: Calculation) -> Effects:
    method = catalog.method(done.method)
    lines = RunLines(done.year, method, done.lines, _as_of(method, done))
    return Propagation(catalog, [lines]).effects(0, regional_sign)


def _as_of(method: Method, done: Calculation) -> AsOf:
    last = done.period[1]
    return AsOf(last, done.known_on, method.valid_from if last < method.valid_from else None)


def _by_gas(lines: Sequence[EmissionLine]) -> dict[str, float]:
    amounts: dict[str, list[float]] = {}
    for line in lines:
        amounts.setdefault(line.gas, []).append(regional_sign(line) * line.co2e_t)
    return {gas: math.fsum(values) for gas, values in amounts.items()}
