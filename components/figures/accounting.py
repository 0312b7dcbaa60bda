"""Figures of an organization's emissions: bars by source, and by emission scope and gas (5.2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from services.formatting import exact, mass_co2, mass_scale


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it counts, tonnes of CO2 equivalent (deductions negative), its colour."""

    label: str
    co2e_t: float
    colour: str
    is_estimated: bool = False


def bars(rows: Sequence[Bar]) -> go.Figure:
    """Draw horizontal bars from zero, the first on top, with their amounts written beside."""
    size, unit = mass_scale(max((abs(row.co2e_t) for row in rows), default=None))
    shown = [row.co2e_t / size for row in rows]
    trace = go.Bar(
        x=shown,
        y=[row.label.replace(" · ", "<br>") for row in rows],
        orientation="h",
        marker={
            "color": [row.colour for row in rows],
            "pattern": {"shape": ["/" if row.is_estimated else "" for row in rows]},
        },
        text=[" ".join(mass_co2(row.co2e_t, "")).strip() for row in rows],
        textposition="auto",
        cliponaxis=False,
        customdata=[exact(row.co2e_t) for row in rows],
        hovertemplate="%{y}<br>%{customdata} t CO₂e<extra></extra>",
    )
    # One construction: each later update would validate the whole figure again.
    axes = {
        "xaxis": {
            "title": {"text": unit},
            "rangemode": "tozero",
            "range": _reach(shown),
            "showgrid": True,
            "nticks": 6,
        },
        "yaxis": {"autorange": "reversed", "showgrid": False, "ticklabelstandoff": 8},
    }
    return go.Figure(trace, layout=axes)


def _reach(values: Sequence[float]) -> list[float]:
    # Room beyond the longest bar for the amount that is written beside it.
    low, high = min([0.0, *values]), max([0.0, *values])
    room = (high - low or 1.0) * 0.2
    return [low - room if low < 0 else 0.0, high + room]
