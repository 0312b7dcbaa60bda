"""What headings and cells of a file may be called, in both languages, by a method (4.2 a)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.collection.files import SOURCE_TITLES, normal
from services.collection.rows import KEY, ORIGINS
from services.i18n.texts import LANGUAGES, has_text, language, t, use_language
from services.standards.balance_forms import PREFIX
from services.standards.descriptions import MethodDescription
from services.standards.months import MONTH

# Columns that every file may have, whatever the method.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "organization": ("organization", "单位代码", "统一社会信用代码", "organization code"),
    "year": ("year", "年份", "年度"),
    "source": SOURCE_TITLES,
    "item": ("item", "品种", "能源品种", "fuel or material"),
    KEY: (KEY, "选项", "option"),
    MONTH: (MONTH, "月份", "月"),
    "origin": ("origin", "数据来源"),
    "note": ("note", "备注", "remark"),
    # Reasons that a file of rows to be mended carries; they are no data.
    "reasons": ("reasons", "问题"),
}
_PLAIN_KEYS = {title: key for key, titles in COLUMNS.items() for title in titles}
_STATED = re.compile(r"(.*?)\s*[(\[]([^()\[\]]+)[)\]]")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a column holds: a key of a row, or nothing; and the unit that its heading states."""

    key: str
    unit: str = ""


class Vocabulary:
    """Names of a method's sources, items, options and quantities, and what each is in code."""

    def __init__(self, method: MethodDescription) -> None:
        self.method = method
        self.sources = {source.source: source for source in method.sources}
        self._source_names = _names((s.source, s.names.values()) for s in method.sources)
        self._items = {
            source.source: _names((i.item, i.names.values()) for i in source.items)
            for source in method.sources
        }
        self._all_items = _names(
            (i.item, i.names.values()) for s in method.sources for i in s.items
        )
        self._options = {
            source.source: _names((code, n.values()) for code, n in source.key.options.items())
            for source in method.sources
            if source.key
        }
        self._origins = _names((origin, _both(f"entry.origins.{origin}")) for origin in ORIGINS)
        self._quantities = _quantities(method)
        self._labels = {code: _labels(method, code) for code in LANGUAGES}

    def heading(self, title: str) -> Heading:
        """Return what a heading names: 消耗量 FC, FC (t) and fc are the same quantity."""
        found = self._key(normal(title))
        if found:
            return Heading(found)
        stated = _STATED.fullmatch(normal(title))
        # The unit as it was written: kWh and MWh differ by their letters.
        unit = re.split(r"[(（\[]", title)[-1].rstrip(")）] ") if stated else ""
        return Heading(self._key(stated[1]) if stated else "", unit)

    def _key(self, title: str) -> str:
        return plain_key(title) or self._quantities.get(title, "")

    def coded(self, cells: Mapping[str, str]) -> dict[str, str]:
        """Return the cells of a row with names as codes; what is unknown stays as it is."""
        coded = dict(cells)
        source = self._source_names.get(normal(cells.get("source", "")), cells.get("source", ""))
        if source:
            coded["source"] = source
        if "item" in cells:
            names = self._items.get(source, self._all_items)
            coded["item"] = names.get(normal(cells["item"]), cells["item"])
        if KEY in cells:
            coded[KEY] = self._options.get(source, {}).get(normal(cells[KEY]), cells[KEY])
        if "origin" in cells:
            coded["origin"] = self._origins.get(normal(cells["origin"]), cells["origin"])
        return coded

    def label(self, key: str) -> str:
        """Return what a key is called in the language in use."""
        text = f"entry.columns.{key}"
        return t(text) if has_text(text) else self._labels.get(language(), {}).get(key, key)


def plain_key(title: str) -> str:
    """Return the key of a column that every file may have, or nothing."""
    return _PLAIN_KEYS.get(title, "")


def _names(pairs: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    """Return codes by their names and by themselves; a name of two codes names neither."""
    found: dict[str, str] = {}
    doubtful = set()
    for code, names in pairs:
        for name in {normal(each) for each in names}:
            if found.get(name, code) != code:
                doubtful.add(name)
            found[name] = code
            found[f"{name} [{code.lower()}]"] = code
    return {n: c for n, c in found.items() if n not in doubtful} | {
        code.lower(): code for code in found.values()
    }


def _quantities(method: MethodDescription) -> dict[str, str]:
    named: list[tuple[str, set[str]]] = []
    codes: dict[str, str] = {}
    for source in method.sources:
        for found in source.symbols:
            symbol = found.symbol
            full = {f"{name} {symbol}" for name in found.names.values()}
            named.append((symbol, {*found.names.values(), *found.aliases}))
            codes |= {normal(each): symbol for each in full | {symbol}}
        for form in source.balances:
            for term in form.terms.values():
                symbol = f"{PREFIX}{term.code}"
                named.append((symbol, set(term.names.values())))
                codes[symbol.lower()] = symbol
    return _names(named) | codes


def _labels(method: MethodDescription, code: str) -> dict[str, str]:
    labels = {}
    for source in method.sources:
        for found in source.symbols:
            name = found.names.get(code) or found.symbol
            labels[found.symbol] = name if found.symbol == found.unit else f"{name} {found.symbol}"
        for form in source.balances:
            for term in form.terms.values():
                labels[f"{PREFIX}{term.code}"] = term.names.get(code) or term.code
    return labels


def _both(key: str) -> list[str]:
    found = []
    for each in LANGUAGES:
        with use_language(each):
            found.append(t(key))
    return found
