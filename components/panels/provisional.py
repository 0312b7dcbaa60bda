"""Emissions of a month as the meters tell them: marked provisional wherever they stand (4.2 c)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dash import html
from dash.development.base_component import Component

from components import theme
from components.figures.days import day_bars
from components.forms.controls import link_button
from components.ids import collection_devices as device_ids
from components.ids import collection_provisional as ids
from components.panels import states
from components.panels.badge import badge, trust_badge
from components.panels.card import card
from components.panels.chart import ChartMeta, DataTable, chart_card
from components.panels.tile import tile
from components.panels.units import unit_text
from components.shell.filters import write_filters
from components.shell.page import tiles
from components.tables.table import Cell, Column, Part, browser_table
from services.errors import Explanation
from services.formatting import exact, mass_co2, number, percent
from services.i18n.texts import t

GRADES = {"within": "good", "soft": "watch", "hard": "over"}
STANDING = {"used": "accent", "drafted": "watch"}
CHART_PX = 300


@dataclass(frozen=True, slots=True)
class MeteredPoint:
    """A point behind an amount, in words: what it gave, how much of the time is known, what odd."""

    point_id: int
    name: str
    amount: str
    known: float
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MeteredRow:
    """An amount with its points, what it computes to, and what an entry holds of it."""

    name: str
    quantity: str
    amount: float
    unit: str
    known: float
    points: Sequence[MeteredPoint]
    co2e_t: float | None
    inputs: Sequence[str]
    standing: str
    differs: bool


@dataclass(frozen=True, slots=True)
class GasView:
    """Flue gas measured beside what is calculated, in words of its rule."""

    measured_t: float
    calculated_t: float | None
    difference: float | None
    grade: str
    known: float
    ways: Sequence[str]
    soft_percent: float
    hard_percent: float
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class ProvisionalView:
    """What is shown of a month."""

    organization_id: int
    year: int
    month_name: str
    as_of: str
    method: str
    total_t: float | None
    rows: Sequence[MeteredRow]
    days: Mapping[date, float]
    notices: Sequence[str]
    unmetered: Sequence[str]
    problem: Explanation | None
    gas: GasView | None


def provisional_cards(view: ProvisionalView) -> list[Component]:
    """Return tiles, the days, the amounts, what is missing, and the measured beside it."""
    if not view.rows:
        way = device_ids.PATH + write_filters({"organization": view.organization_id})
        bind = link_button(t("provisional.to_registry"), way, "primary")
        nothing = states.empty(t("provisional.none"), t("provisional.none_hint"), bind)
        return [card("", nothing), *_gas(view)]
    problem = [states.error(view.problem)] if view.problem else []
    return [_mark(view), *problem, _tiles(view), *_days(view), _amounts(view), *_gas(view)]


def _mark(view: ProvisionalView) -> Component:
    told = t("provisional.warning", month=view.month_name, at=view.as_of, method=view.method)
    notes = html.Ul([html.Li(each) for each in view.notices]) if view.notices else None
    mark = badge(t("provisional.mark"), "hatched", t("provisional.mark_means"))
    return html.Div([html.P([mark, " ", told]), notes], className="provisional-mark", role="note")


def _tiles(view: ProvisionalView) -> Component:
    amount, unit = mass_co2(view.total_t)
    known = min(row.known for row in view.rows)
    missing = len(view.unmetered)
    return tiles(
        tile(
            t("provisional.total"),
            amount,
            unit,
            badge(t("provisional.mark"), "hatched", t("provisional.mark_means")),
            exact_text=exact(view.total_t),
            estimated=True,
        ),
        tile(
            t("provisional.known"),
            percent(known),
            "",
            t("provisional.known_means"),
            "good" if known > 0.99 else "watch",
        ),
        tile(
            t("provisional.unmetered"),
            number(missing, 0),
            "",
            t("provisional.unmetered_means"),
            "watch" if missing else None,
        ),
    )


def _days(view: ProvisionalView) -> list[Component]:
    if not view.days:
        return []
    days = sorted(view.days)
    tonnes = [view.days[day] for day in days]
    unit = mass_co2(1.0)[1]
    columns = (
        Column("day", t("provisional.day")),
        Column("co2e", t("provisional.co2e"), True, unit),
    )
    rows = [{"day": day.isoformat(), "co2e": view.days[day]} for day in days]
    apart = (view.total_t or 0.0) - math.fsum(tonnes)
    note = t("provisional.apart", tonnes=number(apart, 3)) if abs(apart) > 0.0005 else ""
    meta = ChartMeta(
        unit=unit,
        period=view.month_name,
        source=t("provisional.source", method=view.method),
        as_of=view.as_of,
    )
    figure = day_bars(days, tonnes, unit, theme.colour("brand"))
    title = t("provisional.by_day")
    summary = t("provisional.summary", days=len(days), tonnes=number(math.fsum(tonnes), 1))
    return [
        chart_card(
            ids.CHART,
            title,
            figure,
            DataTable(columns, rows),
            meta,
            height=CHART_PX,
            note=note,
            summary=summary,
        )
    ]


def _amounts(view: ProvisionalView) -> Component:
    names = ("what", "amount", "points", "known", "inputs", "co2e", "standing")
    numeric = ("amount", "co2e")
    columns = [Column(name, t(f"provisional.columns.{name}"), name in numeric) for name in names]
    table = browser_table(columns, [_row(row) for row in view.rows], t("provisional.amounts"))
    missing = (
        html.P(t("provisional.missing", names="、".join(view.unmetered)), className="muted")
        if view.unmetered
        else None
    )
    return card(
        t("provisional.amounts"),
        [table, missing],
        t("provisional.amounts_hint"),
        actions=link_button(
            t("provisional.to_entry"),
            "/collection/manual"
            + write_filters({"organization": view.organization_id, "year": view.year}),
        ),
    )


def _row(row: MeteredRow) -> dict[str, object]:
    amount = f"{number(row.amount, 3)} {unit_text(row.unit)}"
    points: list[Part] = []
    for point in row.points:
        address = device_ids.PATH + write_filters({"point": point.point_id})
        points.append(("a", point.name, address))
        told = " · ".join((point.amount, percent(point.known), *point.marks))
        points.append(("small", told))
    standing: list[Part] = [("small", t("provisional.standing.none"))]
    if row.standing:
        name = t(f"provisional.standing.{row.standing}")
        means = t(f"provisional.standing.{row.standing}_means")
        standing = [(f"badge badge-{STANDING[row.standing]}", name, means)]
        if row.differs:
            standing.append(("small", t("provisional.standing.differs")))
    return {
        "what": Cell([("strong", row.name), ("small", row.quantity)], row.name),
        "amount": Cell(amount, row.amount),
        "points": Cell(points),
        "known": Cell(percent(row.known), row.known),
        "inputs": Cell([("small", each) for each in row.inputs] or "—"),
        "co2e": Cell(number(row.co2e_t, 3), row.co2e_t),
        "standing": Cell(standing, row.standing),
    }


def _gas(view: ProvisionalView) -> list[Component]:
    gas = view.gas
    if gas is None:
        return []
    measured, unit = mass_co2(gas.measured_t, "CO₂")
    calculated, other_unit = mass_co2(gas.calculated_t)
    differs = "—" if gas.difference is None else percent(gas.difference)
    shown = tiles(
        tile(
            t("provisional.gas.measured"),
            measured,
            unit,
            t("provisional.gas.known", known=percent(gas.known), ways="、".join(gas.ways)),
            exact_text=exact(gas.measured_t),
        ),
        tile(
            t("provisional.gas.calculated"),
            calculated,
            other_unit,
            t("provisional.gas.calculated_means"),
            exact_text=exact(gas.calculated_t),
        ),
        tile(
            t("provisional.gas.difference"),
            differs,
            "",
            t(f"provisional.gas.{gas.grade or 'unknown'}"),
            GRADES.get(gas.grade),
        ),
    )
    rule = t(
        "provisional.gas.rule",
        soft=number(gas.soft_percent, 0),
        hard=number(gas.hard_percent, 0),
        source=gas.source,
    )
    foot = html.P([rule, " ", trust_badge(gas.status)])
    return [card(t("provisional.gas.title"), shown, t("provisional.gas.hint"), footer=foot)]
