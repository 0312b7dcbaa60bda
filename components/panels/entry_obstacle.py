"""Why a year cannot be entered by its method, and which editions cover the year (4.2 a)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components.forms.entry_view import Choice
from components.panels.badge import badge
from components.panels.states import error
from services.errors import Explanation
from services.i18n.texts import t


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition of a standard with its days, the last one empty while it is open."""

    method: Choice
    first: str
    last: str
    is_loaded: bool


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why nothing can be entered, and the editions of the same standard that cover the year."""

    explanation: Explanation
    editions: Sequence[Edition]


def obstacle_panel(obstacle: Obstacle, year: int) -> html.Div:
    """Return the reason, the editions of that year, and whether each can be used."""
    parts = [error(obstacle.explanation), *_editions(obstacle.editions, year)]
    return html.Div(parts, className="entry-obstacle")


def _editions(editions: Sequence[Edition], year: int) -> list[Component]:
    if not editions:
        return [html.P(t("entry.obstacle.no_edition", year=year))]
    listed = html.Ul([_edition(edition) for edition in editions], className="entry-editions")
    return [html.P(t("entry.obstacle.editions", year=year)), listed]


def _edition(edition: Edition) -> html.Li:
    valid = t(
        f"entry.obstacle.valid_{'between' if edition.last else 'from'}",
        first=edition.first,
        last=edition.last,
    )
    kind, tone = ("loaded", "good") if edition.is_loaded else ("not_loaded", "watch")
    return html.Li(
        [
            html.Strong(edition.method.code),
            html.Span(edition.method.name),
            html.Span(valid, className="muted"),
            badge(t(f"entry.obstacle.{kind}"), tone),
            html.Span(t(f"entry.obstacle.{kind}_do"), className="muted"),
        ]
    )
