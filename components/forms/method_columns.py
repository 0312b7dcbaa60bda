"""From a method's description to the grid's columns: a new method needs no new form (4.2 a)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from components.forms.entry_view import Choice, GridSource, GridSymbol
from components.panels.units import EITHER, unit_text
from services.formatting import exact
from services.i18n.texts import language
from services.standards.balance_forms import PREFIX, form_for
from services.standards.descriptions import (
    ItemDescription,
    Key,
    MethodDescription,
    SourceDescription,
    SymbolDescription,
)

BySource = Mapping[str, Mapping[tuple[str, str], float]]

_GROUP_OF_KIND = {"FUEL": "fuel", "ELECTRICITY": "electricity", "HEAT": "heat"}


def grid_sources(method: MethodDescription) -> tuple[GridSource, ...]:
    """Return the sources of a method with quantities, choices and defaults as texts."""
    return tuple(_source(source) for source in method.sources)


def with_own_values(
    sources: Sequence[GridSource], own: BySource, by_month: Mapping[int, BySource]
) -> tuple[GridSource, ...]:
    """Return the sources with the organization's own values in place of defaults.

    `own` holds them by source, then by item and quantity; `by_month` those of a month alone.
    """
    return tuple(_with_own(source, own, by_month) for source in sources)


def _with_own(source: GridSource, own: BySource, by_month: Mapping[int, BySource]) -> GridSource:
    code = source.choice.code
    monthly = {
        str(month): _put_in({}, found[code]) for month, found in by_month.items() if found.get(code)
    }
    return replace(source, defaults=_put_in(source.defaults, own.get(code, {})), monthly=monthly)


def _put_in(
    defaults: Mapping[str, Mapping[str, str]], own: Mapping[tuple[str, str], float]
) -> dict[str, dict[str, str]]:
    found = {item: dict(texts) for item, texts in defaults.items()}
    for (item, symbol), value in own.items():
        found.setdefault(item, {})[symbol] = exact(value)
    return found


def grid_items(method: MethodDescription) -> tuple[Choice, ...]:
    """Return every fuel, material or product of a method once, by its names."""
    items = {item.item: item for source in method.sources for item in source.items}
    return tuple(_choice(code, item.names) for code, item in items.items())


def name_of(names: Mapping[str, str], code: str) -> str:
    """Return the name in the language in use, or the code where the data has none."""
    return names.get(language()) or code


def _source(source: SourceDescription) -> GridSource:
    return GridSource(
        choice=_choice(source.source, source.names),
        group=_group(source),
        items=tuple(item.item for item in source.items),
        symbols=tuple(_symbol(source, symbol) for symbol in source.symbols),
        defaults=_defaults(source),
        units={item.item: _units(source, item) for item in source.items},
        options=_options(source.key),
        terms=_terms(source),
    )


def _options(key: Key | None) -> tuple[Choice, ...]:
    return tuple(_choice(code, names) for code, names in key.options.items()) if key else ()


def _group(source: SourceDescription) -> str:
    # Alternative fuels have a kind of their own, but whoever enters them sees a fuel.
    burns = any(symbol.symbol == "NCV" for symbol in source.symbols)
    return "fuel" if burns else _GROUP_OF_KIND.get(source.kind, "process")


def _symbol(source: SourceDescription, symbol: SymbolDescription) -> GridSymbol:
    units = [item.units.get(symbol.symbol, symbol.unit) for item in source.items]
    parts = [part for unit in units or [symbol.unit] for part in unit.split(" or ")]
    shown = dict.fromkeys(unit_text(part) for part in parts)
    return GridSymbol(
        symbol.symbol,
        name_of(symbol.names, symbol.symbol),
        EITHER.join(shown),
        _is_primary(source, symbol),
    )


def _terms(source: SourceDescription) -> tuple[GridSymbol, ...]:
    """Return the terms of the balances of a source, in the unit of the amount that follows."""
    found: dict[str, GridSymbol] = {}
    for form in source.balances:
        amount = next(s for s in source.symbols if s.symbol in form.symbols)
        unit = _symbol(source, amount).unit
        for term in form.terms.values():
            symbol = f"{PREFIX}{term.code}"
            name = name_of(term.names, term.code)
            found.setdefault(symbol, GridSymbol(symbol, name, unit, False, is_term=True))
    return tuple(found.values())


def _is_primary(source: SourceDescription, symbol: SymbolDescription) -> bool:
    # Of several ways to say the same, the first one is offered first.
    leads = {choice.options[0][0] for choice in source.choices if choice.options}
    return symbol.required or symbol.symbol in leads


def _units(source: SourceDescription, item: ItemDescription) -> dict[str, str]:
    own = {symbol: unit_text(unit) for symbol, unit in item.units.items()}
    form = form_for(source.balances, item.item)
    amount = next((s for s in form.symbols if s in own), "") if form else ""
    terms = {f"{PREFIX}{code}": own[amount] for code in form.terms} if form and amount else {}
    return own | terms


def _defaults(source: SourceDescription) -> dict[str, dict[str, str]]:
    common = {s.symbol: exact(s.default.value) for s in source.symbols if s.default is not None}
    special = {
        item.item: common | {symbol: exact(found.value) for symbol, found in item.defaults.items()}
        for item in source.items
    }
    return {"": common, **special}


def _choice(code: str, names: Mapping[str, str]) -> Choice:
    return Choice(code, name_of(names, code), tuple(names.values()))
