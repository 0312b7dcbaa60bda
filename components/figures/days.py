"""Chart of a month by day, as its meters tell it (4.2 c)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go


def day_bars(days: Sequence[date], tonnes: Sequence[float], unit: str, colour: str) -> go.Figure:
    """Draw a hatched bar for each day: what is provisional is hatched on every page."""
    figure = go.Figure()
    figure.add_bar(
        x=list(days),
        y=list(tonnes),
        marker={"color": colour, "pattern": {"shape": "/", "fgcolor": "#ffffff", "size": 5}},
        hovertemplate=f"%{{x|%m-%d}}<br>%{{y:,.3f}} {unit}<extra></extra>",
    )
    figure.update_layout(
        showlegend=False,
        bargap=0.25,
        xaxis={"tickformat": "%m-%d"},
        yaxis={"title": unit, "tickformat": ",", "rangemode": "tozero"},
    )
    return figure
