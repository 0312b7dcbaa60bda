"""How a campaign stands: its bar, the states in words, and the days that are left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dash import html

from components.panels.badge import badge
from services import clock
from services.collection.campaigns import OVERDUE, STATES
from services.formatting import exact, percent
from services.i18n.texts import t

# From what is done to what is not begun, so that the bar grows from its left.
ORDER = (*reversed(STATES), OVERDUE)
TONES = {
    "accepted": "good",
    "submitted": "accent",
    "checked": "accent",
    "in_progress": "watch",
    "sent_back": "over",
    "not_started": "unknown",
    "overdue": "over",
}
CAMPAIGN_TONES = {"planned": "plain", "open": "good", "over": "watch", "closed": "unknown"}


def state_word(state: str) -> str:
    """Return how far an organization is, in words."""
    return t(f"campaigns.states.{state}")


def called_badge(state: str) -> html.Span:
    """Return how far an organization is, as a badge."""
    return badge(state_word(state), TONES[state])


def campaign_badge(state: str) -> html.Span:
    """Return whether a campaign is planned, open, over or closed, as a badge."""
    return badge(t(f"campaigns.stands.{state}"), CAMPAIGN_TONES[state])


def days_told(due_on: date) -> str:
    """Return how many days are left, in words."""
    left = (due_on - clock.today()).days
    if left < 0:
        return t("campaigns.days_over", days=-left)
    return t("campaigns.days_left", days=left) if left else t("campaigns.due_today")


def campaign_bar(counts: Mapping[str, int]) -> html.Div:
    """Return the shares of all states as one bar, and their counts in words below it."""
    total = sum(counts.values()) or 1
    there = [state for state in ORDER if counts.get(state)]
    parts = [
        html.Span(
            className=f"campaign-part campaign-{state}",
            style={"width": f"{100 * counts[state] / total:.3f}%"},
            title=f"{state_word(state)} {exact(counts[state])}",
        )
        for state in there
    ]
    words = [
        html.Li(
            [
                html.Span(className=f"campaign-mark campaign-{state}", **{"aria-hidden": "true"}),
                f"{state_word(state)} ",
                html.B(exact(counts[state])),
            ]
        )
        for state in there
    ]
    done = counts.get("accepted", 0) / total
    label = t("campaigns.bar", done=percent(done, 0), total=exact(sum(counts.values())))
    return html.Div(
        [
            html.Div(parts, className="campaign-bar", role="img", **{"aria-label": label}),
            html.Ul(words, className="campaign-legend"),
        ]
    )
