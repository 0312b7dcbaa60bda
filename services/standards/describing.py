"""A method as a description: what the entry grid, the command line and the documents show."""

from __future__ import annotations

from collections.abc import Mapping

from services.standards.balance_forms import BalanceForm
from services.standards.descriptions import (
    DefaultValue,
    ItemDescription,
    Key,
    MethodDescription,
    SourceDescription,
    SymbolDescription,
)
from services.standards.loading import NO_ITEM
from services.standards.model import DEFAULT, Factor, Input, Item, Method, Source

LOADED, NOT_LOADED = "loaded", "not_loaded"
DIRECTIONS = ("in", "out")


def describe_method(method: Method) -> MethodDescription:
    """Return the description of a method."""
    return MethodDescription(
        designation=method.designation,
        names=method.names,
        status=LOADED if method.is_loaded else NOT_LOADED,
        purpose=method.purpose,
        subject=method.subject,
        industry=method.industry,
        gwp_set=method.gwp_set,
        published=method.published,
        valid_from=method.valid_from,
        valid_to=method.valid_to,
        reference=method.reference,
        sources=tuple(_source(source) for source in method.sources.values()),
    )


def summary_json(method: MethodDescription) -> dict[str, object]:
    """Return what `shuangtan methods --json` prints of each method."""
    return {
        "designation": method.designation,
        "names": dict(method.names),
        "status": method.status,
        "purpose": method.purpose,
        "subject": method.subject,
        "industry": method.industry or None,
        "gwp_set": method.gwp_set,
        "published": method.published and method.published.isoformat(),
        "valid_from": method.valid_from.isoformat(),
        "valid_to": method.valid_to and method.valid_to.isoformat(),
        "reference": str(method.reference),
        **({"brought_by": method.brought_by} if method.brought_by else {}),
    }


def description_json(method: MethodDescription) -> dict[str, object]:
    """Return a description as `shuangtan methods DESIGNATION --json` prints it."""
    return summary_json(method) | {"sources": [_source_json(source) for source in method.sources]}


def _source(source: Source) -> SourceDescription:
    return SourceDescription(
        source=source.code,
        names=source.names,
        kind=source.kind,
        gases=source.gases,
        emission_scope=source.emission_scope,
        sign=source.sign,
        status=source.status,
        reference=source.reference,
        choices=source.choices,
        symbols=tuple(_symbol(source, entry) for entry in source.inputs.values()),
        items=tuple(_item(source, index, item) for index, item in enumerate(source.items)),
        key=source.key,
        is_balance=source.is_balance,
        sector=source.sector,
        balances=source.balances,
    )


def _symbol(source: Source, entry: Input) -> SymbolDescription:
    choice = next((c for c in source.choices if any(entry.symbol in o for o in c.options)), None)
    is_in_every_option = choice is None or all(entry.symbol in o for o in choice.options)
    factor = source.default_of(entry.symbol, source.slot(NO_ITEM))
    return SymbolDescription(
        symbol=entry.symbol,
        names=entry.names,
        unit=entry.unit,
        required=is_in_every_option and not entry.fills_itself,
        choice=choice.name if choice else "",
        policy=source.policy if entry.policy else "",
        default=_default(factor) if factor else None,
        aliases=entry.aliases,
    )


def _item(source: Source, index: int, item: Item) -> ItemDescription:
    slot = source.slot(index)
    factors = {symbol: source.default_of(symbol, slot) for symbol in source.defaults}
    found = {s: f for s, f in factors.items() if f and f.origin == DEFAULT}
    return ItemDescription(
        item=item.code,
        names=item.names,
        kind=item.kind,
        status=_weakest([f.status for f in found.values()]),
        units={s: i.unit_for(item.activity_unit) for s, i in source.inputs.items()},
        defaults={symbol: _default(factor) for symbol, factor in found.items()},
    )


def _weakest(statuses: list[str]) -> str:
    for status in ("recalled", "secondary"):
        if status in statuses:
            return status
    return "verified"


def _default(factor: Factor) -> DefaultValue:
    return DefaultValue(factor.value, factor.unit, factor.origin, factor.reference, factor.status)


def _default_json(default: DefaultValue | None) -> dict[str, object] | None:
    if default is None:
        return None
    return {
        "value": default.value,
        "unit": default.unit,
        "origin": default.origin,
        "source": str(default.reference),
        "status": default.status,
    }


def _source_json(source: SourceDescription) -> dict[str, object]:
    return {
        "source": source.source,
        "names": dict(source.names),
        "kind": source.kind,
        "sector": source.sector or None,
        "gases": list(source.gases),
        "emission_scope": source.emission_scope,
        "sign": source.sign,
        "status": source.status,
        "reference": str(source.reference),
        "alternatives": [[list(o) for o in c.options] for c in source.choices],
        "key": _key_json(source.key),
        "symbols": _symbols_json(source),
        "items": [_item_json(item) for item in source.items],
        "balances": [_balance_json(form) for form in source.balances],
    }


def _balance_json(form: BalanceForm) -> dict[str, object]:
    """Return a form of a balance: a record may state its terms in place of the amount."""
    return {
        "form": form.code,
        "names": dict(form.names),
        "items": sorted(form.items) or None,
        "symbols": list(form.symbols),
        "terms": [
            {
                "term": term.code,
                "names": dict(term.names),
                "counts": term.counts,
                "uses": term.uses,
                "required": term.is_required,
            }
            for term in form.terms.values()
        ],
        "reference": str(form.reference),
        "status": form.status,
    }


def _key_json(key: Key | None) -> dict[str, object] | None:
    if key is None:
        return None
    options = {option: dict(names) for option, names in key.options.items()}
    return {"key": key.name, "default": key.usual or None, "options": options}


def _symbols_json(source: SourceDescription) -> list[dict[str, object]]:
    """Return the quantities as a record names them; those of a balance stand in two lists."""
    told = [_symbol_json(symbol) for symbol in source.symbols]
    if not source.is_balance:
        return told
    return [{**each, "symbol": f"{d}[].{each['symbol']}"} for d in DIRECTIONS for each in told]


def _symbol_json(symbol: SymbolDescription) -> dict[str, object]:
    return {
        "symbol": symbol.symbol,
        "names": dict(symbol.names),
        "unit": symbol.unit,
        "required": symbol.required,
        "policy": symbol.policy or None,
        "default": _default_json(symbol.default),
        "aliases": list(symbol.aliases),
    }


def _item_json(item: ItemDescription) -> dict[str, object]:
    defaults: Mapping[str, DefaultValue] = item.defaults
    return {
        "item": item.item,
        "names": dict(item.names),
        "units": dict(item.units),
        "defaults": {symbol: _default_json(value) for symbol, value in defaults.items()},
    }
