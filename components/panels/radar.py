"""The screening radar: a round to run, rounds that were, and what was passed to the verifier."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import button, select
from components.forms.method_columns import name_of
from components.ids import collection_radar as ids
from components.panels.card import card
from components.panels.radar_hits import HitView, hit_list
from components.panels.states import empty, loading
from components.shell.filters import write_filters
from components.shell.page import page
from components.tables.table import Cell, Column, data_table
from services.collection.radar.rounds import Overview, Running, StoredRound
from services.formatting import datetime_text, exact, percent
from services.i18n.texts import language, t

POLL_MS = 1000


@dataclass(frozen=True, slots=True)
class OverviewView:
    """What the first page of the radar shows; `passed` are hits in words."""

    overview: Overview
    passed: Sequence[HitView]
    sees: Callable[[str], bool]


def radar_screen(view: OverviewView) -> html.Div:
    """Return the first page: a form, rounds by clock, what was passed to the verifier."""
    parts = [_order_card(view.overview), _rounds()]
    if view.passed:
        parts.append(card(t("radar.passed_title"), hit_list(view.passed), t("radar.passed_hint")))
    return page(t("radar.title"), *parts, subtitle=t("radar.subtitle"))


def round_cards(found: Overview) -> html.Div:
    """Return rounds at work, and those that are done."""
    working = [_working(each) for each in found.running]
    parts = [card(t("radar.running_title"), working)] if working else []
    return html.Div([*parts, _done(found.rounds)], className="stack")


def _order_card(found: Overview) -> html.Section:
    places = [(str(p.organization_id), name_of(p.names, p.code)) for p, _ in found.places]
    years = sorted({year for _, each in found.places for year in each}, reverse=True)
    if not years:
        return card(
            t("radar.order_title"), empty(t("radar.nothing_yet"), t("radar.nothing_yet_hint"))
        )
    controls = html.Div(
        [
            select(ids.PLACE, t("radar.place"), places, places[0][0]),
            select(ids.YEAR, t("radar.year"), [(str(y), str(y)) for y in years], str(years[0])),
            button(t("radar.order"), ids.ORDER, "primary"),
        ],
        className="restatement-order",
    )
    return card(t("radar.order_title"), controls, t("radar.order_hint"))


def _rounds() -> html.Div:
    return html.Div(
        [
            html.Div(loading("table"), id=ids.ROUNDS, role="status"),
            dcc.Interval(id=ids.CLOCK, interval=POLL_MS),
        ]
    )


def _working(each: Running) -> Component:
    job = each.job
    place, year = name_of(each.names, ""), int(job.arguments["year"])
    if job.state == "failed":
        told = str(job.error.get(language(), ""))
        return html.P(t("radar.failed", place=place, year=year, told=told), role="alert")
    share = percent(job.progress, 0)
    key = "running" if job.state == "running" else "queued"
    bar = html.Progress(value=str(job.progress), max="1", **{"aria-label": t("radar.progress")})
    words = html.Span(t(f"radar.{key}", place=place, year=year, share=share))
    return html.Div([bar, words], className="report-progress")


def _done(rounds: Sequence[StoredRound]) -> html.Section:
    title = t("radar.rounds_title")
    if not rounds:
        return card(title, empty(t("radar.none"), t("radar.none_hint")))
    columns = [
        Column("round", t("radar.rounds")),
        Column("ended_at", t("radar.ended_at")),
        Column("judged", t("radar.judged"), numeric=True),
        Column("listed", t("radar.listed"), numeric=True),
        Column("by", t("radar.ordered_by")),
    ]
    table = data_table(columns, [_row(each) for each in rounds], caption=title)
    return card(title, html.Div(table, className="first-whole"))


def _row(each: StoredRound) -> Mapping[str, object]:
    name = t("radar.name", place=name_of(each.names, ""), year=each.year)
    address = ids.PATH + write_filters({"round": str(each.round_id)})
    return {
        "round": Cell(dcc.Link(name, href=address), name),
        "ended_at": Cell(datetime_text(each.ended_at), each.ended_at.isoformat()),
        "judged": Cell(exact(each.judged), each.judged),
        "listed": Cell(exact(each.listed), each.listed),
        "by": each.ordered_by_name,
    }
