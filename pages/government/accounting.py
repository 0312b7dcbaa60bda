"""Government side: accounting of the country, the provinces and one's own region (5.1.1)."""

from __future__ import annotations

import dash
from dash import html

from components.ids import government_accounting as ids
from components.panels.region_page import region_frame

dash.register_page(__name__, path=ids.PATH, name="region.title", order=511)


def layout(region: str = "100000", year: str = "", edition: str = "", **_query: str) -> html.Div:
    """Return the frame; its pieces come with the callback that reads place, year and edition."""
    return region_frame(region, year, edition)
