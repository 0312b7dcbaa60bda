"""The frame of a page's content: where it is, what it is called, what can be done, its filters."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from components.panels.card import Content
from services.i18n.texts import t

Crumb = tuple[str, str]


def page(
    title: str,
    *children: Component | str,
    breadcrumb: Sequence[Crumb] = (),
    filters: Component | None = None,
    actions: Content = None,
    subtitle: str = "",
) -> html.Div:
    """Frame a page: breadcrumb of (label, address), heading, actions, filters, then the pieces.

    The last crumb is where the reader stands, and is no link.
    """
    heading = html.Div(
        [html.H1(title), html.P(subtitle, className="page-subtitle") if subtitle else None]
    )
    head = html.Header(
        [heading, html.Div(actions, className="page-actions") if actions else None],
        className="page-head",
    )
    parts = [breadcrumb_of(breadcrumb) if breadcrumb else None, head, filters, *children]
    return html.Div([part for part in parts if part is not None], className="page")


def breadcrumb_of(crumbs: Sequence[Crumb]) -> html.Nav:
    """Return the way from the country down to where the reader stands."""
    *above, (here, _) = crumbs
    steps = [html.Li(dcc.Link(label, href=address)) for label, address in above]
    steps.append(html.Li(html.Span(here, **{"aria-current": "page"})))
    return html.Nav(html.Ol(steps), className="breadcrumb", **{"aria-label": t("shell.place")})


def grid(*children: Component, columns: int = 2) -> html.Div:
    """Lay pieces side by side where there is room, below each other where there is not."""
    return html.Div(list(children), className=f"grid grid-{columns}")


def tiles(*children: Component) -> html.Div:
    """Lay tiles in a row that wraps."""
    return html.Div(list(children), className="tiles")


def stack(*children: Component | str) -> html.Div:
    """Lay pieces below each other with the usual space."""
    return html.Div(list(children), className="stack")
