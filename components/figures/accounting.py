"""Figures of an organization's emissions: bars by source, and by emission scope and gas (5.2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from components.theme import colour
from services.formatting import exact, mass_co2, mass_scale

# Each bar has a row of height 1: its name above, the bar itself a little below the middle.
BELOW, THICKNESS = 0.22, 0.44


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it counts, tonnes of CO2 equivalent (deductions negative), its colour."""

    label: str
    co2e_t: float
    colour: str
    is_estimated: bool = False


def bars(rows: Sequence[Bar]) -> go.Figure:
    """Draw horizontal bars from zero, the first on top, each below its name.

    Names beside the bars would take most of a phone's width.
    """
    size, unit = mass_scale(max((abs(row.co2e_t) for row in rows), default=None))
    shown = [row.co2e_t / size for row in rows]
    # One construction: each later update would validate the whole figure again.
    layout = {
        "annotations": [_name(at, row.label) for at, row in enumerate(rows)],
        "hovermode": "closest",
        "xaxis": {
            "title": {"text": unit},
            "rangemode": "tozero",
            "range": _reach(shown),
            "showgrid": True,
            "nticks": 6,
            "tickangle": 0,
            "tickformat": ",",
            "fixedrange": True,
        },
        "yaxis": {
            "range": [max(len(rows), 1) - 0.5, -0.5],
            "showgrid": False,
            "zeroline": False,
            "showticklabels": False,
            "fixedrange": True,
        },
    }
    return go.Figure(_trace(rows, shown), layout=layout)


def _trace(rows: Sequence[Bar], shown: Sequence[float]) -> go.Bar:
    return go.Bar(
        x=shown,
        y=[at + BELOW for at in range(len(rows))],
        width=THICKNESS,
        orientation="h",
        marker={
            "color": [row.colour for row in rows],
            "pattern": {"shape": ["/" if row.is_estimated else "" for row in rows]},
        },
        text=[" ".join(mass_co2(row.co2e_t, "")).strip() for row in rows],
        # Beside the bar, where ink stands on the surface: on a bar it could not be read.
        textposition="outside",
        textangle=0,
        textfont={"color": colour("ink")},
        cliponaxis=False,
        customdata=[[row.label, exact(row.co2e_t)] for row in rows],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]} t CO₂e<extra></extra>",
    )


def _name(at: int, label: str) -> dict[str, Any]:
    place = {"xref": "paper", "x": 0, "xanchor": "left", "yanchor": "bottom"}
    font = {"size": 12, "color": colour("muted")}
    edge = at + BELOW - THICKNESS / 2
    return {"text": label, "y": edge, "showarrow": False, "font": font, **place}


def _reach(values: Sequence[float]) -> list[float]:
    # Room beyond the longest bar for the amount that is written beside it.
    low, high = min([0.0, *values]), max([0.0, *values])
    room = (high - low or 1.0) * 0.2
    return [low - room if low < 0 else 0.0, high + room]
