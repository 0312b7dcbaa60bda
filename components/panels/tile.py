"""A tile: one number with its unit, its meaning and its standing."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from components.forms.controls import where_from
from components.panels.badge import status_mark
from services.i18n.texts import t


def tile(  # noqa: PLR0913  # options of one element, named by the caller
    label: str,
    value_text: str,
    unit: str,
    note: Component | str = "",
    status: str | None = None,
    *,
    help_text: str = "",
    exact_text: str = "",
    band: str = "",
    href: str = "",
    estimated: bool = False,
) -> html.Div:
    """Show one number. `status` is good, watch, over or unknown and adds its mark.

    `band` is how far off it may be (±4.5%), `exact_text` is read on hover and focus, `href` opens
    where the number comes from.
    """
    value = html.Span(
        [("≈ " if estimated else ""), value_text], className="tile-value", title=exact_text or None
    )
    head = html.Div(
        [html.Span(label, className="tile-label"), _help(help_text)], className="tile-head"
    )
    figure = html.Div(
        [value, html.Span(unit, className="tile-unit"), _band(band)], className="tile-figure"
    )
    foot = html.Div([status_mark(status) if status else None, note], className="tile-note")
    origin = where_from(href, "tile-link") if href else None
    name = f"tile tile-{status}" if status else "tile"
    return html.Div([head, figure, foot, origin], className=name)


def _band(text: str) -> html.Span | None:
    if not text:
        return None
    return html.Span(text, className="tile-band", title=t("uncertainty.band_meaning"))


def _help(text: str) -> html.Span | None:
    if not text:
        return None
    return html.Span("i", className="hint", title=text, tabIndex=0, **{"aria-label": text})
