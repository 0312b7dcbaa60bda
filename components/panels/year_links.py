"""The years of an organization as links, so that the address says what is on screen."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html

from components.shell.filters import write_filters
from services.i18n.texts import t


def year_links(path: str, organization_id: int, years: Sequence[int], chosen: int) -> html.Nav:
    """Return one link a year; the chosen one is marked."""
    links = [
        dcc.Link(
            str(year),
            href=path + write_filters({"organization": organization_id, "year": year}),
            **({"className": "chosen"} if year == chosen else {}),
        )
        for year in years
    ]
    return html.Nav(
        [html.Span(t("entry.years"), className="muted"), *links],
        className="entry-years",
        **{"aria-label": t("entry.years")},
    )
