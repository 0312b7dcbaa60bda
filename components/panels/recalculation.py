"""Ordering a recalculation of a region, its progress, and what it changes (5.1.1 b)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import button, select
from components.ids import government_recalculation as ids
from components.panels.badge import badge, status_mark
from components.panels.card import card
from components.panels.states import empty, loading
from components.panels.tile import tile
from components.shell.page import Crumb, page
from components.tables.table import Cell, Column, browser_table, data_table
from services.accounting.recalculation import Change, Recalculation
from services.formatting import date_text, datetime_text, exact, mass_co2, number, percent
from services.i18n.texts import language, t

POLL_MS = 1000
# A province has thousands of firms; what moves most comes first.
MOST_SHOWN = 200
TONES = {"done": "good", "failed": "over"}


@dataclass(frozen=True, slots=True)
class RecalculationView:
    """A place, the years filed below it, and the days of knowledge to choose from."""

    name: str
    way: Sequence[Crumb]
    years: Sequence[int]
    days: Sequence[date]


def recalculation_screen(view: RecalculationView) -> html.Div:
    """Return the whole page; its batches come with the clock."""
    body = [_order_card(view), _batches()] if view.years else [_none()]
    return page(
        t("recalculation.title"),
        *body,
        breadcrumb=view.way,
        subtitle=t("recalculation.subtitle", place=view.name),
    )


def no_place() -> html.Div:
    """Return the page for somebody who has no region."""
    return page(
        t("recalculation.title"),
        card("", empty(t("recalculation.no_place"), t("recalculation.no_place_hint"))),
    )


def batch_list(found: Sequence[Recalculation]) -> Component:
    """Return the batches of a place, the newest first and in full."""
    if not found:
        return card("", empty(t("recalculation.none"), t("recalculation.none_hint")))
    return html.Div(
        [_newest(found[0]), _earlier(found[1:])], className="recalculation-batches stack"
    )


def _none() -> Component:
    return card("", empty(t("recalculation.none_filed"), t("recalculation.none_filed_hint")))


def _order_card(view: RecalculationView) -> html.Section:
    years = [(year, str(year)) for year in view.years]
    days = [(day.isoformat(), date_text(day)) for day in view.days]
    controls = html.Div(
        [
            select(ids.YEAR, t("recalculation.year"), years, str(view.years[0])),
            select(ids.KNOWN_ON, t("recalculation.known_on"), days, days[0][0]),
            button(t("recalculation.order"), ids.ORDER, "primary"),
        ],
        className="restatement-order",
    )
    return card(t("recalculation.order_title"), controls, t("recalculation.order_hint"))


def _batches() -> html.Div:
    return html.Div(
        [
            html.Div(loading("table"), id=ids.BATCHES, role="status"),
            dcc.Interval(id=ids.CLOCK, interval=POLL_MS),
        ]
    )


def _newest(found: Recalculation) -> html.Div:
    if found.state != "done":
        return html.Div(card(_title(found), _state(found)))
    parts = [_tiles(found), card(_title(found), _table(found.changes), _count(found))]
    told = [_inconsistent(found), _left_out(found)]
    return html.Div([*told, *parts, _refused(found)], className="stack")


def _inconsistent(found: Recalculation) -> Component | None:
    if not found.inconsistent:
        return None
    told = html.P(t("recalculation.inconsistent", count=found.inconsistent), role="alert")
    return card(t("findings.open_title"), told, actions=status_mark("watch"))


def _left_out(found: Recalculation) -> Component | None:
    if found.left_out == 0:
        return None
    told = t("recalculation.left_out_untold")
    if found.left_out is not None:
        told = t("recalculation.left_out", count=found.left_out)
    words = [html.P(told), html.P(t("recalculation.left_out_why"), className="muted")]
    title = t("recalculation.left_out_title")
    return card(title, html.Div(words, role="status"), actions=status_mark("watch"))


def _title(found: Recalculation) -> str:
    return t("recalculation.view", year=found.year, known_on=date_text(found.known_on))


def _state(found: Recalculation) -> Component:
    if found.state == "failed":
        return html.P(found.told, className="report-failure", role="alert")
    bar = html.Progress(
        value=str(found.progress), max="1", **{"aria-label": t("recalculation.progress")}
    )
    return html.Div([bar, html.Span(_word(found))], className="report-progress")


def _word(found: Recalculation) -> str:
    if found.state == "running":
        return t("recalculation.running", share=percent(found.progress, 0))
    words = {"queued": "waiting", "done": "done", "failed": "failed"}
    return t(f"recalculation.{words[found.state]}")


def _tiles(found: Recalculation) -> html.Div:
    change = found.restated_t - found.filed_t
    share = percent(change / found.filed_t, 2) if found.filed_t else ""
    return html.Div(
        [
            _tile("filed", found.filed_t, _count(found)),
            _tile("restated", found.restated_t, _title(found)),
            _tile("difference", change, share),
        ],
        className="tiles",
    )


def _tile(name: str, amount_t: float, note: str) -> html.Div:
    value, unit = mass_co2(amount_t)
    exactly = f"{exact(amount_t)} tCO₂e"
    return tile(t(f"recalculation.{name}"), value, unit, note, exact_text=exactly)


def _count(found: Recalculation) -> str:
    changed = sum(change.restated_t != change.filed_t for change in found.changes)
    whole = t("recalculation.organizations", count=len(found.changes))
    return f"{whole} · {t('recalculation.changed', count=changed)}"


def _table(changes: Sequence[Change]) -> Component:
    columns = (
        Column("name", t("recalculation.organization")),
        Column("filed", t("recalculation.filed"), numeric=True, unit="tCO₂e"),
        Column("restated", t("recalculation.restated"), numeric=True, unit="tCO₂e"),
        Column("change", t("recalculation.change"), numeric=True, unit="tCO₂e"),
        Column("share", t("recalculation.share"), numeric=True),
    )
    largest = sorted(changes, key=lambda c: -abs(c.restated_t - c.filed_t))[:MOST_SHOWN]
    table = browser_table(
        columns, [_row(change) for change in largest], t("recalculation.by_organization")
    )
    if len(changes) <= MOST_SHOWN:
        return table
    told = t("recalculation.largest", shown=MOST_SHOWN, all=len(changes))
    return html.Div([html.P(told, className="muted"), table])


def _row(change: Change) -> dict[str, object]:
    difference = change.restated_t - change.filed_t
    share = difference / change.filed_t if change.filed_t else None
    return {
        "name": change.names[language()],
        "filed": _amount(change.filed_t),
        "restated": _amount(change.restated_t),
        "change": _amount(difference),
        "share": Cell(percent(share, 2), share) if share is not None else None,
    }


def _amount(amount_t: float) -> Cell:
    return Cell(number(amount_t, 2), amount_t, exact(amount_t))


def _refused(found: Recalculation) -> Component | None:
    if not found.refused:
        return None
    columns = (
        Column("name", t("recalculation.organization")),
        Column("reason", t("recalculation.reason")),
    )
    rows = [{"name": name, "reason": reason} for name, reason in found.refused]
    return card(t("recalculation.refused"), data_table(columns, rows, sortable=False))


def _earlier(found: Sequence[Recalculation]) -> Component | None:
    if not found:
        return None
    columns = (
        Column("at", t("recalculation.ordered_at")),
        Column("view", t("recalculation.known_on")),
        Column("state", t("recalculation.state")),
        Column("change", t("recalculation.difference"), numeric=True, unit="tCO₂e"),
    )
    rows = [
        {
            "at": datetime_text(each.ordered_at),
            "view": _title(each),
            "state": Cell(badge(_word(each), TONES.get(each.state, "watch")), each.state),
            "change": _amount(each.restated_t - each.filed_t) if each.state == "done" else None,
        }
        for each in found
    ]
    return card(t("recalculation.earlier"), data_table(columns, rows))
