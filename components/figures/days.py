"""Chart of a month by day, as its meters tell it (4.2 c)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

import plotly.graph_objects as go


def day_bars(days: Sequence[date], tonnes: Sequence[float], unit: str, colour: str) -> go.Figure:
    """Draw a hatched bar for each day of a month: what is provisional is hatched on every page."""
    figure = go.Figure()
    figure.add_bar(
        x=list(days),
        y=list(tonnes),
        marker={"color": colour, "pattern": {"shape": "/", "size": 6}},
        hovertemplate=f"%{{x|%m-%d}}<br>%{{y:,.3f}} {unit}<extra></extra>",
    )
    figure.update_layout(
        showlegend=False,
        bargap=0.25,
        xaxis={"tickformat": "%m-%d", "range": _month_of(days), "fixedrange": True},
        yaxis={"title": unit, "tickformat": ",", "rangemode": "tozero"},
    )
    return figure


def _month_of(days: Sequence[date]) -> list[str] | None:
    """Return half a day before and after a month: a day without readings is seen as one."""
    if not days:
        return None
    first, length = days[0].replace(day=1), monthrange(days[0].year, days[0].month)[1]
    before, last = first - timedelta(days=1), first.replace(day=length)
    return [f"{day.isoformat()}T12:00" for day in (before, last)]
