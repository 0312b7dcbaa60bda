"""What a template for a method holds: sheets by group of sources, with their columns (4.2 a)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.collection.file_cells import EITHER
from services.collection.files import TEMPLATE
from services.collection.imports import TEMPLATE_VERSION
from services.collection.rows import KEY, TYPED_ORIGINS
from services.collection.vocabulary import Vocabulary
from services.i18n.texts import language, t
from services.standards.descriptions import MethodDescription, SourceDescription
from services.standards.months import MONTH
from services.units import UnknownUnitNameError, unit

ELECTRICITY, HEAT, FUEL, PROCESS = "electricity", "heat", "fuel", "process"
_OF_KIND = {"FUEL": FUEL, "ELECTRICITY": ELECTRICITY, "HEAT": HEAT}
# What a quantity is often measured in besides; the reader converts it.
_OFFERED = (
    ("t", "kg", "万t"),
    ("MWh", "kWh", "万kWh"),
    ("GJ", "MJ", "TJ", "tce"),
    ("10^4 Nm3", "Nm3"),
    ("0..1", "%"),
)


@dataclass(frozen=True, slots=True)
class TemplatePlace:
    """Whose year a template is for, as it names it; empty where it is for any."""

    organization: str = ""
    name: str = ""
    year: str = ""


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """One column: its heading, the unit below it, and what may be chosen in it."""

    key: str
    heading: str
    unit: str = ""
    units: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateSheet:
    """The columns of one group of sources."""

    group: str
    name: str
    columns: tuple[TemplateColumn, ...]


def sheets_of(method: MethodDescription) -> tuple[TemplateSheet, ...]:
    """Return the sheets of a method in the order of its sources, in the language in use."""
    words = Vocabulary(method)
    groups: dict[str, list[SourceDescription]] = {}
    for source in method.sources:
        groups.setdefault(group_of(source), []).append(source)
    return tuple(
        TemplateSheet(group, t(f"entry.groups.{group}"), _columns(sources, words))
        for group, sources in groups.items()
    )


def flat_columns(method: MethodDescription) -> tuple[TemplateColumn, ...]:
    """Return the columns of all sources in one table, as a CSV has them."""
    return _columns(method.sources, Vocabulary(method))


def group_of(source: SourceDescription) -> str:
    """Return the group in which whoever enters a source looks for it."""
    # Alternative fuels have a kind of their own, but whoever enters them sees a fuel.
    burns = any(symbol.symbol == "NCV" for symbol in source.symbols)
    return FUEL if burns else _OF_KIND.get(source.kind, PROCESS)


def about(method: MethodDescription, place: TemplatePlace) -> tuple[tuple[str, str], ...]:
    """Return what a template says of itself, so that an old one is recognized."""
    return (
        ("format", TEMPLATE),
        ("version", TEMPLATE_VERSION),
        ("method", method.designation),
        ("language", language()),
        ("organization", place.organization),
        ("year", place.year),
    )


def _columns(sources: Sequence[SourceDescription], words: Vocabulary) -> tuple[TemplateColumn, ...]:
    items = {item.item: item.names for source in sources for item in source.items}
    options = {
        o: names for source in sources if source.key for o, names in source.key.options.items()
    }
    plain = [_chosen("source", _names((s.source, s.names) for s in sources))]
    if items:
        plain.append(_chosen("item", _names(items.items())))
    if options:
        plain.append(_chosen(KEY, _names(options.items())))
    plain.append(_chosen(MONTH, tuple(str(month) for month in range(1, 13))))
    symbols = dict.fromkeys(symbol.symbol for source in sources for symbol in source.symbols)
    asked = [_quantity(symbol, sources, words) for symbol in symbols]
    ends = [
        _chosen("origin", tuple(t(f"entry.origins.{each}") for each in TYPED_ORIGINS)),
        _chosen("note", ()),
    ]
    return (*plain, *asked, *ends)


def _chosen(key: str, choices: tuple[str, ...]) -> TemplateColumn:
    return TemplateColumn(key, t(f"entry.columns.{key}"), choices=choices)


def _quantity(
    symbol: str, sources: Sequence[SourceDescription], words: Vocabulary
) -> TemplateColumn:
    heading = words.label(symbol)
    if words.heading(heading).key != symbol:
        heading = symbol
    units = units_of(symbol, sources)
    if len(units) > 1:
        return TemplateColumn(symbol, heading, f" {EITHER} ".join(units))
    return TemplateColumn(symbol, heading, units[0] if units else "", _alike(units))


def units_of(symbol: str, sources: Iterable[SourceDescription]) -> tuple[str, ...]:
    """Return the units in which some sources ask for a quantity, each once."""
    found: dict[str, None] = {}
    for source in sources:
        for described in source.symbols:
            if described.symbol == symbol:
                units = [item.units.get(symbol, described.unit) for item in source.items]
                parts = [part for each in units or [described.unit] for part in each.split(" or ")]
                found |= dict.fromkeys(parts)
    return tuple(found)


def _alike(units: Sequence[str]) -> tuple[str, ...]:
    """Return the units that may be chosen in place of the only one that is asked for."""
    for offered in _OFFERED:
        try:
            if units and unit(units[0]).dimension == unit(offered[0]).dimension:
                return tuple(dict.fromkeys((units[0], *offered)))
        except UnknownUnitNameError:
            return ()
    return ()


def _names(pairs: Iterable[tuple[str, object]]) -> tuple[str, ...]:
    """Return names to choose from; of two alike each says its code."""
    named = [(code, _name(code, names)) for code, names in pairs]
    told = [name for _, name in named]
    return tuple(f"{name} [{code}]" if told.count(name) > 1 else name for code, name in named)


def _name(code: str, names: object) -> str:
    return (names.get(language()) if isinstance(names, dict) else "") or code
