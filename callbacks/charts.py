"""Files of a chart's numbers: CSV and XLSX that say what they are and where they come from."""

from __future__ import annotations

from typing import Any

import dash
from dash import MATCH, Dash, Input, Output, State, dcc, no_update

from callbacks.context import Context
from callbacks.wiring import wire
from components.ids import shell as ids
from services.clock import now
from services.exports import Sheet, file_name, write
from services.security.permissions import Action


def download(_context: Context, _clicks: list[int], data: dict[str, Any]) -> Any:
    """Return the file of the kind whose button was pressed."""
    if not any(_clicks):
        return no_update
    kind = dash.ctx.triggered_id["format"]
    sheet = Sheet.of_chart(data, now())
    return dcc.send_bytes(write(sheet, kind), file_name(sheet, kind))


def register(app: Dash, context: Context) -> None:
    """Wire the buttons of every chart on every page."""
    wire(
        app,
        context,
        download,
        Output({"type": "chart-download", "chart": MATCH}, "data"),
        Input({"type": "chart-file", "chart": MATCH, "format": dash.ALL}, "n_clicks"),
        State(ids.chart_data(MATCH), "data"),
        permission=Action.VIEW_HOME,
        prevent_initial_call=True,
    )
