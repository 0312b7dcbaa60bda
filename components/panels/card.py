"""A card: the box in which every piece of a page stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from dash import html
from dash.development.base_component import Component

Content: TypeAlias = Component | str | Sequence[Component | str | None] | None


def card(  # noqa: PLR0913  # options of one element, named by the caller
    title: str,
    body: Content,
    subtitle: str = "",
    footer: Content = "",
    *,
    actions: Content = None,
    card_id: str | None = None,
) -> html.Section:
    """Frame a piece of a page with its title, what can be done with it, and a line below."""
    head = html.Header(
        [
            html.Div([html.H2(title), html.P(subtitle) if subtitle else None]),
            html.Div(actions, className="card-actions") if actions else None,
        ],
        className="card-head",
    )
    parts = [
        head if title else None,
        html.Div(body, className="card-body"),
        html.Footer(footer, className="card-foot") if footer else None,
    ]
    named: dict[str, Any] = {"id": card_id} if card_id else {}
    return html.Section([part for part in parts if part is not None], className="card", **named)
