"""A filed result beside its restatement: totals, and what each cause changes (5.2.1 b)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from dash import html
from dash.development.base_component import Component

from components.figures.bridge import Pillar, waterfall
from components.forms.controls import button, link_button, select
from components.ids import enterprise_restatement as ids
from components.panels.card import card
from components.panels.chart import ChartMeta, chart_card
from components.panels.findings import findings_card
from components.panels.states import empty
from components.panels.tile import tile
from components.panels.year_links import year_links
from components.shell.filters import write_filters
from components.shell.page import Crumb, grid, page
from components.tables.table import Column, DataTable, data_table
from services.accounting.restatement import Restatement
from services.accounting.results import RunSummary
from services.algorithms.bridge import exact_text
from services.formatting import date_text, datetime_text, exact, mass_co2, percent
from services.i18n.texts import t

PATH = "/enterprise/restatement"
RESULT_PATH = "/enterprise/accounting"
CHART_PX = 340
_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class RestatementView:
    """The restatements of a year, newest first, and what a new one may be made of."""

    organization_id: int
    name: str
    year: int
    years: Sequence[int]
    way: Sequence[Crumb]
    filed: RunSummary | None
    found: Sequence[Restatement]
    days: Sequence[date]
    gwp_sets: Sequence[tuple[str, str]]


def restatement_screen(view: RestatementView) -> html.Div:
    """Return the whole page."""
    body = [_order_card(view), *_newest(view), _earlier(view)] if view.filed else [_none(view)]
    return page(
        t("restatement.title"),
        *body,
        breadcrumb=view.way,
        filters=year_links(PATH, view.organization_id, view.years, view.year),
        subtitle=t("restatement.subtitle", organization=view.name, year=view.year),
    )


def _none(view: RestatementView) -> Component:
    place = {"organization": view.organization_id, "year": view.year}
    action = link_button(t("restatement.to_result"), RESULT_PATH + write_filters(place), "primary")
    hint = t("restatement.none_filed_hint")
    return card("", empty(t("restatement.none_filed", year=view.year), hint, action))


def _order_card(view: RestatementView) -> html.Section:
    days = [(day.isoformat(), date_text(day)) for day in view.days]
    filed = view.filed
    own = filed.gwp_set if filed else ""
    controls = html.Div(
        [
            select(ids.KNOWN_ON, t("restatement.known_on"), days, days[0][0]),
            select(ids.GWP_SET, t("restatement.gwp_set"), view.gwp_sets, own),
            button(t("restatement.order"), ids.ORDER, "primary"),
        ],
        className="restatement-order",
    )
    return card(t("restatement.order_title"), controls, t("restatement.order_hint"))


def _newest(view: RestatementView) -> list[Component]:
    if not view.found:
        return [card("", empty(t("restatement.none"), t("restatement.none_hint")))]
    newest = view.found[0]
    disagreeing = findings_card(newest.findings, may_resolve=False)
    return [
        *([disagreeing] if disagreeing else []),
        _tiles(newest),
        grid(_chart(newest), _parts(newest)),
    ]


def _tiles(found: Restatement) -> html.Div:
    filed, restated = found.filed, found.restated
    change = restated.total_t - filed.total_t
    share = percent(change / filed.total_t, 2) if filed.total_t else ""
    return html.Div(
        [
            _tile("filed", filed.total_t, _known(filed)),
            _tile("restated", restated.total_t, _known(restated)),
            _tile("difference", change, share),
        ],
        className="tiles",
    )


def _tile(name: str, amount_t: float, note: str) -> html.Div:
    value, unit = mass_co2(amount_t)
    exactly = f"{exact(amount_t)} tCO₂e"
    return tile(t(f"restatement.tiles.{name}"), value, unit, note, exact_text=exactly)


def _known(run: RunSummary) -> str:
    return t("restatement.view", known_on=date_text(run.known_on), gwp_set=run.gwp_set)


def _chart(found: Restatement) -> html.Section:
    pillars = [
        Pillar(t("restatement.tiles.filed"), found.filed.total_t, True),
        *(Pillar(_cause(step.cause), step.change_t) for step in found.steps),
        Pillar(t("restatement.tiles.restated"), found.restated.total_t, True),
    ]
    meta = ChartMeta(
        unit="tCO₂e",
        period=str(found.filed.year),
        source=t("restatement.source"),
        as_of=datetime_text(found.restated.computed_at),
        factor_set=_known(found.restated),
    )
    summary = t("restatement.summary", count=len([s for s in found.steps if s.change]))
    return chart_card(
        ids.CHART,
        t("restatement.chart"),
        waterfall(pillars),
        _table(found),
        meta,
        height=CHART_PX,
        summary=summary,
    )


def _table(found: Restatement) -> DataTable:
    columns = (
        Column("cause", t("restatement.cause")),
        Column("change", t("restatement.change"), numeric=True, unit="tCO₂e"),
    )
    return DataTable(columns, _rows(found))


def _rows(found: Restatement) -> list[dict[str, str]]:
    whole = exact_text(sum((s.change for s in found.steps), start=_ZERO))
    parts = [{"cause": _cause(s.cause), "change": exact_text(s.change)} for s in found.steps]
    return [*parts, {"cause": t("restatement.sum"), "change": whole}]


def _parts(found: Restatement) -> html.Section:
    shown = _table(found)
    table = data_table(shown.columns, shown.rows, caption=t("restatement.parts"), sortable=False)
    return card(t("restatement.parts"), table, t("restatement.parts_hint"))


def _earlier(view: RestatementView) -> Component | None:
    if len(view.found) < 2:
        return None
    columns = (
        Column("at", t("restatement.computed_at")),
        Column("view", t("restatement.known_on")),
        Column("total", t("restatement.tiles.restated"), numeric=True, unit="tCO₂e"),
    )
    rows = [
        {
            "at": datetime_text(each.restated.computed_at),
            "view": _known(each.restated),
            "total": each.restated.total_t,
        }
        for each in view.found[1:]
    ]
    return card(t("restatement.earlier"), data_table(columns, rows))


def _cause(cause: str) -> str:
    return t(f"restatement.causes.{cause}")
