"""Which part of a long list is shown, and the links to the parts before and after."""

from __future__ import annotations

from collections.abc import Callable

from dash import html
from dash.development.base_component import Component

from components.forms.controls import link_button
from services.formatting import exact
from services.i18n.texts import t

PAGE = 50
Address = Callable[[int], str]


def part_links(start: int, shown: int, count: int, address: Address) -> Component:
    """Return what is shown of a list of `count`, from `start` on; `address` opens another part."""
    last = start + shown
    told = t("organizations.part", first=exact(start + 1), last=exact(last), all=exact(count))
    steps = []
    if start:
        steps.append(("organizations.before", max(start - PAGE, 0)))
    if last < count:
        steps.append(("organizations.after", last))
    links = [link_button(t(key), address(place), "quiet") for key, place in steps]
    return html.Div([html.Span(told, className="muted"), *links], className="button-row")
