"""Files of a chart's numbers: CSV and XLSX that say what they are and where they come from."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import dash
from dash import MATCH, Dash, Input, Output, State, dcc
from flask import request

from callbacks.context import Context
from callbacks.layouts import place_of
from callbacks.pressed import pressed
from callbacks.wiring import wire
from components.ids import shell as ids
from services.clock import now
from services.exports import Sheet, file_name, write
from services.i18n.texts import t
from services.security.permissions import Action
from services.security.readings import note_table

LONGEST = 120


def download(context: Context, _clicks: list[int], data: dict[str, Any]) -> Any:
    """Return the file of the kind whose button was pressed, with the label of its page."""
    kind = pressed("format")
    place = place_of(urlsplit(request.referrer or "").path)
    action = place.permission if place else Action.VIEW_HOME
    label = note_table(context.database, context.actor(), action, str(data.get("title"))[:LONGEST])
    sheet = Sheet.of_chart(data, now(), t(f"labels.level.{label.word}"))
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
        needs_step_up=True,
        prevent_initial_call=True,
    )
