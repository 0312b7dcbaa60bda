"""Where a finding stands, in the words of its method: source, item, month, quantity (5.1.7 c)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from components.forms.method_columns import name_of
from services.collection.checks.desk import Listed
from services.errors import PlatformError
from services.formatting import month_text
from services.i18n.texts import has_text, t
from services.standards.balance_forms import PREFIX, names_behind
from services.standards.catalog import Catalog
from services.standards.descriptions import SourceDescription


def places_of(catalog: Catalog, listed: Iterable[Listed]) -> dict[str, str]:
    """Return where each finding stands, by its id."""
    return {
        str(each.finding.finding_id): _place(_source(catalog, each), each.finding.evidence["where"])
        for each in listed
    }


def _source(catalog: Catalog, each: Listed) -> SourceDescription | None:
    code = each.finding.evidence["where"]["source"]
    try:
        sources = catalog.describe(each.finding.method).sources
    except PlatformError:
        # A method of an extension that is gone: its codes are all that is left.
        return None
    return next((source for source in sources if source.source == code), None)


def _place(source: SourceDescription | None, where: Mapping[str, Any]) -> str:
    if not where["source"] and not where["row"]:
        return t("checks.whole_entry")
    parts = [
        name_of(source.names, where["source"]) if source else where["source"],
        _item(source, where["item"]),
        _month(where["month"]),
        _field(source, where["field"]),
        t("checks.row_place", row=where["row"]),
    ]
    return " · ".join(part for part in parts if part)


def _month(month: str) -> str:
    if month.isascii() and month.isdecimal() and 1 <= int(month) <= 12:
        return month_text(int(month))
    return month or t("checks.whole_year")


def _item(source: SourceDescription | None, code: str) -> str:
    items = source.items if source else ()
    return next((name_of(i.names, code) for i in items if i.item == code.lower()), code)


def _field(source: SourceDescription | None, code: str) -> str:
    if source and code.startswith(PREFIX):
        return name_of(names_behind(source.balances, code), code)
    symbols = source.symbols if source else ()
    named = next((f"{name_of(s.names, code)} {code}" for s in symbols if s.symbol == code), "")
    if named:
        return named
    column = f"entry.columns.{code}"
    return t(column) if has_text(column) else code
