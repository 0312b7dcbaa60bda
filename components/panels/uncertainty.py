"""How sure a result is: bands, what makes them, the trend, and what has no number (5.2.1 b)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components.forms.controls import button
from components.ids import enterprise_accounting as ids
from components.panels.badge import badge, trust_badge
from components.panels.card import card
from components.tables.table import Cell, Column, data_table
from services.accounting.bands import Band
from services.formatting import exact, number, percent
from services.i18n.texts import t
from services.standards.missing import NOTATIONS

MASS_DIGITS = 2
CARD_ID = "result-uncertainty"


@dataclass(frozen=True, slots=True)
class BandRow:
    """A total or source with its interval; `mean_t` is that of a simulation."""

    label: str
    band: Band
    mean_t: float | None = None


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One quantity and the share of the variance it makes; `rule` says who gave its half-width."""

    quantity: str
    symbol: str
    origin: str
    lines: int
    half_width: float
    rule: str
    status: str
    share: float


@dataclass(frozen=True, slots=True)
class TrendText:
    """The change since a base year with its interval, in words, and the sources that make it."""

    told: str
    rows: Sequence[tuple[str, float, float, float, float]]


@dataclass(frozen=True, slots=True)
class MissingRow:
    """A row of the entry without a number."""

    row: int
    what: str
    notation: str
    note: str


@dataclass(frozen=True, slots=True)
class UncertaintyView:
    """What the card shows; `why_unknown` stands in place of the bands where there are none.

    `months` are what is entered by month and the months it has no row for, in words.
    """

    bands: Sequence[BandRow]
    shares: Sequence[ShareRow]
    trend: TrendText | None
    missing: Sequence[MissingRow]
    completeness: float
    why_unknown: str = ""
    months: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class SimulationView:
    """What a simulation found, and how it was drawn."""

    told: str
    bands: Sequence[BandRow]
    shares: Sequence[ShareRow]
    trend: str = ""


def uncertainty_card(view: UncertaintyView) -> html.Section:
    """Return the card of bands, contributions, trend and gaps."""
    parts: list[Component] = [_missing(view)]
    if view.why_unknown:
        parts.append(html.P(view.why_unknown, className="why-not"))
    else:
        parts += [
            _band_table(view.bands),
            _share_table(view.shares),
            *([_trend(view.trend)] if view.trend else []),
            _simulate(),
        ]
    return card(
        t("uncertainty.title"),
        html.Div(parts, className="uncertainty"),
        t("uncertainty.hint"),
        card_id=CARD_ID,
    )


def simulation_part(view: SimulationView) -> html.Div:
    """Return what a simulation found."""
    parts: list[Component] = [html.P(view.told), _band_table(view.bands)]
    if view.trend:
        parts.append(html.P(view.trend))
    return html.Div([*parts, _share_table(view.shares)], className="uncertainty")


def completeness_badge(completeness: float) -> html.Span | None:
    """Return the mark of a total that lacks something, or nothing."""
    if completeness >= 1:
        return None
    text = t("uncertainty.incomplete", share=percent(completeness, 0))
    return badge(text, "over", t("uncertainty.incomplete_meaning"))


def _missing(view: UncertaintyView) -> Component:
    if not (view.missing or view.months):
        return html.P(t("uncertainty.complete"), className="muted")
    told = t("uncertainty.completeness", share=percent(view.completeness, 0))
    tables = [*(_missing_rows(view) if view.missing else ())]
    tables += [*(_missing_months(view) if view.months else ())]
    return html.Div([html.P(told), *tables])


def _missing_rows(view: UncertaintyView) -> list[Component]:
    columns = (
        Column("row", t("result.lines.row"), numeric=True),
        Column("what", t("result.lines.source")),
        Column("why", t("uncertainty.why")),
        Column("note", t("uncertainty.note")),
    )
    rows = [
        {
            "row": missing.row,
            "what": missing.what,
            "why": _notation(missing.notation),
            "note": missing.note,
        }
        for missing in view.missing
    ]
    title = t("uncertainty.missing")
    return [html.H3(title), data_table(columns, rows, caption=title, sortable=False)]


