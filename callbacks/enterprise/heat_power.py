"""Splitting the total of a power plant that supplies heat, on the result page (5.2.1 b)."""

from __future__ import annotations

from functools import partial
from typing import Any

from dash import Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.chosen import place_of_result
from callbacks.context import Context
from callbacks.wiring import wire
from components.forms.method_columns import name_of
from components.ids import enterprise_accounting as ids
from components.panels.heat_power import (
    AskedQuantity,
    HeatPowerView,
    heat_power_table,
    kept_table,
)
from services.accounting.heat_power import (
    HeatPowerOrder,
    heat_power_of,
    heat_power_state,
    keep_heat_power,
)
from services.accounting.results import RunResult
from services.security.permissions import Action
from services.standards.heat_power import GENERATED, POWER, SUPPLIED

FIELDS = {
    SUPPLIED: ids.HEAT_SUPPLIED,
    GENERATED: ids.HEAT_GENERATED,
    POWER: ids.POWER_SUPPLIED,
}


def heat_power_view(context: Context, result: RunResult) -> HeatPowerView | None:
    """Return what the split asks and what is kept; nothing where the method splits nothing."""
    rule = context.catalog.heat_power
    state = heat_power_state(context.actor(), context.database, context.catalog, result)
    if state is None:
        return None
    stored = state.kept.stored if state.kept else state.earlier
    known = stored.quantities if stored else {}
    asked = tuple(
        AskedQuantity(field_id, name_of(rule.names[code], code), rule.units[code], known.get(code))
        for code, field_id in FIELDS.items()
    )
    return HeatPowerView(asked, state)


def split_total(context: Context, clicks: int, *given: Any) -> Component:
    """Show what of the year's total belongs to heat, and what to power.

    Given are the quantities in their order, and the query of the page.
    """
    order = _order(context, clicks, given)
    return heat_power_table(
        heat_power_of(context.actor(), context.database, context.catalog, order)
    )


def keep_split(context: Context, clicks: int, *given: Any) -> Component:
    """Keep the quantities with the year, and show the split with its version."""
    order = _order(context, clicks, given)
    return kept_table(keep_heat_power(context.actor(), context.database, context.catalog, order))


def _order(context: Context, _clicks: int, given: tuple[Any, ...]) -> HeatPowerOrder:
    *quantities, query = given
    place = place_of_result(context, query)
    stated = dict(zip(FIELDS, quantities, strict=True))
    return HeatPowerOrder(place.organization_id, place.year, stated)


def register(app: Dash, context: Context) -> None:
    """Wire the buttons to the split, tried or kept."""
    reacts = partial(wire, app, context, prevent_initial_call=True)
    stated = [State(field_id, "value") for field_id in FIELDS.values()]
    given = (*stated, State(ids.QUERY, "data"))
    shown = Output(ids.HEAT_POWER, "children")
    tried = Input(ids.HEAT_POWER_SPLIT, "n_clicks")
    reacts(split_total, shown, tried, *given, permission=Action.VIEW_RESULT)
    again = Output(ids.HEAT_POWER, "children", allow_duplicate=True)
    kept = Input(ids.HEAT_POWER_KEEP, "n_clicks")
    reacts(keep_split, again, kept, *given, permission=Action.SUBMIT_ACTIVITY)
