"""The factor library: search, one value with its versions, and where it is used (4.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from dash import dcc, html
from dash.development.base_component import Component

from components.figures.versions import Version, version_steps
from components.forms.controls import link_button, select, text_input
from components.ids import standards_library as ids
from components.panels.badge import badge, trust_badge, trust_part
from components.panels.card import card
from components.panels.chart import ChartMeta, chart_card
from components.panels.parts import PAGE, part_links
from components.panels.states import empty
from components.panels.units import unit_text
from components.shell.filters import write_filters
from components.shell.page import grid, page
from components.tables.table import Cell, Column, DataTable, Part, browser_table
from services.formatting import UNKNOWN, date_text, exact
from services.i18n.texts import t
from services.standards.library import GROUPS, LibraryValue, Query

PATH = "/standards/library"
FACTORS, METHODS, OWN = "factors", "methods", "own"
STATUSES = ("verified", "secondary", "recalled")
CHART_PX = 300


@dataclass(frozen=True, slots=True)
class LibraryView:
    """What was asked for, what was found, shown from where, and the opened value's versions."""

    query: Query
    start: int
    found: Sequence[LibraryValue]
    opened: LibraryValue | None
    versions: Sequence[LibraryValue]


def views(chosen: str) -> html.Nav:
    """Return the parts of the library as links; the chosen one is marked."""
    links = [
        dcc.Link(
            t(f"library.views.{view}"),
            href=PATH + write_filters({"view": view}),
            **({"className": "chosen"} if view == chosen else {}),
        )
        for view in (FACTORS, METHODS, OWN)
    ]
    return html.Nav(links, className="entry-years", **{"aria-label": t("library.title")})


def factor_screen(view: LibraryView) -> html.Div:
    """Return the page of factors."""
    body: list[Component] = []
    if view.opened is not None:
        body.append(grid(_value_card(view.opened), _versions(view)))
    body.append(_search(view))
    return page(t("library.title"), *body, filters=views(FACTORS), subtitle=t("library.subtitle"))


def value_list(query: Query, found: Sequence[LibraryValue], start: int = 0) -> Component:
    """Return a part of the values as a table; a click on a code opens it."""
    if not found:
        return empty(t("library.none"), t("library.none_hint"))
    start = start if start < len(found) else 0
    shown = found[start : start + PAGE]
    table = browser_table(_columns(), [_row(value) for value in shown], t("library.values"))

    def address(place: int) -> str:
        return PATH + write_filters(asdict(query) | {"from": str(place or "")})

    return html.Div([table, part_links(start, len(shown), len(found), address)], className="stack")


def _search(view: LibraryView) -> html.Section:
    query = view.query
    groups = [("", t("library.any")), *((g, t(f"library.groups.{g}")) for g in GROUPS)]
    statuses = [("", t("library.any")), *((s, t(f"trust.{s}.name")) for s in STATUSES)]
    controls = html.Div(
        [
            text_input(ids.TEXT, t("library.text"), query.text, placeholder=t("library.text_hint")),
            select(ids.GROUP, t("library.group"), groups, query.group),
            select(ids.STATUS, t("library.status"), statuses, query.status),
        ],
        className="restatement-order",
    )
    values = html.Div(value_list(query, view.found, view.start), id=ids.VALUES)
    return card(t("library.values"), [controls, values], t("library.values_hint"))


def _columns() -> tuple[Column, ...]:
    return (
        Column("name", t("library.columns.name")),
        Column("value", t("library.columns.value"), numeric=True),
        Column("unit", t("library.columns.unit")),
        Column("status", t("library.columns.status")),
        Column("applies_from", t("library.columns.applies_from")),
        Column("document", t("library.columns.document")),
        Column("code", t("library.columns.code")),
    )


def _row(value: LibraryValue) -> dict[str, object]:
    return {
        "name": str(value.name),
        "value": value.value,
        "unit": unit_text(value.unit),
        "status": Cell(_mark_parts(value), value.status),
        "applies_from": value.applies_from.isoformat(),
        "document": str(value.document),
        "code": Cell([("a", value.code, _address(value.code))], value.code),
    }


def _mark_parts(value: LibraryValue) -> list[Part]:
    doubtful = [("badge badge-over", t("library.doubtful"))] if value.is_doubtful else []
    return [trust_part(value.status), *doubtful]


def _marks(value: LibraryValue) -> list[Component]:
    doubtful = [badge(t("library.doubtful"), "over")] if value.is_doubtful else []
    return [trust_badge(value.status), *doubtful]


def _address(code: str) -> str:
    return PATH + write_filters({"view": FACTORS, "code": code})


def _value_card(value: LibraryValue) -> html.Section:
    known = date_text(value.published) if value.published else t("library.unknown_day")
    facts: list[tuple[str, Component | str | list[Component]]] = [
        ("value", f"{exact(value.value)} {unit_text(value.unit)}"),
        ("code", html.Code(value.code)),
        ("document", str(value.reference)),
        ("applies_from", date_text(value.applies_from)),
        ("published", known),
        ("status", _marks(value)),
        ("verified_by", t("library.nobody") if value.status != "verified" else UNKNOWN),
        ("used_by", _uses(value)),
    ]
    rows = [
        item
        for name, content in facts
        for item in (html.Dt(t(f"library.facts.{name}")), html.Dd(content))
    ]
    close = link_button(t("library.close"), PATH + write_filters({"view": FACTORS}), "quiet")
    return card(str(value.name), html.Dl(rows, className="facts"), actions=close)


def _uses(value: LibraryValue) -> Component | str:
    if not value.used_by:
        return t("library.unused")
    methods = list(dict.fromkeys(designation for designation, _ in value.used_by))
    links = [
        html.Li(dcc.Link(d, href=PATH + write_filters({"view": METHODS, "method": d})))
        for d in methods
    ]
    return html.Ul(links, className="plain-list")


def _versions(view: LibraryView) -> html.Section:
    opened, found = view.opened, view.versions
    assert opened is not None
    points = [
        Version(v.applies_from, v.value, f"{v.code} · {v.document}", v.code == opened.code)
        for v in found
    ]
    columns = (
        Column("applies_from", t("library.columns.applies_from")),
        Column("value", t("library.columns.value"), numeric=True, unit=unit_text(opened.unit)),
        Column("code", t("library.columns.code")),
    )
    rows = [
        {"applies_from": v.applies_from.isoformat(), "value": v.value, "code": v.code}
        for v in found
    ]
    first, last = found[0].applies_from.year, found[-1].applies_from.year
    meta = ChartMeta(
        unit=unit_text(opened.unit),
        period=f"{first}–{last}" if first != last else str(first),
        source=t("library.versions_source"),
    )
    return chart_card(
        ids.CHART,
        t("library.versions", name=str(opened.name)),
        version_steps(points, unit_text(opened.unit)),
        DataTable(columns, rows),
        meta,
        height=CHART_PX,
        summary=t("library.versions_summary", count=len(found)),
    )
