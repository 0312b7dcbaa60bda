"""How uncertain a run is: bands around its totals, what makes them, and the trend (4.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.i18n.words import Words

# What a band is of: ("total",), a scope, ("source", code), ("item", source, item) or
# ("gas", scope, gas).
Group = tuple[str, ...]
TOTAL: Group = ("total",)
SOURCE, ITEM, GAS = "source", "item", "gas"


@dataclass(frozen=True, slots=True)
class Band:
    """A total with the interval that holds it with 95 % probability, in tCO2e."""

    value_t: float
    low_t: float
    high_t: float

    @property
    def half_width_t(self) -> float:
        """Return half of the interval."""
        return (self.high_t - self.low_t) / 2

    @property
    def share(self) -> float | None:
        """Return the half-width relative to the total; nothing where the total is zero."""
        return self.half_width_t / abs(self.value_t) if self.value_t else None


@dataclass(frozen=True, slots=True)
class Contribution:
    """One quantity, however many lines use it, and the share of the total's variance it makes.

    `half_width` is relative; `rule` names who says so. `reference` is where the value is from.
    """

    source: str
    item: str
    symbol: str
    origin: str
    value: float
    unit: str
    reference: Words
    lines: int
    half_width: float
    rule: Words
    status: str
    share: float


@dataclass(frozen=True, slots=True)
class TrendRow:
    """A row of table 3.2: one source, item and gas in base and current year.

    `level_share` and `trend_share` are its parts of the variance of the total and of the trend.
    """

    source: str
    item: str
    gas: str
    base_t: float
    current_t: float
    activity_percent: float
    factor_percent: float
    combined_percent: float
    level_share: float
    type_a: float
    type_b: float
    factor_trend: float
    activity_trend: float
    trend_share: float


@dataclass(frozen=True, slots=True)
class Trend:
    """The change since a base year, in per cent of it, and its half-width in points."""

    base_year: int
    change_percent: float
    half_width: float
    rows: tuple[TrendRow, ...]


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """Approach 1 for a run: bands of its totals and of their parts."""

    run_id: UUID
    year: int
    bands: Mapping[Group, Band]
    contributions: tuple[Contribution, ...]
    trend: Trend | None = None


@dataclass(frozen=True, slots=True)
class Certainty:
    """The uncertainty of a run, or why there is none, in the language in use."""

    uncertainty: Uncertainty | None
    why_unknown: str = ""

    @property
    def bands(self) -> Mapping[Group, Band]:
        """Return what bands there are."""
        return self.uncertainty.bands if self.uncertainty else {}


@dataclass(frozen=True, slots=True)
class Simulation:
    """Approach 2 for a run: means and percentiles, and what explains the variance.

    `trend` is mean, lower and upper bound of the change since the base year in per cent.
    """

    draws: int
    seed: int
    bands: Mapping[Group, Band]
    means_t: Mapping[Group, float]
    contributions: tuple[Contribution, ...]
    trend: tuple[float, float, float] | None = None
