"""Chart of a region's sectors by gas: emissions right of zero, removals left, gaps hatched."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from components.figures.region import Band
from components.theme import colour
from services.formatting import significant

NAME_WIDTH = 18  # letters of a sector's name on one line
# Room for the words behind a bar, and the length of a hatched end, as shares of the longest bar.
ROOM, STUB = 0.95, 0.04
Part = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SectorName:
    """A sector as the chart names it, and what its total lacks in words, if anything."""

    name: str
    gap: str = ""


def sector_bars(sectors: Sequence[SectorName], bands: Sequence[Band], unit: str) -> go.Figure:
    """Draw one bar for each sector, a band for each gas; what is not estimated ends hatched."""
    rows = range(len(sectors))
    right = [math.fsum(v for v in _at(bands, row) if v > 0) for row in rows]
    left = [math.fsum(v for v in _at(bands, row) if v < 0) for row in rows]
    longest = max([*right, *(-v for v in left)], default=0.0) or 1.0
    names = ["<br>".join(wrap(sector.name, NAME_WIDTH)) for sector in sectors]
    stubs = [STUB * longest if sector.gap else 0.0 for sector in sectors]
    return go.Figure(
        data=[*(_band(names, band, unit) for band in bands), _gaps(names, stubs, right, sectors)],
        layout={
            "barmode": "relative",
            "hovermode": "closest",
            "bargap": 0.35,
            "legend": {"traceorder": "normal"},
            "xaxis": {
                "fixedrange": True,
                "zeroline": True,
                "showgrid": True,
                "nticks": 5,
                "tickangle": 0,
                "tickformat": ",",
                "range": [1.15 * min(left, default=0.0), (1 + ROOM) * longest],
            },
            "yaxis": {
                "fixedrange": True,
                "autorange": "reversed",
                "tickfont": {"color": colour("ink")},
                "ticklabelstandoff": 8,
            },
            "margin": {"l": 8, "r": 8, "t": 4, "b": 8},
            "annotations": [
                _label(names[row], right[row] + stubs[row], _words(sectors[row], _at(bands, row)))
                for row in rows
            ],
        },
    )


def _at(bands: Sequence[Band], row: int) -> list[float]:
    return [value for band in bands if (value := band.values[row]) is not None]


def _band(names: Sequence[str], band: Band, unit: str) -> Part:
    return {
        "type": "bar",
        "x": list(band.values),
        "y": list(names),
        "orientation": "h",
        "name": band.name,
        "marker": {
            "color": colour(band.colour),
            "line": {"width": 1, "color": colour("surface")},
        },
        "hovertemplate": f"%{{y}}, {band.name}: %{{x:,.4g}} {unit}<extra></extra>",
    }


def _gaps(
    names: Sequence[str],
    stubs: Sequence[float],
    right: Sequence[float],
    sectors: Sequence[SectorName],
) -> Part:
    """Draw a hatched end of one length where a total lacks something nobody knows."""
    return {
        "type": "bar",
        "x": list(stubs),
        "y": list(names),
        "base": list(right),
        "orientation": "h",
        "showlegend": False,
        "customdata": [sector.gap for sector in sectors],
        "marker": {
            "color": colour("sunken"),
            "line": {"width": 1.5, "color": colour("unknown")},
            "pattern": {"shape": "/", "fgcolor": colour("unknown"), "solidity": 0.25},
        },
        "hovertemplate": "%{y}: %{customdata}<extra></extra>",
    }


def _words(sector: SectorName, values: Sequence[float]) -> str:
    total = f"<b>{significant(math.fsum(values) if values else None)}</b>"
    return f"{total}  {sector.gap}" if sector.gap else total


def _label(name: str, end: float, words: str) -> Part:
    return {
        "x": end,
        "y": name,
        "text": words,
        "xanchor": "left",
        "xshift": 6,
        "showarrow": False,
        "font": {"size": 12, "color": colour("ink")},
    }
