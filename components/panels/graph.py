"""One way to put a Plotly figure on a page: our template, our words, no cloud."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from dash import dcc

from components import theme
from services.i18n.texts import language

DEFAULT_HEIGHT = 320


def graph(
    graph_id: str | dict[str, str],
    figure: go.Figure | None = None,
    height: int = DEFAULT_HEIGHT,
    *,
    class_name: str = "",
) -> dcc.Graph:
    """Return a graph of fixed height, so that nothing jumps when its data arrives."""
    return dcc.Graph(
        id=graph_id,
        figure=themed(figure if figure is not None else go.Figure()),
        config=config(),
        style={"height": f"{height}px"},
        className=f"graph {class_name}".strip(),
    )


def themed(figure: go.Figure) -> dict[str, Any]:
    """Return the figure with the template of the visitor's theme; use it in callbacks too.

    As plain values: handed to Plotly's objects, the template would be validated and copied for
    every figure of every visitor, which was half of the time of a page.
    """
    plain: dict[str, Any] = figure.to_dict()
    plain["layout"]["template"] = theme.template_values(theme.current())
    return plain


def config() -> dict[str, Any]:
    """Return the settings of every graph.

    plotly.js 4 offers by default to upload the data to its makers' cloud; that is off here.
    """
    return {
        "displayModeBar": False,
        "displaylogo": False,
        "showSendToCloud": False,
        "modeBarButtonsToRemove": ["sendChartToCloud"],
        "locale": language(),
        "responsive": True,
        "scrollZoom": False,
        "doubleClick": False,
    }
