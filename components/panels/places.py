"""The pages a visitor may open, as large links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash import dcc, html
from dash.development.base_component import Component

from components.panels.states import empty
from components.shell.icons import icon
from components.shell.places import Place
from services.i18n.texts import t


def place_links(places: Sequence[Place], names: Mapping[str, str]) -> Component:
    """Return one large link for each place, or say what to do when there is none."""
    if not places:
        return empty(t("home.no_places"), t("home.no_places_hint"))
    return html.Ul(
        [html.Li(_link(place, names[place.path])) for place in places], className="doors"
    )


def _link(place: Place, name: str) -> dcc.Link:
    return dcc.Link(
        [
            html.Span([icon(place.icon), html.Span(place.clause, className="door-clause")]),
            html.Strong(name),
            html.Span(place.told(), className="door-about"),
        ],
        href=place.path,
        className="door",
    )
