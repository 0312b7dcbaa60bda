"""The methods: all with their dates, and one with formulas, defaults and examples (4.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from components.forms.controls import button, link_button
from components.ids import standards_library as ids
from components.panels.badge import badge, trust_badge, trust_part
from components.panels.card import card
from components.panels.formula import formula
from components.panels.library import METHODS, PATH, views
from components.panels.units import gas_text, unit_text
from components.shell.filters import write_filters
from components.shell.page import page
from components.tables.table import Cell, Column, Part, browser_table
from services.formatting import UNKNOWN, date_text, exact
from services.i18n.texts import language, t
from services.standards.descriptions import MethodDescription, SourceDescription, SymbolDescription
from services.standards.examples import Example, Trial

Tree = Mapping[str, Any]
BOUNDARIES = {
    "enterprise": "report.boundary.systems",
    "region": "library.method.boundary_of_region",
}


@dataclass(frozen=True, slots=True)
class Formulas:
    """The ways a source may be computed, as text and as a tree to be set."""

    source: str
    ways: Sequence[tuple[str, Tree]]


@dataclass(frozen=True, slots=True)
class MethodView:
    """A method with its formulas and worked examples."""

    method: MethodDescription
    formulas: Sequence[Formulas]
    examples: Sequence[Example]


def method_list(methods: Sequence[MethodDescription]) -> html.Div:
    """Return the page of all methods, loaded or known by name and dates only."""
    columns = (
        Column("method", t("library.method.designation")),
        Column("name", t("library.columns.name")),
        Column("purpose", t("library.method.purpose")),
        Column("valid", t("library.method.valid")),
        Column("status", t("library.columns.status")),
    )
    table = browser_table(
        columns, [_method_row(method) for method in methods], t("library.method.all")
    )
    body = card(t("library.method.all"), table, t("library.method.all_hint"))
    return page(t("library.title"), body, filters=views(METHODS), subtitle=t("library.subtitle"))


def method_screen(view: MethodView) -> html.Div:
    """Return the page of one method."""
    method = view.method
    by_source = {each.source: each for each in view.formulas}
    sources = [_source_card(source, by_source[source.source]) for source in method.sources]
    examples = [_examples(view)] if view.examples else []
    back = link_button(t("library.method.back"), PATH + write_filters({"view": METHODS}), "quiet")
    return page(
        method.designation,
        _facts(method),
        *sources,
        *examples,
        filters=views(METHODS),
        subtitle=method.names[language()],
        actions=back,
    )


def trial_text(trial: Trial) -> Component:
    """Return what an example gave beside what it is known to give."""
    tone, word = ("good", "agrees") if trial.agrees else ("over", "differs")
    told = t(
        "library.method.trial",
        found=exact(trial.result.total_t),
        known=exact(trial.example.total_t),
    )
    return html.P([badge(t(f"library.method.{word}"), tone), " ", told])


def _method_row(method: MethodDescription) -> dict[str, object]:
    is_loaded = method.status == "loaded"
    address = PATH + write_filters({"view": METHODS, "method": method.designation})
    link: list[Part] = [("a", method.designation, address)]
    tone = "good" if is_loaded else "unknown"
    state: list[Part] = [(f"badge badge-{tone}", t(f"library.method.{method.status}"))]
    return {
        "method": Cell(link if is_loaded else method.designation, method.designation),
        "name": Cell(_named(method), method.names[language()]),
        "purpose": t(f"library.method.purposes.{method.purpose}"),
        "valid": _valid(method),
        "status": Cell(state, method.status),
    }


def _named(method: MethodDescription) -> str | list[Part]:
    name = method.names[language()]
    if not method.brought_by:
        return name
    return [("strong", name), ("small", t("library.method.brought_by", name=method.brought_by))]


def _valid(method: MethodDescription) -> str:
    last = date_text(method.valid_to) if method.valid_to else ""
    return f"{date_text(method.valid_from)} – {last}"


def _facts(method: MethodDescription) -> html.Section:
    published = date_text(method.published) if method.published else t("library.unknown_day")
    facts = [
        ("purpose", t(f"library.method.purposes.{method.purpose}")),
        ("valid", _valid(method)),
        ("published", published),
        ("gwp", t(f"report.gwp_set.{method.gwp_set}") if method.gwp_set else UNKNOWN),
        ("boundary", t(BOUNDARIES[method.subject])),
        ("reference", str(method.reference)),
    ]
    rows = [
        item
        for name, text in facts
        for item in (html.Dt(t(f"library.method.{name}")), html.Dd(text))
    ]
    return card(t("library.method.facts"), html.Dl(rows, className="facts"))


def _source_card(source: SourceDescription, ways: Formulas) -> html.Section:
    shown = [html.P(formula(tree, text), className="method-formula") for text, tree in ways.ways]
    gases = ", ".join(gas_text(gas) for gas in source.gases)
    scope = "deducted" if source.emission_scope == "deduct" else source.emission_scope
    told = f"{gases} · {t(f'report.scope.{scope}')} · {source.reference}"
    mark = trust_badge(source.status)
    parts: list[Component | str | None] = [*shown, _inputs(source)]
    if source.items:
        parts.append(_items(source))
    return card(_title_of(source), parts, told, actions=mark)


def _title_of(source: SourceDescription) -> str:
    return f"{source.names[language()]} · {source.source}"


def _inputs(source: SourceDescription) -> html.Div:
    columns = (
        Column("symbol", t("report.column.symbol")),
        Column("name", t("library.columns.name")),
        Column("unit", t("library.columns.unit")),
        Column("default", t("trust.default.name")),
        Column("status", t("library.columns.status")),
    )
    return browser_table(columns, [_input_row(s) for s in source.symbols], _title_of(source))


def _input_row(symbol: SymbolDescription) -> dict[str, object]:
    default = symbol.default
    filled = exact(default.value) if default else (symbol.policy or _asked(symbol))
    mark = [trust_part(default.status)] if default else UNKNOWN
    return {
        "symbol": Cell([("code", symbol.symbol)], symbol.symbol),
        "name": symbol.names[language()],
        "unit": " / ".join(unit_text(part) for part in symbol.unit.split(" or ")),
        "default": filled,
        "status": Cell(mark, default.status if default else ""),
    }


def _asked(symbol: SymbolDescription) -> str:
    return t("library.method.required" if symbol.required else "library.method.by_item")


def _items(source: SourceDescription) -> html.Details:
    symbols = [
        s for s in (x.symbol for x in source.symbols) if any(s in i.defaults for i in source.items)
    ]
    columns = [Column("item", t("report.column.item_name"))]
    columns += [Column(symbol, symbol, numeric=True) for symbol in symbols]
    columns.append(Column("status", t("library.columns.status")))
    rows = [
        {
            "item": item.names[language()],
            **{s: item.defaults[s].value if s in item.defaults else None for s in symbols},
            "status": Cell([trust_part(item.status)], item.status),
        }
        for item in source.items
    ]
    told = t("library.method.items", count=len(source.items))
    table = browser_table(columns, rows, f"{_title_of(source)} · {told}")
    return html.Details([html.Summary(told), table], className="method-items")


def _title(method: MethodDescription, example: Example) -> str:
    """Return the sources of an example by their names, each with its item."""
    sources = {source.source: source for source in method.sources}
    named = []
    for record in example.records:
        source = sources[str(record["source"])]
        item = next((i for i in source.items if i.item == record.get("item")), None)
        parts = [source.names[language()], *([item.names[language()]] if item else [])]
        named.append(" · ".join(parts))
    return t("library.method.joiner").join(dict.fromkeys(named))


def _origin(example: Example) -> html.P:
    told: list[Component | str] = [t(f"library.method.origins.{example.origin}")]
    if example.arithmetic:
        told += [" ", html.Code(example.arithmetic)]
    return html.P(told, className="muted")


def _examples(view: MethodView) -> html.Section:
    rows = [
        html.Li(
            [
                html.Div([html.Strong(_title(view.method, example)), _origin(example)]),
                button(t("library.method.run"), ids.run_example(number), "plain"),
                html.Div(id=ids.trial(number), role="status", className="example-trial"),
            ],
            className="example",
        )
        for number, example in enumerate(view.examples)
    ]
    hint = t("library.method.examples_hint")
    return card(t("library.method.examples"), html.Ul(rows, className="examples"), hint)
