"""Chart of two approaches to one total, with the band in which they are expected to agree."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from components.figures.region import Band
from components.theme import colour
from services.formatting import significant

NAME_WIDTH = 18
# What an amount beside a bar takes of the axis, and the room behind the longest bar.
LABEL, ROOM = 0.16, 0.2


def agreement_bars(bands: Sequence[Band], expected: tuple[float, float], unit: str) -> go.Figure:
    """Draw one bar for each approach from zero, and shade where both are expected to end."""
    farthest = max([expected[1], *(band.values[0] or 0.0 for band in bands)]) or 1.0
    return go.Figure(
        data=[_bar(band, unit) for band in bands],
        layout={
            "showlegend": False,
            "bargap": 0.35,
            "hovermode": "closest",
            "shapes": [_shaded(expected)],
            "annotations": [_amount(band, expected, LABEL * farthest) for band in bands],
            "xaxis": {
                "fixedrange": True,
                "range": [0, (1 + ROOM) * farthest],
                "showgrid": True,
                "nticks": 4,
                "tickangle": 0,
                "tickformat": ",",
            },
            "yaxis": {
                "fixedrange": True,
                "autorange": "reversed",
                "tickfont": {"color": colour("ink")},
                "ticklabelstandoff": 8,
            },
            "margin": {"l": 8, "r": 8, "t": 4, "b": 8},
        },
    )


def _shaded(expected: tuple[float, float]) -> dict[str, object]:
    low, high = expected
    return {
        "type": "rect",
        "yref": "paper",
        "x0": low,
        "x1": high,
        "y0": 0,
        "y1": 1,
        "fillcolor": colour("brand-soft"),
        "line": {"width": 1, "dash": "dot", "color": colour("brand")},
        "layer": "below",
    }


def _bar(band: Band, unit: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "x": [band.values[0]],
        "y": [_name(band)],
        "orientation": "h",
        "marker": {"color": colour(band.colour)},
        "hovertemplate": f"{band.name}: %{{x:,.4g}} {unit}<extra></extra>",
    }


def _amount(band: Band, expected: tuple[float, float], label: float) -> dict[str, Any]:
    """Write the amount behind its bar, or behind the dotted lines that it would lie across."""
    low, high = expected
    value = band.values[0] or 0.0
    across = value < high and value + label > low
    return {
        "x": high if across else value,
        "y": _name(band),
        "text": significant(band.values[0]),
        "xanchor": "left",
        "xshift": 6,
        "showarrow": False,
        "font": {"size": 12, "color": colour("ink")},
    }


def _name(band: Band) -> str:
    return "<br>".join(wrap(band.name, NAME_WIDTH))
