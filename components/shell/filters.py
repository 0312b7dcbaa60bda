"""One bar of filters whose state lives in the address, so that a view can be shared."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from dash import html
from dash.development.base_component import Component

from services.i18n.texts import t


def filter_bar(*controls: Component, actions: Component | None = None) -> html.Div:
    """Lay filter controls in one bar; on a phone they fold into a drawer."""
    inside = html.Div([*controls], className="filters-controls")
    drawer = html.Details(
        [html.Summary(t("shell.filters"), className="filters-summary"), inside],
        className="filters-drawer",
        open=True,
    )
    return html.Div([drawer, actions], className="filters", role="group")


def read_filters(search: str | None) -> dict[str, str]:
    """Return the filters that stand in an address: "?year=2023" gives {"year": "2023"}."""
    return dict(parse_qsl((search or "").removeprefix("?")))


def write_filters(filters: Mapping[str, object]) -> str:
    """Return filters as the search part of an address, in a fixed order, without empty ones."""
    kept = {name: value for name, value in sorted(filters.items()) if value not in (None, "")}
    return "?" + urlencode(kept) if kept else ""
