"""The icons of the navigation: names of shapes drawn by assets/32-icons.css as masks."""

from __future__ import annotations

from dash import html


def icon(name: str) -> html.Span:
    """Return an icon in the colour of the text beside it; it says nothing to a screen reader."""
    return html.Span(className=f"icon icon-{name}", **{"aria-hidden": "true"})
