"""The versions of one value over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go

from components.theme import colour
from services.formatting import exact


@dataclass(frozen=True, slots=True)
class Version:
    """One version: the day it applies from, its value, where it stands, whether it is shown now."""

    day: date
    value: float
    label: str
    is_chosen: bool


def version_steps(versions: Sequence[Version], unit: str) -> go.Figure:
    """Draw each version as a point at its first day; the chosen one is filled."""
    points = go.Scatter(
        x=[version.day for version in versions],
        y=[version.value for version in versions],
        mode="markers",
        marker={
            "size": [14 if version.is_chosen else 10 for version in versions],
            "color": [colour("accent" if v.is_chosen else "muted") for v in versions],
            "symbol": ["circle" if v.is_chosen else "circle-open" for v in versions],
            "line": {"width": 2},
        },
        customdata=[(version.label, exact(version.value)) for version in versions],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]} " + unit + "<extra></extra>",
    )
    values = [version.value for version in versions]
    top = max([*values, 0.0]) * 1.15 or 1.0
    axes = {
        "xaxis": {"type": "date", "showgrid": False},
        "yaxis": {"title": {"text": unit}, "range": [0, top], "nticks": 6},
        "showlegend": False,
    }
    return go.Figure(points, layout=axes)
