"""The four states of every piece: loading, empty, error, stale."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from services.errors import Explanation
from services.i18n.texts import has_text, t

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
    return _nothing("empty", title, hint, action)


def calm(title: str, hint: str) -> html.Div:
    """Say that there is nothing because all is well."""
    return _nothing("calm", title, hint)


def lost(title: str, hint: str, action: Component) -> html.Div:
    """Say that nothing is known of what was asked for, and how to go on."""
    return _nothing("lost", title, hint, action)


def _nothing(kind: str, title: str, hint: str, action: Component | None = None) -> html.Div:
    return html.Div(
        [
            _picture(kind),
            html.P(title, className="state-title"),
            html.P(hint, className="state-hint"),
            action,
        ],
        className="state state-empty",
    )


def _picture(kind: str) -> html.Div:
    return html.Div(className=f"state-picture state-picture-{kind}", **{"aria-hidden": "true"})


def error(explanation: Explanation, action: Component | None = None) -> html.Div:
    """Say what happened, why it matters and what the reader can do."""
    where = place_text(explanation.where)
    place = html.Span(where, className="state-where") if where else None
    return html.Div(
        [
            _picture("error"),
            html.P([explanation.what, place], className="state-title"),
            html.P(explanation.why, className="state-hint"),
            html.P(explanation.do, className="state-do"),
            action,
        ],
        className="state state-error",
        role="alert",
    )


def place_text(where: str) -> str:
    """Return where an error happened in people's words, where the texts know them."""
    key = f"where.{where}"
    return t(key) if where.isidentifier() and has_text(key) else where


def stale(since: str) -> html.Div:
    """Say since when the numbers below have not moved."""
    return html.Div(
        [html.Span("▲", **{"aria-hidden": "true"}), t("shell.stale", since=since)],
        className="stale",
        role="status",
    )
