"""Splitting the total of a power plant that supplies heat, on the result page (5.2.1 b)."""

from __future__ import annotations

from functools import partial
from typing import Any

from dash import Dash, Input, Output, State
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from callbacks.chosen import place_of_result
from callbacks.context import Context
from callbacks.wiring import wire
from components.forms.method_columns import name_of
from components.ids import enterprise_accounting as ids
from components.panels.heat_power import AskedQuantity, heat_power_table
from services.accounting.heat_power import HeatPowerOrder, heat_power_of
from services.security.permissions import Action
from services.standards.heat_power import GENERATED, POWER, SUPPLIED

FIELDS = {
    SUPPLIED: ids.HEAT_SUPPLIED,
    GENERATED: ids.HEAT_GENERATED,
    POWER: ids.POWER_SUPPLIED,
}


def asked_by(context: Context, method: str) -> tuple[AskedQuantity, ...]:
    """Return what the split of a method asks for; nothing where the method has none."""
    rule = context.catalog.heat_power
    if method not in rule.references:
        return ()
    return tuple(
        AskedQuantity(field_id, name_of(rule.names[code], code), rule.units[code])
        for code, field_id in FIELDS.items()
    )


def split_total(context: Context, clicks: int, *given: Any) -> Component:
    """Show what of the year's total belongs to heat, and what to power.

    Given are the quantities in their order, and the query of the page.
    """
    if not clicks:
        raise PreventUpdate
    *quantities, query = given
    place = place_of_result(context, query)
    stated = dict(zip(FIELDS, quantities, strict=True))
    order = HeatPowerOrder(place.organization_id, place.year, stated)
    return heat_power_table(
        heat_power_of(context.actor(), context.database, context.catalog, order)
    )


def register(app: Dash, context: Context) -> None:
    """Wire the button to the split."""
    sees = partial(wire, app, context, permission=Action.VIEW_RESULT, prevent_initial_call=True)
    pressed = Input(ids.HEAT_POWER_SPLIT, "n_clicks")
    stated = (State(field_id, "value") for field_id in FIELDS.values())
    query = State(ids.QUERY, "data")
    sees(split_total, Output(ids.HEAT_POWER, "children"), pressed, *stated, query)
