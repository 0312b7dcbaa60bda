"""Chart of a year by month: what is emitted stacked above zero, what is taken off below (5.2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from components.theme import colour
from services.formatting import exact

Part = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stack:
    """What one group adds in each month, in tonnes; None where the group has no row.

    `colour` is a token; `estimated` is the part of each amount that rests on estimates.
    """

    name: str
    colour: str
    values: Sequence[float | None]
    estimated: Sequence[float]


@dataclass(frozen=True, slots=True)
class MonthAxis:
    """The months as they stand below the bars and in words, and the word for those without data."""

    ticks: Sequence[str]
    names: Sequence[str]
    title: str
    no_data: str


def month_bars(axis: MonthAxis, stacks: Sequence[Stack], size: float, unit: str) -> go.Figure:
    """Draw a bar for each month, a band for each group; a month without rows is marked as such."""
    parts = [part for stack in stacks for part in _parts(axis, stack, size)]
    return go.Figure(data=[*parts, *_gaps(axis, stacks)], layout=_layout(axis, unit))


def _layout(axis: MonthAxis, unit: str) -> Part:
    places = list(range(len(axis.ticks)))
    return {
        "barmode": "relative",
        "bargap": 0.3,
        "hovermode": "closest",
        "showlegend": True,
        "legend": {
            "traceorder": "normal",
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
        },
        "xaxis": {
            "title": {"text": axis.title},
            "tickvals": places,
            "ticktext": list(axis.ticks),
            "range": [-0.6, len(places) - 0.4],
            "tickangle": 0,
            "showgrid": False,
            "fixedrange": True,
        },
        "yaxis": {
            "title": {"text": unit},
            "rangemode": "tozero",
            "zeroline": True,
            "nticks": 6,
            "tickformat": ",",
            "fixedrange": True,
        },
    }


def _parts(axis: MonthAxis, stack: Stack, size: float) -> list[Part]:
    """Return the known part of a group and, on it, the hatched part that rests on estimates."""
    estimated = [part if value is not None else 0.0 for value, part in _pairs(stack)]
    known = [None if value is None else value - part for value, part in _pairs(stack)]
    told = [[name, exact(value)] for name, value in zip(axis.names, stack.values, strict=True)]
    common: Part = {
        "type": "bar",
        "name": stack.name,
        "legendgroup": stack.name,
        "x": list(range(len(known))),
        "customdata": told,
        "hovertemplate": f"%{{customdata[0]}} · {stack.name}<br>%{{customdata[1]}} t CO₂e"
        "<extra></extra>",
    }
    fill = colour(stack.colour)
    solid = {"marker": {"color": fill}, "y": [_scaled(value, size) for value in known]}
    if not any(estimated):
        return [common | solid]
    hatched = {
        "marker": {"color": fill, "pattern": {"shape": "/", "size": 6}},
        "y": [_scaled(value, size) for value in estimated],
        "showlegend": False,
    }
    return [common | solid, common | hatched]


def _pairs(stack: Stack) -> list[tuple[float | None, float]]:
    return list(zip(stack.values, stack.estimated, strict=True))


def _scaled(value: float | None, size: float) -> float | None:
    return None if value is None else value / size


def _gaps(axis: MonthAxis, stacks: Sequence[Stack]) -> list[Part]:
    """Return a dash on the line of zero for each month that nobody has entered."""
    empty = [
        at for at in range(len(axis.ticks)) if all(stack.values[at] is None for stack in stacks)
    ]
    if not empty:
        return []
    return [
        {
            "type": "scatter",
            "mode": "text",
            "x": empty,
            "y": [0.0] * len(empty),
            "text": ["—"] * len(empty),
            "textposition": "top center",
            "textfont": {"color": colour("muted")},
            "customdata": [[axis.names[at], axis.no_data] for at in empty],
            "hovertemplate": "%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
            "showlegend": False,
        }
    ]
