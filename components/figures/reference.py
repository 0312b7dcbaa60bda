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


def agreement_bars(bands: Sequence[Band], expected: tuple[float, float], unit: str) -> go.Figure:
    """Draw one bar for each approach from zero, and shade where both are expected to end."""
    low, high = expected
    return go.Figure(
        data=[_bar(band, unit) for band in bands],
        layout={
            "showlegend": False,
            "bargap": 0.35,
            "hovermode": "closest",
            "shapes": [
                {
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
            ],
            "xaxis": {
                "fixedrange": True,
                "rangemode": "tozero",
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
            "margin": {"l": 8, "r": 56, "t": 4, "b": 8},
        },
    )


def _bar(band: Band, unit: str) -> dict[str, Any]:
    value = band.values[0]
    return {
        "type": "bar",
        "x": [value],
        "y": ["<br>".join(wrap(band.name, NAME_WIDTH))],
        "orientation": "h",
        "text": [significant(value)],
        "textposition": "outside",
        "cliponaxis": False,
        "textfont": {"color": colour("ink"), "size": 12},
        "marker": {"color": colour(band.colour)},
        "hovertemplate": f"{band.name}: %{{x:,.4g}} {unit}<extra></extra>",
    }
