"""Reactions of the screening radar's page: run a round, read its list, mark, export (4.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import dash
from dash import MATCH, Dash, Input, Output, State, dcc
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from callbacks.context import Context
from callbacks.pressed import pressed_uuid
from callbacks.row_comment_words import names_of
from callbacks.wiring import wire
from components.forms.method_columns import name_of
from components.ids import collection_radar as ids
from components.ids import shell as shell_ids
from components.panels.radar import OverviewView, radar_screen, round_cards
from components.panels.radar_hits import HitView, hit_card, mark_words, round_screen, told_of
from components.panels.radar_words import chance_words
from components.shell.messages import notice
from services import clock
from services.collection.radar import rounds
from services.collection.radar.rounds import MarkOrder, RoundOrder, RoundView, StoredHit
from services.errors import NotFoundError
from services.exports import Sheet, file_name, write
from services.formatting import datetime_text, exact
from services.i18n.texts import t
from services.security.permissions import Action
from services.standards.catalog import Catalog
from services.standards.problems import BadYearError

Query = Mapping[str, str]
# What the clock is told: go on, or stop.
GO_ON, STOP = -1, 0
YEAR_DIGITS, MOST_DIGITS = 4, 8
EXPORTED = ("rank", "organization", "code", "year", "how_seldom", "why", "last_mark")


def show_radar(context: Context, query: Query) -> Component:
    """Show the round that the address names, else all of them."""
    actor = context.actor()
    if query.get("round"):
        found = rounds.round_of(actor, context.database, _id(query), _start(query))
        return round_screen(found, _views(context, found.hits, found.others))
    overview = rounds.overview(actor, context.database)
    sees = partial(actor.may, Action.VIEW_RESULT)
    return radar_screen(
        OverviewView(overview, _views(context, overview.passed, overview.others), sees)
    )


def show_rounds(context: Context, _ticks: int, query: Query) -> tuple[Component, int]:
    """Show the rounds; the clock goes on while one is at work."""
    if query.get("round"):
        raise PreventUpdate
    found = rounds.overview(context.actor(), context.database)
    is_open = any(each.job.state in ("queued", "running") for each in found.running)
    return round_cards(found), GO_ON if is_open else STOP


def order_round(
    context: Context, _clicks: int, place: str | None, year: str | None, query: Query
) -> tuple[Component, int]:
    """Order a round, then show it on its way."""
    order = RoundOrder(_place(place), _year(year))
    rounds.order_round(context.actor(), context.database, context.queue, order)
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t("radar.ordered"))})
    return show_rounds(context, 0, query)


def mark(context: Context, _clicks: int, *typed: Any) -> Component:
    """Keep what somebody found of the submission whose button was pressed; show it so."""
    verdict, comment, query = typed
    submission = pressed_uuid("submission")
    order = MarkOrder(_round_of(context, query, submission), submission, str(verdict or ""),
                      str(comment or ""))  # fmt: skip
    done, others = rounds.mark_hit(context.actor(), context.database, order)
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t("radar.was_marked"))})
    (view,) = _views(context, (done,), others)
    return hit_card(view)


def download(context: Context, _csv: int, _xlsx: int, query: Query) -> Any:
    """Return the whole list as a file of the kind whose button was pressed."""
    kind = "csv" if dash.ctx.triggered_id == ids.CSV else "xlsx"
    found = rounds.take_round(context.actor(), context.database, _id(query))
    sheet = _sheet(found, _views(context, found.hits, found.others))
    return dcc.send_bytes(write(sheet, kind), file_name(sheet, kind))


def _views(
    context: Context, hits: Sequence[StoredHit], others: Mapping[int, Mapping[str, str]]
) -> list[HitView]:
    actor = context.actor()
    named = {key: name_of(names, "") for key, names in others.items()}
    methods = {hit.method for hit in hits}
    names = {method: _names(context.catalog, method) for method in methods}
    return [
        HitView(hit, names[hit.method], named, actor.may(Action.VIEW_RESULT, hit.access_path))
        for hit in hits
    ]


def _names(catalog: Catalog, method: str) -> dict[str, str]:
    """Return the names of sources, items, and of quantities by source and symbol."""
    sources = catalog.describe(method).sources
    symbols = {
        f"{source.source}.{each.symbol}": name_of(each.names, each.symbol)
        for source in sources
        for each in source.symbols
    }
    return names_of(catalog, method) | symbols


def _round_of(context: Context, query: Query, submission: UUID) -> UUID:
    """Return the round on screen; on the first page, that of the hit which was passed on."""
    if query.get("round"):
        return _id(query)
    passed = rounds.overview(context.actor(), context.database).passed
    found = next((hit for hit in passed if hit.submission_id == submission), None)
    if found is None:
        raise NotFoundError("radar_hit", value=str(submission)[:8])
    return found.round_id


def _sheet(found: RoundView, views: Sequence[HitView]) -> Sheet:
    asked = found.found
    about = (
        (t("radar.over"), name_of(asked.names, "")),
        (t("radar.year"), str(asked.year)),
        (t("radar.ended_at"), datetime_text(asked.ended_at)),
        (t("radar.ordered_by"), asked.ordered_by_name),
        (t("radar.judged"), exact(asked.judged)),
        (t("radar.listed"), exact(asked.listed)),
        (t("export.made_at"), datetime_text(clock.now())),
    )
    headings = tuple(t(f"radar.{name}") for name in EXPORTED)
    title = t("radar.name", place=name_of(asked.names, ""), year=asked.year)
    return Sheet(title, about, headings, tuple(_cells(view) for view in views))


def _cells(view: HitView) -> tuple[str | int | None, ...]:
    hit = view.hit
    return (
        hit.place,
        name_of(hit.names, hit.code),
        hit.code,
        str(hit.year),
        chance_words(hit.chance),
        "\n".join(told_of(view)),
        mark_words(hit.marks[0]) if hit.marks else None,
    )


def _id(query: Query) -> UUID:
    named = str(query.get("round") or "")
    try:
        return UUID(named)
    except ValueError:
        raise NotFoundError("radar_round", value=named[:40]) from None


def _start(query: Query) -> int:
    start = str(query.get("from") or "0")
    if not (start.isascii() and start.isdecimal() and len(start) < MOST_DIGITS):
        raise NotFoundError("radar_round", value=start[:40])
    return int(start)


def _place(text: str | None) -> int:
    named = str(text or "")
    if not (named.isascii() and named.isdecimal() and len(named) < 16):
        raise NotFoundError("organization", value=named[:40])
    return int(named)


def _year(text: str | None) -> int:
    if not (text and str(text).isdecimal() and len(str(text)) == YEAR_DIGITS):
        raise BadYearError("year", value=str(text)[:20])
    return int(text)


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    query = State(ids.QUERY, "data")
    wired = partial(wire, app, context, permission=Action.RUN_RADAR)
    wired(
        show_radar,
        Output(ids.CONTENT, "children"),
        Input(ids.QUERY, "data"),
        whole_page="radar.title",
    )
    wired(
        show_rounds,
        Output(ids.ROUNDS, "children"),
        Output(ids.CLOCK, "max_intervals"),
        Input(ids.CLOCK, "n_intervals"),
        query,
        # A slow answer must never be overtaken by the next question.
        running=[(Output(ids.CLOCK, "disabled"), True, False)],
    )
    wired(
        order_round,
        Output(ids.ROUNDS, "children", allow_duplicate=True),
        Output(ids.CLOCK, "max_intervals", allow_duplicate=True),
        Input(ids.ORDER, "n_clicks"),
        State(ids.PLACE, "value"),
        State(ids.YEAR, "value"),
        query,
        prevent_initial_call=True,
        running=[(Output(ids.ORDER, "disabled"), True, False)],
    )
    _register_list(app, context)


def _register_list(app: Dash, context: Context) -> None:
    """Wire what is done with the list of a round."""
    query = State(ids.QUERY, "data")
    wired = partial(wire, app, context, permission=Action.RUN_RADAR, prevent_initial_call=True)
    wired(
        mark,
        Output(ids.hit(MATCH), "children"),
        Input(ids.mark(MATCH), "n_clicks"),
        State(ids.verdict(MATCH), "value"),
        State(ids.comment(MATCH), "value"),
        query,
    )
    wired(
        download,
        Output(ids.FILE, "data"),
        Input(ids.CSV, "n_clicks"),
        Input(ids.XLSX, "n_clicks"),
        query,
        needs_step_up=True,
    )