def _missing_months(view: UncertaintyView) -> list[Component]:
    title = t("uncertainty.months")
    columns = (Column("what", t("result.lines.source")), Column("months", title))
    rows = [{"what": what, "months": months} for what, months in view.months]
    table = data_table(columns, rows, caption=title, sortable=False)
    return [html.H3(title), html.P(t("uncertainty.months_hint"), className="muted"), table]


def _notation(notation: str) -> html.Span:
    name = f"{NOTATIONS[notation]} · {t(f'notation.{notation}.name')}"
    return badge(name, "unknown", t(f"notation.{notation}.meaning"))


def _band_table(rows: Sequence[BandRow]) -> html.Div:
    has_mean = any(row.mean_t is not None for row in rows)
    names = ("value", *(("mean",) if has_mean else ()), "low", "high", "half_width")
    columns = (
        Column("label", t("uncertainty.of")),
        *(Column(name, t(f"uncertainty.{name}"), numeric=True) for name in names),
    )
    cells = [
        {
            "label": row.label,
            "value": _tonnes(row.band.value_t),
            "mean": None if row.mean_t is None else _tonnes(row.mean_t),
            "low": _tonnes(row.band.low_t),
            "high": _tonnes(row.band.high_t),
            "half_width": Cell(band_text(row.band) or "—", row.band.share),
        }
        for row in rows
    ]
    return data_table(columns, cells, caption=t("uncertainty.bands"), sortable=False)


def band_text(band: Band | None) -> str:
    """Return the relative half-width of a band: ±4.5%; nothing where there is none."""
    if band is None or band.share is None:
        return ""
    return f"±{percent(band.share)}"


def _tonnes(value: float) -> Cell:
    return Cell(number(value, MASS_DIGITS), value, exact(value))


def _share_table(rows: Sequence[ShareRow]) -> html.Details:
    columns = (
        Column("quantity", t("uncertainty.quantity")),
        Column("origin", t("result.detail.origin")),
        Column("lines", t("uncertainty.lines"), numeric=True),
        Column("half_width", t("uncertainty.half_width"), numeric=True),
        Column("rule", t("uncertainty.rule")),
        Column("status", t("result.detail.status")),
        Column("share", t("uncertainty.share"), numeric=True),
    )
    cells = [
        {
            "quantity": html.Span([html.I(row.symbol), f" {row.quantity}"]),
            "origin": trust_badge(row.origin),
            "lines": row.lines,
            "half_width": Cell(f"±{percent(row.half_width)}", row.half_width),
            "rule": row.rule or t("uncertainty.given"),
            "status": trust_badge(row.status),
            "share": Cell(percent(row.share), row.share),
        }
        for row in rows
    ]
    table = data_table(columns, cells, caption=t("uncertainty.contributions"), sortable=False)
    return _more(t("uncertainty.contributions"), table)


def _trend(trend: TrendText) -> html.Div:
    names = ("trend_row", "base_t", "current_t", "level_share", "trend_share")
    columns = (
        Column(names[0], t("result.lines.source")),
        *(Column(name, t(f"uncertainty.{name}"), numeric=True) for name in names[1:]),
    )
    rows = [
        {
            "trend_row": label,
            "base_t": _tonnes(base),
            "current_t": _tonnes(current),
            "level_share": Cell(percent(level), level),
            "trend_share": Cell(percent(share), share),
        }
        for label, base, current, level, share in trend.rows
    ]
    table = data_table(columns, rows, caption=t("uncertainty.trend"), sortable=False)
    return html.Div([html.P(trend.told), _more(t("uncertainty.trend"), table)])


def _more(title: str, table: Component) -> html.Details:
    """Return a table that opens when it is asked for: on a phone each row is a card."""
    return html.Details([html.Summary(title), table])


def _simulate() -> html.Div:
    order = button(t("uncertainty.simulate"), ids.SIMULATE)
    return html.Div([order, html.Div(id=ids.SIMULATION)], className="uncertainty-simulation")
