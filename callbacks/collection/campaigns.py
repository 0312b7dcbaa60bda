"""Reactions of the campaigns' page: open, see how far everybody is, remind, close (4.2 a)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

import dash
from dash import ALL, Dash, Input, Output, State, dcc
from dash.development.base_component import Component

from callbacks.collection.campaign_form import FIELDS, order_of
from callbacks.context import Context
from callbacks.pressed import pressed
from callbacks.wiring import wire
from components.forms.method_columns import name_of
from components.ids import collection_campaigns as ids
from components.ids import shell as shell_ids
from components.panels.campaign_bar import state_word
from components.panels.campaign_list import ListView, called_note, campaigns_screen
from components.panels.campaign_page import CampaignView, campaign_screen
from components.shell.filters import write_filters
from components.shell.messages import notice
from services import clock
from services.collection import campaigns, reminders
from services.collection.campaigns import OVERDUE, STATES, CalledState, Progress, Sought
from services.collection.editions import methods_for
from services.errors import NotFoundError
from services.exports import Sheet, file_name, write
from services.formatting import date_text, datetime_text
from services.i18n.texts import language, t
from services.security.permissions import Action

Query = Mapping[str, str]
LONGEST, MOST_DIGITS = 80, 8
EXPORTED = ("name", "code", "state", "filled", "needed", "edited_at", "submitted_at", "decided_at")


def show_campaigns(context: Context, query: Query) -> Component:
    """Show the campaign that the address names, else all of them."""
    if query.get("campaign"):
        return _campaign(context, query)
    actor = context.actor()
    issuers = campaigns.issuers_of(actor, context.database)
    methods = methods_for(context.catalog, clock.today().year - 1)
    return campaigns_screen(
        ListView(
            campaigns.campaigns_of(actor, context.database),
            str(query.get("stands") or ""),
            [(str(o.organization_id), name_of(o.names, o.code)) for o in issuers],
            [(m.designation, f"{m.designation} {name_of(m.names, '')}") for m in methods],
        )
    )


def preview(context: Context, _clicks: int, *given: Any) -> Component:
    """Show whom the campaign in the form would call."""
    return called_note(
        campaigns.preview_campaign(context.actor(), context.database, order_of(given))
    )


def open_campaign(context: Context, _clicks: int, *given: Any) -> str:
    """Open the campaign in the form, then go to its page."""
    opened = campaigns.open_campaign(
        context.actor(), context.database, context.catalog, order_of(given)
    )
    return ids.PATH + write_filters({"campaign": str(opened.campaign_id)})


def remind_all(context: Context, _clicks: int, query: Query) -> str:
    """Remind everybody who has not handed in, and say how many were told."""
    count = reminders.remind(context.actor(), context.database, _id(query))
    return t("campaigns.reminded", count=count)


def remind_one(context: Context, _clicks: list[int], query: Query) -> str:
    """Remind one organization, and say whether it was told today before."""
    named = pressed("called")
    if type(named) is not int:
        raise NotFoundError("organization", value=str(named)[:40])
    count = reminders.remind(context.actor(), context.database, _id(query), named)
    return t("campaigns.reminded", count=count)


def close(context: Context, _clicks: int, query: Query) -> Component:
    """End the campaign, then show it."""
    campaigns.close_campaign(context.actor(), context.database, _id(query))
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t("campaigns.was_closed"))})
    return _campaign(context, query)


def download(context: Context, _csv: int, _xlsx: int, query: Query) -> Any:
    """Return everybody who is sought as a file of the kind whose button was pressed."""
    kind = "csv" if dash.ctx.triggered_id == ids.CSV else "xlsx"
    found = campaigns.take_progress(context.actor(), context.database, _id(query), _sought(query))
    sheet = _sheet(found, query)
    return dcc.send_bytes(write(sheet, kind), file_name(sheet, kind))


def _campaign(context: Context, query: Query) -> Component:
    actor = context.actor()
    found = campaigns.progress_of(actor, context.database, _id(query), _sought(query))
    sees = partial(actor.may, Action.VIEW_RESULT)
    return campaign_screen(CampaignView(found, _state(query), sees))


def _sought(query: Query) -> Sought:
    state, start = _state(query), str(query.get("from") or "0")
    if not (start.isascii() and start.isdecimal() and len(start) < MOST_DIGITS):
        raise NotFoundError("campaign", value=start[:40])
    states = (state,) if state else (*STATES, OVERDUE)
    words = str(query.get("find") or "").strip()[:LONGEST]
    return Sought(states, words, int(start), campaigns.PAGE)


def _state(query: Query) -> str:
    state = str(query.get("state") or "")
    return state if state in (*STATES, OVERDUE) else ""


def _id(query: Query) -> UUID:
    named = str(query.get("campaign") or "")
    try:
        return UUID(named)
    except ValueError:
        raise NotFoundError("campaign", value=named[:40]) from None


def _sheet(found: Progress, query: Query) -> Sheet:
    asked = found.standing.campaign
    state = _state(query)
    about = (
        (t("campaigns.issuer"), name_of(asked.issuer, "")),
        (t("campaigns.year"), str(asked.year)),
        (t("campaigns.due_on"), date_text(asked.due_on)),
        (t("campaigns.state"), state_word(state) if state else t("campaigns.all")),
        (t("organizations.find"), found.sought.words or "—"),
        (t("export.made_at"), datetime_text(clock.now())),
    )
    headings = tuple(t(f"campaigns.{name}") for name in EXPORTED)
    rows = tuple(_cells(found, each) for each in found.called)
    return Sheet(asked.name, about, headings, rows)


def _cells(found: Progress, each: CalledState) -> tuple[str | int | None, ...]:
    state = campaigns.shown_state(found.standing.campaign, each.state)
    times = (each.edited_at, each.submitted_at, each.decided_at)
    return (
        each.names[language()],
        each.code,
        state_word(state),
        each.filled,
        each.needed,
        *(datetime_text(at) if at else None for at in times),
    )


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    query = State(ids.QUERY, "data")
    wire(
        app,
        context,
        show_campaigns,
        Output(ids.CONTENT, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.VIEW_CAMPAIGNS,
        whole_page="campaigns.title",
    )
    typed = [State(name, "value") for name in FIELDS]
    manages = partial(
        wire, app, context, permission=Action.MANAGE_CAMPAIGNS, prevent_initial_call=True
    )
    manages(preview, Output(ids.PREVIEWED, "children"), Input(ids.PREVIEW, "n_clicks"), *typed)
    # A second press while the first is on its way would open the campaign twice.
    busy = [(Output(ids.OPEN, "disabled"), True, False)]
    done = Output(ids.DONE, "href")
    manages(open_campaign, done, Input(ids.OPEN, "n_clicks"), *typed, running=busy)
    told = Output(ids.REMINDED, "children")
    manages(remind_all, told, Input(ids.REMIND_ALL, "n_clicks"), query)
    again = Output(ids.REMINDED, "children", allow_duplicate=True)
    manages(remind_one, again, Input(ids.remind(ALL), "n_clicks"), query)
    shown = Output(ids.CONTENT, "children", allow_duplicate=True)
    manages(close, shown, Input(ids.CLOSE, "n_clicks"), query)
    wire(
        app,
        context,
        download,
        Output(ids.FILE, "data"),
        Input(ids.CSV, "n_clicks"),
        Input(ids.XLSX, "n_clicks"),
        query,
        permission=Action.VIEW_CAMPAIGNS,
        needs_step_up=True,
        prevent_initial_call=True,
    )
