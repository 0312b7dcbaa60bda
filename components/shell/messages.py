"""The message area: what happened, why it matters, what to do."""

from __future__ import annotations

from dash import html

from components.panels.states import place_text
from services.errors import Explanation
from services.i18n.texts import t

TONES = ("good", "watch", "over", "info")


def error_message(explanation: Explanation) -> html.Div:
    """Return a message about something that did not work."""
    place = place_text(explanation.where)
    where = html.Span(place, className="message-where") if place else None
    return _message(
        "over",
        [
            html.P([where, explanation.what], className="message-what"),
            html.P(explanation.why),
            html.P(explanation.do, className="message-do"),
        ],
    )


def notice(text: str, tone: str = "good") -> html.Div:
    """Return a short message; tone is good, watch, over or info.

    Show it with `dash.set_props(components.ids.shell.MESSAGES, {"children": notice(…)})`.
    """
    return _message(tone, [html.P(text, className="message-what")])


def _message(tone: str, parts: list[html.P]) -> html.Div:
    mark = {"good": "✓", "watch": "▲", "over": "■", "info": "i"}[tone]
    close = html.Button(
        "×",
        type="button",
        className="message-close",
        **{"data-close": "message", "aria-label": t("shell.close")},
    )
    return html.Div(
        [
            html.Span(mark, className="message-mark", **{"aria-hidden": "true"}),
            html.Div(parts, className="message-text"),
            close,
        ],
        className=f"message message-{tone}",
        role="alert" if tone == "over" else "status",
    )
