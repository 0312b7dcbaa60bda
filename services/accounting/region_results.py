"""What pages, reports and exports read of a region's account (5.1.1 b)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.accounting.energy_balance import RegionReference
from services.accounting.finding import Finding
from services.accounting.sector_certainty import SectorCertainty
from services.accounting.sector_inventory import SectorInventory
from services.accounting.subregions import Subregions
from services.algorithms.comparison import known_sum, relative_difference
from services.errors import PlatformError
from services.i18n.texts import language
from services.standards.descriptions import MethodDescription
from services.standards.results import EmissionLine

FUELS = ("coal", "oil", "gas")
COUNTRY = "100000"


@dataclass(frozen=True, slots=True)
class SeriesNote:
    """The papers of a published series, to stand under every chart made from it."""

    series_id: str
    unit: str
    url: str
    retrieved_on: date
    content_hash: str
    texts: Mapping[str, Mapping[str, str]]

    def text(self, part: str) -> str:
        """Return the title, publisher, edition, licence or note in the language in use."""
        return self.texts[language()][part]


@dataclass(frozen=True, slots=True)
class NationalYear:
    """One year of the country: energy, what we compute from it, what others published; by fuel."""

    year: int
    energy_ej: Mapping[str, float]
    computed_t: Mapping[str, float]
    published_t: Mapping[str, float | None]
    # Published, but of sources the energy statistics do not hold: shown, never compared.
    outside_t: Mapping[str, float | None]
    input_hash: str

    @property
    def computed_total_t(self) -> float:
        """Return what we compute for coal, oil and gas together."""
        return known_sum(self.computed_t[fuel] for fuel in FUELS) or 0.0

    @property
    def published_total_t(self) -> float | None:
        """Return what was published for coal, oil and gas, without cement and flaring."""
        return known_sum(self.published_t.get(fuel) for fuel in FUELS)

    @property
    def difference(self) -> float | None:
        """Return how far our total lies from the published one; positive when ours is higher."""
        return relative_difference(self.computed_total_t, self.published_total_t)

    def difference_of(self, fuel: str) -> float | None:
        """Return how far our figure for a fuel lies from the published one."""
        return relative_difference(self.computed_t[fuel], self.published_t.get(fuel))


@dataclass(frozen=True, slots=True)
class NationalAccount:
    """Fossil CO2 of the country by our engine beside the published series."""

    method: MethodDescription
    known_on: date
    years: tuple[NationalYear, ...]
    energy: SeriesNote
    published: SeriesNote

    def of(self, year: int) -> NationalYear:
        """Return one year; it must be there."""
        return next(found for found in self.years if found.year == year)

    def growth(self, year: int) -> float | None:
        """Return the change of the computed total against the year before."""
        totals = {found.year: found.computed_total_t for found in self.years}
        return relative_difference(totals.get(year), totals.get(year - 1))


@dataclass(frozen=True, slots=True)
class ChainStep:
    """One fuel from the statistics to the tonne: energy, then the engine's own line."""

    fuel: str
    energy_ej: float
    line: EmissionLine


@dataclass(frozen=True, slots=True)
class NationalChain:
    """Where the figures of one year come from, down to factor, clause and raw figure."""

    year: int
    method: MethodDescription
    region: str
    known_on: date
    period: tuple[date, date]
    gwp_set: str
    input_hash: str
    total_t: float
    steps: tuple[ChainStep, ...]
    energy: SeriesNote


@dataclass(frozen=True, slots=True)
class ProvinceYear:
    """The published figure of one province and year; unknown has a reason in `flag`."""

    region_code: str
    names: Mapping[str, str]
    year: int
    by_source_t: Mapping[str, float | None]
    flag: str

    @property
    def total_t(self) -> float | None:
        """Return the sum of the sources, or None when one of them is unknown."""
        return known_sum(self.by_source_t.values())


@dataclass(frozen=True, slots=True)
class ProvinceRow:
    """A province in the ranking of one year."""

    province: ProvinceYear
    rank: int | None
    growth: float | None
    share: float | None


@dataclass(frozen=True, slots=True)
class ProvinceRanking:
    """All provinces of one year: published figures, ranked; unknown ones last, with reason."""

    year: int
    asked_year: int
    rows: tuple[ProvinceRow, ...]
    known_total_t: float
    known_count: int
    source: SeriesNote

    def of(self, region_code: str) -> ProvinceRow | None:
        """Return the row of a province, if there is one of that code."""
        return next((r for r in self.rows if r.province.region_code == region_code), None)


@dataclass(frozen=True, slots=True)
class ProvinceSeries:
    """The published years of one province."""

    region_code: str
    names: Mapping[str, str]
    years: tuple[ProvinceYear, ...]
    source: SeriesNote


@dataclass(frozen=True, slots=True)
class CoveragePart:
    """One organization below a region: fossil combustion, all direct, indirect, or why unknown."""

    organization_id: int
    names: Mapping[str, str]
    fossil_t: float | None
    direct_t: float | None
    indirect_t: float | None
    state: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """A region's fossil combustion beside that of the organizations below it.

    `inventory_t` and `below_t` are the combustion of fossil fuels, the one thing both count.
    """

    organization_id: int
    names: Mapping[str, str]
    region_code: str
    is_sample: bool
    year: int
    years: tuple[int, ...]
    # None and empty while the year has no filed inventory.
    method: MethodDescription | None
    run_id: str
    inventory_t: float | None
    below_t: float
    # All direct emissions, and purchased power and heat: shown, outside the comparison.
    below_direct_t: float
    below_indirect_t: float
    parts: tuple[CoveragePart, ...]
    # The engine's own lines of the inventory, so that its number can be followed down.
    lines: tuple[EmissionLine, ...]
    subregions: Subregions

    @property
    def unknown_parts(self) -> int:
        """Return how many organizations have no figure for the year."""
        return sum(part.fossil_t is None for part in self.parts)

    @property
    def gap_t(self) -> float | None:
        """Return inventory minus the sum below; positive when the parts explain less."""
        return None if self.inventory_t is None else self.inventory_t - self.below_t

    @property
    def gap_share(self) -> float | None:
        """Return the gap as a share of the inventory."""
        if self.gap_t is None or not self.inventory_t:
            return None
        return self.gap_t / self.inventory_t


class ViewKind(StrEnum):
    """Whose figures a place has: computed by us, published by others, or its own inventory."""

    COUNTRY = "country"
    PROVINCE = "province"
    INVENTORY = "inventory"


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """One place that can be chosen; `names` is empty for the country."""

    region_code: str
    names: Mapping[str, str]
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class RegionView:
    """One place and year, with the parts that its kind has; the others are None.

    `edition` is the method chosen for the inventory; `edition_error` says why the activity, or
    the energy balance, cannot be computed by it. `reference` is None without a balance.
    """

    kind: ViewKind
    region_code: str
    year: int
    years: tuple[int, ...]
    places: tuple[PlaceChoice, ...]
    national: NationalAccount | None = None
    chain: NationalChain | None = None
    ranking: ProvinceRanking | None = None
    province: ProvinceSeries | None = None
    coverage: Coverage | None = None
    editions: tuple[MethodDescription, ...] = ()
    edition: str = ""
    inventory: SectorInventory | None = None
    edition_error: PlatformError | None = None
    reference: RegionReference | None = None
    certainty: SectorCertainty | None = None
    findings: tuple[Finding, ...] = ()
