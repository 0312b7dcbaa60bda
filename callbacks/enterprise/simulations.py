"""How sure the result on screen is: by propagation at once, by simulation when asked (5.2.1 b)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from dash import Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.chosen import Chosen, place_of_result
from callbacks.context import Context
from callbacks.enterprise.result_view import material_of
from callbacks.enterprise.uncertainty_view import simulation_view
from callbacks.wiring import wire
from components.ids import enterprise_accounting as ids
from components.panels.uncertainty import simulation_part
from services.accounting import reading
from services.accounting.bands import Certainty
from services.accounting.results import RunResult
from services.accounting.uncertainty import (
    UncertaintyOrder,
    certainty_of_result,
    simulation_of,
)
from services.security.permissions import Action

Query = Mapping[str, str]


def certainty_on_screen(context: Context, chosen: Chosen, result: RunResult) -> Certainty:
    """Return the bands of a result against the first earlier year, or why there are none."""
    earlier = [s.run for s in chosen.states if s.run and s.year < result.summary.year]
    base = min(earlier, key=lambda run: run.year, default=None)
    return certainty_of_result(context.actor(), context.database, context.catalog, result, base)


def simulate(context: Context, _clicks: int, query: Query) -> Component:
    """Draw the quantities of the run on screen many times."""
    place, actor = place_of_result(context, query), context.actor()
    result = reading.result_of(actor, context.database, place.organization_id, place.year)
    order = UncertaintyOrder(place.organization_id, place.year, result.summary.run_id)
    found = simulation_of(actor, context.database, context.catalog, order)
    return simulation_part(simulation_view(material_of(context, result), found))


def register(app: Dash, context: Context) -> None:
    """Wire the button to the simulation."""
    sees = partial(wire, app, context, permission=Action.VIEW_RESULT, prevent_initial_call=True)
    pressed = Input(ids.SIMULATE, "n_clicks")
    sees(simulate, Output(ids.SIMULATION, "children"), pressed, State(ids.QUERY, "data"))
