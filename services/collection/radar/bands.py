"""Bands of process ratios as dated data, and the ratios that a submission comes to."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from services.collection.radar.reading import Place, Reading
from services.errors import PlatformError
from services.i18n.texts import LANGUAGES
from services.standards.catalog import Catalog
from services.standards.descriptions import MethodDescription

FILE = Path(__file__).with_suffix(".toml")
STATUSES = ("verified", "secondary", "recalled")
HEAT, CARBON = "heat", "carbon"
# By volume a fuel may hold more carbon than its number of units.
BY_MASS = "t"


class BandError(PlatformError):
    """A block of bands holds what cannot be."""

    text_key = "radar_band"


@dataclass(frozen=True, slots=True)
class Band:
    """From where to where a ratio may lie; source by language code."""

    name: str
    over: tuple[str, ...]
    under: tuple[str, ...]
    low: float
    high: float
    unit: str
    applies_from: date
    source: Mapping[str, str]
    status: str


@dataclass(frozen=True, slots=True)
class Ratio:
    """What a submission comes to; `place` is where to look first."""

    owner: int
    band: Band
    value: float
    place: Place


def bands_on(day: date) -> tuple[Band, ...]:
    """Return the bands that apply on a day, one of each name."""
    newest: dict[str, Band] = {}
    for band in sorted(_bands(), key=lambda each: each.applies_from):
        if band.applies_from <= day:
            newest[band.name] = band
    return tuple(newest.values())


def band_named(name: str) -> Band:
    """Return the newest band of a name, or raise BandError."""
    found = [band for band in _bands() if band.name == name]
    if not found:
        raise BandError("name", value=name)
    return max(found, key=lambda band: band.applies_from)


def ratios_of(catalog: Catalog, reading: Reading) -> list[Ratio]:
    """Return every ratio for which a submission holds what is above and below."""
    described = {name: catalog.describe(name) for name in {f.method for f in reading.filed}}
    totals: dict[int, dict[Place, float]] = {}
    for (owner, place), total in reading.totals.items():
        totals.setdefault(owner, {})[place] = total
    given: dict[int, dict[Place, float]] = {}
    for each in reading.measured:
        given.setdefault(each.owner, {}).setdefault(each.place, each.value)
    found: list[Ratio] = []
    for owner, filed in enumerate(reading.filed):
        fuels = _Fuels(described[filed.method], totals.get(owner, {}), given.get(owner, {}))
        for band in bands_on(date(filed.year, 12, 31)):
            found += [Ratio(owner, band, *pair) for pair in fuels.ratios(band)]
    return found


@dataclass(frozen=True, slots=True)
class _Fuels:
    """The totals and coefficients of one submission; what nobody gave is the method's default."""

    method: MethodDescription
    totals: Mapping[Place, float]
    given: Mapping[Place, float]

    def ratios(self, band: Band) -> Iterator[tuple[float, Place]]:
        """Yield the ratios of a band with where they stand; none where something is missing."""
        if band.over == (CARBON,):
            yield from self._carbon()
            return
        over, under = self._sum(band.over), self._sum(band.under)
        if over and under and over[0] > 0 and under[0] > 0:
            yield over[0] / under[0], over[1]

    def _sum(self, names: tuple[str, ...]) -> tuple[float, Place] | None:
        if names == (HEAT,):
            return self._heat()
        parts = [(v, p) for p, v in self.totals.items() if f"{p.source}.{p.symbol}" in names]
        return (sum(v for v, _ in parts), max(parts)[1]) if parts else None

    def _heat(self) -> tuple[float, Place] | None:
        """Return the heat of all fuels in GJ; nothing where one has no calorific value."""
        parts = []
        for place, amount in self.totals.items():
            if place.symbol == "FC":
                value = self._coefficient(place, "NCV")
                if value is None:
                    return None
                parts.append((amount * value, place))
        return (sum(v for v, _ in parts), max(parts)[1]) if parts else None

    def _carbon(self) -> Iterator[tuple[float, Place]]:
        for place in self.totals:
            named = {s: Place(place.source, place.item, place.key, s, place.number) for s in PAIR}
            if place.symbol == "FC" and any(named[s] in self.given for s in PAIR):
                both = [self._coefficient(place, symbol) for symbol in PAIR]
                if self._unit(place) == BY_MASS and None not in both:
                    yield both[0] * both[1], named["NCV"]  # type: ignore[operator]

    def _coefficient(self, place: Place, symbol: str) -> float | None:
        own = self.given.get(Place(place.source, place.item, place.key, symbol, place.number))
        if own is not None:
            return own
        return default_of(self.method, place, symbol)

    def _unit(self, place: Place) -> str:
        for source in self.method.sources:
            for item in source.items:
                if source.source == place.source and item.item == place.item:
                    return str(item.units.get(place.symbol, ""))
        return ""


PAIR = ("NCV", "CC")


def default_of(method: MethodDescription, place: Place, symbol: str) -> float | None:
    """Return what fills a coefficient that nobody gave; None where the method has nothing."""
    source = next((s for s in method.sources if s.source == place.source), None)
    if source is None:
        return None
    item = next((i for i in source.items if i.item == place.item), None)
    if item is not None and symbol in item.defaults:
        return item.defaults[symbol].value
    named = next((s for s in source.symbols if s.symbol == symbol), None)
    return named.default.value if named is not None and named.default else None


@cache
def _bands() -> tuple[Band, ...]:
    blocks = tomllib.loads(FILE.read_text(encoding="utf-8"))["band"]
    return tuple(_band(block) for block in blocks)


def _band(block: Mapping[str, object]) -> Band:
    names = ("name", "low", "high", "unit", "applies_from", "source", "status")
    sums: dict[str, tuple[str, ...]] = {
        name: tuple(block[name])  # type: ignore[arg-type]
        for name in ("over", "under")
    }
    band = Band(**sums, **{name: block[name] for name in names})  # type: ignore[arg-type]
    if not (
        band.low < band.high and band.status in STATUSES and set(band.source) == set(LANGUAGES)
    ):
        raise BandError("name", value=band.name)
    return band
