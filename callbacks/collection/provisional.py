"""Reactions of the page of provisional emissions: which organization and month (4.2 c)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from callbacks.chosen import number_in
from callbacks.collection.provisional_view import view_of
from callbacks.collection.telemetry_view import organization_in
from callbacks.context import Context
from callbacks.wiring import wire
from components.forms.controls import select
from components.ids import collection_provisional as ids
from components.ids import shell as shell_ids
from components.panels import states
from components.panels.badge import sample_badge
from components.panels.provisional import provisional_cards
from components.shell.filters import filter_bar, write_filters
from components.shell.page import breadcrumb_of
from services import clock
from services.clock import SHANGHAI
from services.collection import telemetry
from services.collection.provisional import MonthPlace, provisional_of
from services.errors import NotFoundError
from services.i18n.texts import language, t
from services.security.permissions import Action

Query = Mapping[str, str]
MONTHS_OFFERED = 13


def show_provisional(context: Context, query: Query) -> list[Component]:
    """Show what the meters tell of the month in the address, else of this month."""
    offered = telemetry.organizations_of(context.actor(), context.database)
    if not offered and not query.get("organization"):
        return [states.empty(t("telemetry.nobody"), t("telemetry.nobody_hint"))]
    now, months = clock.now(), _months()
    month = query.get("month", "") or months[0]
    if month not in months:
        raise NotFoundError("month", value=month[:20])
    place = MonthPlace(organization_in(query, offered), int(month[:4]), int(month[5:]))
    found = provisional_of(context.actor(), context.database, context.catalog, place, now)
    named = [(o.organization_id, o.names[language()]) for o in offered]
    owner = found.organization
    shown = {"organization": owner.organization_id, "month": month}
    return [
        breadcrumb_of([(each.names[language()], "") for each in found.places]),
        filter_bar(
            select(
                ids.ORGANIZATION, t("telemetry.filter.organization"), named, owner.organization_id
            ),
            select(ids.MONTH, t("provisional.month"), [(m, m) for m in months], month),
            actions=sample_badge() if owner.is_sample else None,
        ),
        dcc.Store(id=ids.SHOWN, data=shown),
        html.Div(provisional_cards(view_of(context.catalog, found)), className="stack"),
    ]


def choose(_context: Context, organization: str, month: str, shown: Mapping[str, Any]) -> Any:
    """Write the choice into the address; the page follows the address."""
    chosen = {"organization": number_in(organization, "organization"), "month": str(month)}
    return no_update if chosen == dict(shown) else write_filters(chosen)


def _months() -> list[str]:
    """Return this month and those before it, as YYYY-MM."""
    today = clock.now().astimezone(SHANGHAI)
    last = today.year * 12 + today.month - 1
    return [f"{at // 12}-{at % 12 + 1:02}" for at in range(last, last - MONTHS_OFFERED, -1)]


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    views = partial(wire, app, context, permission=Action.VIEW_TELEMETRY)
    views(show_provisional, Output(ids.CONTENT, "children"), Input(ids.QUERY, "data"))
    views(
        choose,
        Output(shell_ids.LOCATION, "search", allow_duplicate=True),
        Input(ids.ORGANIZATION, "value"),
        Input(ids.MONTH, "value"),
        State(ids.SHOWN, "data"),
        prevent_initial_call=True,
    )
