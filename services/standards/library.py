"""The factor library: every value of an authority, what uses it, and other versions of it (4.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from services.i18n.words import Words
from services.standards.catalog import Catalog
from services.standards.grid import GridFactor
from services.standards.model import Factor
from services.standards.tables import read_rows

FUEL, ELECTRICITY, GWP, OTHER = "fuel", "electricity", "gwp", "other"
GROUPS = (FUEL, ELECTRICITY, GWP, OTHER)
_PARAMETERS = ("NCV", "CC", "OF", "EF", "FOSSIL_FRACTION")
_FIRST = "GWP"


@dataclass(frozen=True, slots=True)
class LibraryValue:
    """One value with its name, dates, document, status, and the sources that use it.

    `series` is the same for values that are versions of one another.
    """

    code: str
    name: Words
    group: str
    value: float
    unit: str
    status: str
    applies_from: date
    published: date | None
    document: Words
    reference: Words
    is_doubtful: bool
    series: str
    used_by: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for: words in code, name or document, a group, a status; empty is any."""

    text: str = ""
    group: str = ""
    status: str = ""


@cache
def loaded_library(catalog: Catalog) -> tuple[LibraryValue, ...]:
    """Return the library of a catalogue; the same object every time."""
    return library(catalog)


def library(catalog: Catalog) -> tuple[LibraryValue, ...]:
    """Return every value of a catalogue in the order of group, code and first day."""
    uses, names = _uses(catalog), _Names(catalog)
    values = [_value(factor, names, uses, catalog) for factor in catalog.factors.values()]
    rows = read_rows("electricity_metrics.csv")
    metrics = {r["metric"]: Words(r["name_zh"], r["name_en"]) for r in rows}
    for (metric, _), series in catalog.grids.factors.items():
        for factor in series:
            names_of_it = (metrics[metric], _place(factor, catalog, names))
            values.append(
                _electricity(factor, names_of_it, _electricity_uses(factor, catalog, uses))
            )
    order = {group: number for number, group in enumerate(GROUPS)}
    return tuple(sorted(values, key=lambda v: (order[v.group], v.code, v.applies_from)))


def find(values: Sequence[LibraryValue], query: Query) -> tuple[LibraryValue, ...]:
    """Return the values that hold every word of the query, in both languages."""
    words = query.text.lower().split()
    return tuple(
        v
        for v in values
        if (not query.group or v.group == query.group)
        and (not query.status or v.status == query.status)
        and all(word in _text(v) for word in words)
    )


def versions(values: Sequence[LibraryValue], code: str) -> tuple[LibraryValue, ...]:
    """Return a value and the other versions of it, the earliest first."""
    wanted = {v.series for v in values if v.code == code}
    found = [v for v in values if v.series in wanted]
    return tuple(sorted(found, key=lambda v: (v.applies_from, v.code)))


def _text(value: LibraryValue) -> str:
    parts = (value.code, value.name.zh, value.name.en, value.document.zh, value.document.en)
    return " ".join(parts).lower()


