"""The live curve of a measuring point (4.2 c)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import plotly.graph_objects as go

from services.clock import SHANGHAI
from services.i18n.texts import t


def live_curve(
    times: Sequence[datetime],
    means: Sequence[float],
    band: tuple[Sequence[float], Sequence[float]],
    unit: str,
    colour: str,
) -> go.Figure:
    """Draw the means of each stretch of time, with the band from lowest to highest reading."""
    # Plotly drops the zone and would show UTC.
    local = [instant.astimezone(SHANGHAI).replace(tzinfo=None) for instant in times]
    low, high = band
    figure = go.Figure()
    figure.add_scatter(x=local, y=low, mode="lines", line_width=0, hoverinfo="skip")
    figure.add_scatter(
        x=local, y=high, mode="lines", line_width=0, fill="tonexty", hoverinfo="skip", opacity=0.25
    )
    figure.add_scatter(
        x=local,
        y=means,
        mode="lines+markers" if len(local) < 3 else "lines",
        line={"color": colour, "width": 2},
        hovertemplate=f"%{{x|%m-%d %H:%M:%S}}<br>%{{y:,}} {unit}<extra></extra>",
        name=t("telemetry.mean"),
    )
    figure.update_traces(fillcolor=_pale(colour), selector={"fill": "tonexty"})
    figure.update_layout(
        showlegend=False,
        yaxis={"title": unit, "tickformat": ","},
        hovermode="x",
        # Keeps what the visitor has zoomed to while new readings arrive.
        uirevision="live",
    )
    return figure


def _pale(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.18)"
