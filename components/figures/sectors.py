"""Chart of a region's sectors by gas: emissions right of zero, removals left, gaps hatched.

What rests on estimates is hatched in the colour of its gas; a thin bar is the 95 % interval.
"""

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
# Where the thin bar of an interval begins below the middle of its row, and how thick it is.
BELOW, THICKNESS = 0.36, 0.1
Part = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SectorName:
    """A sector as the chart names it, what its total lacks in words, and its 95 % interval."""

    name: str
    gap: str = ""
    interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class GasBand(Band):
    """What each sector emits of a gas, and what of that rests on estimates."""

    estimated: Sequence[float | None] = ()


def sector_bars(sectors: Sequence[SectorName], bands: Sequence[GasBand], unit: str) -> go.Figure:
    """Draw one bar for each sector, a band for each gas; what has no number ends hatched."""
    rows = range(len(sectors))
    right = [math.fsum(v for v in _at(bands, row) if v > 0) for row in rows]
    left = [math.fsum(v for v in _at(bands, row) if v < 0) for row in rows]
    longest = max([*right, *(-v for v in left)], default=0.0) or 1.0
    names = ["<br>".join(wrap(sector.name, NAME_WIDTH)) for sector in sectors]
    stubs = [STUB * longest if sector.gap else 0.0 for sector in sectors]
    ends = [max(right[row] + stubs[row], _reach(sectors[row])[1]) for row in rows]
    starts = [min(left[row], _reach(sectors[row])[0]) for row in rows]
    reach = [1.15 * min(starts, default=0.0), max([longest, *ends]) + ROOM * longest]
    words = [_words(sectors[row], _at(bands, row)) for row in rows]
    labels = [_label(*each) for each in zip(names, ends, words, strict=True)]
    return go.Figure(
        data=[
            *(part for band in bands for part in _parts(names, band, unit)),
            _gaps(names, stubs, right, sectors),
            *_intervals(names, sectors, unit),
        ],
        layout={**_layout(reach), "annotations": labels},
    )


def _layout(reach: Sequence[float]) -> Part:
    return {
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
            "range": list(reach),
        },
        "yaxis": {
            "fixedrange": True,
            "autorange": "reversed",
            "tickfont": {"color": colour("ink")},
            "ticklabelstandoff": 8,
        },
        "margin": {"l": 8, "r": 8, "t": 4, "b": 8},
    }


def _at(bands: Sequence[GasBand], row: int) -> list[float]:
    return [value for band in bands if (value := band.values[row]) is not None]


def _reach(sector: SectorName) -> tuple[float, float]:
    return sector.interval or (0.0, 0.0)


def _parts(names: Sequence[str], band: GasBand, unit: str) -> list[Part]:
    """Return the known part of a gas and, on it, the hatched part that rests on estimates."""
    guessed = [value or 0.0 for value in band.estimated] or [0.0] * len(names)
    known = [
        None if value is None else value - part
        for value, part in zip(band.values, guessed, strict=True)
    ]
    parts = [_band(names, band, known, unit)]
    if any(guessed):
        hatched = _band(names, band, guessed, unit)
        hatched["marker"]["pattern"] = {"shape": "/", "size": 6}
        parts.append({**hatched, "showlegend": False})
    return parts


def _band(names: Sequence[str], band: GasBand, x: Sequence[float | None], unit: str) -> Part:
    told = f"%{{y}}, {band.name}: %{{customdata:,.4g}} {unit}<extra></extra>"
    return {
        "type": "bar",
        "x": list(x),
        "y": list(names),
        "orientation": "h",
        "name": band.name,
        "customdata": list(band.values),
        "marker": {
            "color": colour(band.colour),
            "line": {"width": 1, "color": colour("surface")},
        },
        "hovertemplate": told,
    }


def _intervals(names: Sequence[str], sectors: Sequence[SectorName], unit: str) -> list[Part]:
    """Draw the 95 % interval of each sector as a thin bar below its own, clear of any hatching."""
    shown = [(n, s.interval) for n, s in zip(names, sectors, strict=True) if s.interval]
    if not shown:
        return []
    return [
        {
            "type": "bar",
            "x": [high - low for _, (low, high) in shown],
            "y": [name for name, _ in shown],
            "base": [low for _, (low, _) in shown],
            "orientation": "h",
            "offset": BELOW,
            "width": THICKNESS,
            "showlegend": False,
            "marker": {"color": colour("ink"), "opacity": 0.55},
            "customdata": [[*ends] for _, ends in shown],
            "hovertemplate": "%{y}<br>95 %: %{customdata[0]:,.4g} – %{customdata[1]:,.4g} "
            f"{unit}<extra></extra>",
        }
    ]


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