def _uses(catalog: Catalog) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the methods and sources that fill a quantity with each factor or policy."""
    found: dict[str, dict[tuple[str, str], None]] = {}
    for method in catalog.methods.values():
        for source in method.sources.values():
            use = (method.designation, source.code)
            codes = {f.code for column in source.defaults.values() for f in column if f and f.code}
            if source.policy:
                codes.add(source.policy)
            for part in (part for code in codes for part in code.split("*")):
                found.setdefault(part, {})[use] = None
    return {code: tuple(uses) for code, uses in found.items()}


class _Names:
    """Names of factors: of a fuel and its parameter, of a group and its item, or of the code."""

    def __init__(self, catalog: Catalog) -> None:
        rows = read_rows("factor_names.csv")
        self._groups = {row["code"]: Words(row["name_zh"], row["name_en"]) for row in rows}
        self._items = {r["item"]: Words(r["name_zh"], r["name_en"]) for r in read_rows("items.csv")}
        keys = read_rows("keys.csv")
        self._items |= {r["option"].upper(): Words(r["name_zh"], r["name_en"]) for r in keys}
        symbols = read_rows("symbols.csv")
        self._symbols = {r["symbol"]: Words(r["name_zh"], r["name_en"]) for r in symbols}

    def of(self, code: str) -> Words:
        """Return the name of a factor by its code; the code itself where nothing names it."""
        parts = code.split(".")
        if len(parts) == 3 and parts[2] in _PARAMETERS and parts[1] in self._items:
            return _joined(self._items[parts[1]], self._symbol(parts[2]))
        group, rest = self._group(code)
        if group is None:
            return self._items.get(parts[-1]) or Words(code, code)
        named = [self._items[part] for part in rest if part in self._items]
        plain = [self.word(part) for part in rest if part not in self._items]
        return _joined(group, *named, *plain)

    def word(self, text: str) -> Words:
        """Return the name of a part of a code: a place, a parameter, or the part itself."""
        return self._groups.get(text) or Words(text, text)

    def _symbol(self, symbol: str) -> Words:
        return self._symbols.get(symbol) or self._symbols["fossil_share"]

    def _group(self, code: str) -> tuple[Words | None, list[str]]:
        """Return the name of the longest known beginning, and the segments behind it."""
        year = code.rpartition("_")
        if year[2].isdecimal() and year[0] in self._groups:
            return self._groups[year[0]], [year[2]]
        parts = code.split(".")
        for length in range(len(parts), 0, -1):
            name = self._groups.get(".".join(parts[:length]))
            if name:
                return name, parts[length:]
        return None, []


def _joined(*words: Words) -> Words:
    return Words(" · ".join(w.zh for w in words), " · ".join(w.en for w in words))


def _value(
    factor: Factor,
    names: _Names,
    uses: Mapping[str, tuple[tuple[str, str], ...]],
    catalog: Catalog,
) -> LibraryValue:
    document = catalog.documents[factor.document].names
    return LibraryValue(
        code=factor.code,
        name=names.of(factor.code),
        group=_group_of(factor.code),
        value=factor.value,
        unit=factor.unit,
        status=factor.status,
        applies_from=factor.applies_from,
        published=factor.published,
        document=Words(document["zh-CN"], document["en"]),
        reference=factor.reference,
        is_doubtful=factor.is_doubtful,
        series=_series_of(factor.code),
        used_by=uses.get(factor.code, ()),
    )


def _group_of(code: str) -> str:
    parts = code.split(".")
    if parts[0] == _FIRST:
        return GWP
    return FUEL if len(parts) == 3 and parts[2] in _PARAMETERS else OTHER


def _series_of(code: str) -> str:
    """Return what versions of one value share: fuel and parameter, gas, or code without year."""
    parts = code.split(".")
    if _group_of(code) in (FUEL, GWP):
        return f"{_group_of(code)} {'.'.join(parts[1:] if parts[0] != _FIRST else parts[2:])}"
    kind = parts[0].rstrip("0123456789")
    head, _, year = ".".join([kind, *parts[1:]]).rpartition("_")
    return head if year.isdecimal() and head else ".".join([kind, *parts[1:]])


def _place(factor: GridFactor, catalog: Catalog, names: _Names) -> Words:
    grid = catalog.grids.names.get(factor.place)
    return Words(grid["zh-CN"], grid["en"]) if grid else names.word(factor.place)


def _electricity(
    factor: GridFactor, names: tuple[Words, Words], used_by: tuple[tuple[str, str], ...]
) -> LibraryValue:
    document = factor.document.names
    title, year = Words(document["zh-CN"], document["en"]), str(factor.data_year)
    return LibraryValue(
        code=f"ELECTRICITY.{factor.metric.upper()}.{factor.place.upper()}.{year}",
        name=_joined(*names, Words(year, year)),
        group=ELECTRICITY,
        value=factor.value,
        unit=factor.unit,
        status=factor.status,
        applies_from=factor.applies_from,
        published=factor.published,
        document=title,
        reference=title,
        is_doubtful=False,
        series=f"{ELECTRICITY} {factor.metric} {factor.place}",
        used_by=used_by,
    )


def _electricity_uses(
    factor: GridFactor, catalog: Catalog, uses: Mapping[str, tuple[tuple[str, str], ...]]
) -> tuple[tuple[str, str], ...]:
    is_national = factor.place == "national"
    policies: Iterable[str] = dict.fromkeys(
        rule.policy
        for rule in catalog.grids.rules
        if rule.metric == factor.metric and rule.is_national == is_national
    )
    if factor.place.isdecimal():
        return ()
    return tuple(use for policy in policies for use in uses.get(policy, ()))
