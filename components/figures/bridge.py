"""A waterfall from one total to another, one bar for each cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from components.theme import colour
from services.formatting import exact, mass_co2, mass_scale

ROOM = 0.2


@dataclass(frozen=True, slots=True)
class Pillar:
    """One bar: a total that stands on zero, or a change that hangs between two totals."""

    label: str
    amount_t: float
    is_total: bool = False


def waterfall(pillars: Sequence[Pillar]) -> go.Figure:
    """Draw totals and changes from top to bottom, with their amounts written beside."""
    size, unit = mass_scale(max((abs(p.amount_t) for p in pillars if p.is_total), default=None))
    trace = go.Waterfall(
        orientation="h",
        y=[pillar.label for pillar in pillars],
        x=[pillar.amount_t / size for pillar in pillars],
        measure=["absolute" if pillar.is_total else "relative" for pillar in pillars],
        text=[_written(pillar) for pillar in pillars],
        textposition="outside",
        cliponaxis=False,
        customdata=[exact(pillar.amount_t) for pillar in pillars],
        hovertemplate="%{y}<br>%{customdata} t CO₂e<extra></extra>",
        increasing={"marker": {"color": colour("over")}},
        decreasing={"marker": {"color": colour("good")}},
        totals={"marker": {"color": colour("accent")}},
        connector={"line": {"color": colour("muted"), "width": 1}},
    )
    axes = {
        "xaxis": {"title": {"text": unit}, "range": _reach(pillars, size), "nticks": 6},
        "yaxis": {"autorange": "reversed", "showgrid": False, "ticklabelstandoff": 8},
        "showlegend": False,
    }
    return go.Figure(trace, layout=axes)


def _written(pillar: Pillar) -> str:
    sign = "" if pillar.is_total or pillar.amount_t <= 0 else "+"
    return sign + " ".join(mass_co2(pillar.amount_t, "")).strip()


def _reach(pillars: Sequence[Pillar], size: float) -> list[float]:
    """Return a range that holds zero, every total on the way, and the amounts beside the bars."""
    level, levels = 0.0, [0.0]
    for pillar in pillars:
        level = pillar.amount_t if pillar.is_total else level + pillar.amount_t
        levels.append(level / size)
    low, high = min(levels), max(levels)
    room = (high - low or 1.0) * ROOM
    return [low - room if low < 0 else 0.0, high + room]
