"""The four states of every piece: loading, empty, error, stale."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from services.errors import Explanation
from services.i18n.texts import t

SHAPES = ("chart", "table", "tiles", "text")


def loading(shape: str = "chart", height: int | None = None) -> html.Div:
    """Return a skeleton in the final size; shape is chart, table, tiles or text."""
    bars = {"chart": 1, "table": 6, "tiles": 4, "text": 3}[shape]
    style = {"height": f"{height}px"} if height else None
    return html.Div(
        [html.Div(className="skeleton-bar") for _ in range(bars)],
        className=f"skeleton skeleton-{shape}",
        style=style,
        role="status",
        **{"aria-label": t("shell.loading")},
    )


def empty(title: str, hint: str, action: Component | None = None) -> html.Div:
    """Say that there is nothing yet, and what to do next."""
    return html.Div(
        [
            html.Div(className="state-picture state-picture-empty", **{"aria-hidden": "true"}),
            html.P(title, className="state-title"),
            html.P(hint, className="state-hint"),
            action,
        ],
        className="state state-empty",
    )


def error(explanation: Explanation) -> html.Div:
    """Say what happened, why it matters and what the reader can do."""
    where = html.Span(explanation.where, className="state-where") if explanation.where else None
    return html.Div(
        [
            html.Div(className="state-picture state-picture-error", **{"aria-hidden": "true"}),
            html.P([explanation.what, where], className="state-title"),
            html.P(explanation.why, className="state-hint"),
            html.P(explanation.do, className="state-do"),
        ],
        className="state state-error",
        role="alert",
    )


def stale(since: str) -> html.Div:
    """Say since when the numbers below have not moved."""
    return html.Div(
        [html.Span("▲", **{"aria-hidden": "true"}), t("shell.stale", since=since)],
        className="stale",
        role="status",
    )
