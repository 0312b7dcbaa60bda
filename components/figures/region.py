"""Charts of a region's account: emissions by source, ours beside published, cover by parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from components.theme import colour
from services.formatting import significant

Values = Sequence[float | None]
Part = dict[str, Any]

# Two names beside a chart need this share of its height between them.
LABEL_STEP = 0.065
RIGHT = 78
NAME_WIDTH = 18  # letters of an organization's name on one line
# Where the four small charts stand, in shares of the whole: left and right, upper and lower.
COLUMNS = ((0.0, 0.45), (0.55, 1.0))
ROWS = ((0.57, 0.97), (0.0, 0.4))


@dataclass(frozen=True, slots=True)
class Band:
    """One series over the years: its name, the token of its colour, a value for each year."""

    name: str
    colour: str
    values: Values


def stacked_area(
    years: Sequence[int], bands: Sequence[Band], unit: str, marked: int | None = None
) -> go.Figure:
    """Draw emissions by source as areas on each other; years without a value stay empty."""
    runs = _known_runs(bands)
    return go.Figure(
        data=[_area(years, band, run, unit) for run in runs for band in bands],
        layout={
            **_over_years(years),
            "annotations": _band_names(years, bands),
            "shapes": [*_gaps(years, runs), *_mark(years, marked)],
        },
    )


def paired_lines(
    years: Sequence[int], ours: Band, published: Band, unit: str, marked: int | None = None
) -> go.Figure:
    """Draw what we compute beside what was published, on one axis from zero."""
    ends = [(band.values[-1] or 0.0, band.name) for band in (ours, published) if band.values[-1]]
    top = max(_known(ours.values) + _known(published.values))
    return go.Figure(
        data=[_line(years, published, "dot", unit), _line(years, ours, "solid", unit)],
        layout={
            **_over_years(years),
            "showlegend": False,
            "annotations": _end_names(years[-1], ends, top),
            "shapes": _mark(years, marked),
        },
    )


def difference_bars(
    years: Sequence[int], bands: Sequence[Band], marked: int | None = None
) -> go.Figure:
    """Draw differences in per cent, a small chart for each of four bands, all on one scale."""
    values = [value for band in bands for value in _known(band.values)]
    low, high = min([0.0, *values]), max([0.0, *values])
    room = 0.06 * (high - low)
    layout: Part = {
        "showlegend": False,
        "bargap": 0.2,
        "clickmode": "event",
        "margin": {"t": 14, "l": 8, "r": 8, "b": 8},
        "annotations": [_small_title(at, band.name) for at, band in enumerate(bands)],
    }
    for at in range(len(bands)):
        layout |= _small_axes(at, years, (low - room, high + room))
    bars = [_bars(at, years, band, marked) for at, band in enumerate(bands)]
    return go.Figure(data=bars, layout=layout)


def cover_steps(whole: Band, parts: Sequence[Band], gap: Band, unit: str) -> go.Figure:
    """Draw a whole, its parts as steps that follow each other, and what is left, hatched."""
    steps, foot = [_step(whole, 0.0, unit)], 0.0
    for part in parts:
        steps.append(_step(part, foot, unit))
        foot += part.values[0] or 0.0
    if gap.values[0] is not None:
        steps.append(_step(gap, foot, unit, hatched=True))
    axis = {"fixedrange": True}
    return go.Figure(
        data=steps,
        layout={
            "showlegend": False,
            "hovermode": "closest",
            "barmode": "overlay",
            "xaxis": {
                **axis,
                "rangemode": "tozero",
                "showgrid": True,
                "nticks": 5,
                "tickangle": 0,
                "tickformat": ",",
            },
            "yaxis": {
                **axis,
                "autorange": "reversed",
                "tickfont": {"color": colour("ink")},
                "ticklabelstandoff": 8,
            },
            "bargap": 0.35,
            "margin": {"l": 8, "r": 56, "t": 4, "b": 8},
        },
    )


def _area(years: Sequence[int], band: Band, run: tuple[int, int], unit: str) -> Part:
    start, stop = run
    return {
        "type": "scatter",
        "x": list(years[start:stop]),
        "y": list(band.values[start:stop]),
        "name": band.name,
        "stackgroup": f"run-{start}",
        "mode": "lines",
        "line": {"width": 0.8, "color": colour("surface")},
        "fillcolor": colour(band.colour),
        "hovertemplate": f"%{{y:.2f}} {unit}",
        "showlegend": False,
    }


def _line(years: Sequence[int], band: Band, dash: str, unit: str) -> Part:
    return {
        "type": "scatter",
        "x": list(years),
        "y": list(band.values),
        "name": band.name,
        "mode": "lines",
        "line": {"color": colour(band.colour), "width": 2.5, "dash": dash},
        "hovertemplate": f"%{{y:.2f}} {unit}",
    }


def _known_runs(bands: Sequence[Band]) -> list[tuple[int, int]]:
    """Return the stretches of years in which every band has a value."""
    known = [
        all(v is not None for v in row) for row in zip(*(b.values for b in bands), strict=True)
    ]
    runs, at = [], 0
    for is_known, group in groupby(known):
        length = len(list(group))
        if is_known:
            runs.append((at, at + length))
        at += length
    return runs


def _gaps(years: Sequence[int], runs: Sequence[tuple[int, int]]) -> list[Part]:
    """Shade the years between two stretches, so that nobody takes a gap for zero."""
    return [
        {
            "type": "rect",
            "yref": "paper",
            "x0": years[stop - 1],
            "x1": years[start],
            "y0": 0,
            "y1": 1,
            "fillcolor": colour("unknown-soft"),
            "line": {"width": 0},
            "layer": "below",
        }
        for (_, stop), (start, _) in pairwise(runs)
    ]


def _mark(years: Sequence[int], marked: int | None) -> list[Part]:
    if marked not in years:
        return []
    line = {"width": 1.5, "dash": "dot", "color": colour("ink")}
    place = {"x0": marked, "x1": marked, "y0": 0, "y1": 1, "yref": "paper"}
    return [{"type": "line", "line": line, **place}]


def _band_names(years: Sequence[int], bands: Sequence[Band]) -> list[Part]:
    """Write each band's name at the right end, in its middle."""
    runs = _known_runs(bands)
    if not runs:
        return []
    last = runs[-1][1] - 1
    foot, middles = 0.0, []
    for band in bands:
        value = band.values[last] or 0.0
        if value:
            middles.append((foot + value / 2, band.name))
        foot += value
    return _end_names(years[last], middles, max(_totals(bands)))


def _end_names(year: int, ends: Sequence[tuple[float, str]], top: float) -> list[Part]:
    """Write names beside the ends of series, from the lowest up, far enough apart to be read."""
    names, below = [], float("-inf")
    for height, name in sorted(ends):
        below = max(height, below + LABEL_STEP * top)
        font = {"size": 12, "color": colour("ink")}
        place = {"x": year, "y": below, "xanchor": "left", "xshift": 6}
        names.append({"text": name, "showarrow": False, "font": font, **place})
    return names


def _totals(bands: Sequence[Band]) -> list[float]:
    rows = zip(*(band.values for band in bands), strict=True)
    return [sum(_known(row)) for row in rows] or [0.0]


def _over_years(years: Sequence[int]) -> Part:
    step = 5 if len(years) > 12 else 1
    last = years[-1]
    return {
        "clickmode": "event",
        "hovermode": "x unified",
        "margin": {"r": RIGHT},
        "xaxis": {
            # The last year always has its label, so one close before it has none.
            "tickvals": [y for y in years if y == last or (y % step == 0 and last - y > 3)],
            "tickangle": 0,
            "range": [years[0] - 0.3, last + 0.3],
            "ticklabelstandoff": 6,
            "fixedrange": True,
        },
        "yaxis": {"fixedrange": True, "nticks": 7, "rangemode": "tozero", "tickformat": ","},
    }


def _known(values: Values) -> list[float]:
    return [value for value in values if value is not None]


def _bars(at: int, years: Sequence[int], band: Band, marked: int | None) -> Part:
    opacity = [1.0 if year == marked or marked is None else 0.62 for year in years]
    return {
        "type": "bar",
        "x": list(years),
        "y": list(band.values),
        "name": band.name,
        "marker": {"color": colour(band.colour), "opacity": opacity},
        "hovertemplate": "%{x}: %{y:+.1f}%<extra></extra>",
        "xaxis": f"x{at + 1}",
        "yaxis": f"y{at + 1}",
    }


def _small_axes(at: int, years: Sequence[int], scale: tuple[float, float]) -> Part:
    row, column = divmod(at, len(COLUMNS))
    across = {
        "domain": COLUMNS[column],
        "anchor": f"y{at + 1}",
        "tickvals": [years[0], 2010, years[-1]],
        "range": [years[0] - 0.7, years[-1] + 0.7],
        "showticklabels": row == len(ROWS) - 1,
        "fixedrange": True,
    }
    up = {
        "domain": ROWS[row],
        "anchor": f"x{at + 1}",
        "range": scale,
        "ticksuffix": "%",
        "nticks": 5,
        "showticklabels": column == 0,
        "fixedrange": True,
        "zeroline": True,
    }
    return {f"xaxis{at + 1}": across, f"yaxis{at + 1}": up}


def _small_title(at: int, name: str) -> Part:
    row, column = divmod(at, len(COLUMNS))
    return {
        "text": name,
        "x": sum(COLUMNS[column]) / 2,
        "y": ROWS[row][1],
        "xref": "paper",
        "yref": "paper",
        "xanchor": "center",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 13, "color": colour("ink")},
    }


def _step(band: Band, foot: float, unit: str, *, hatched: bool = False) -> Part:
    value = band.values[0] or 0.0
    marker: Part = {"color": colour(band.colour)}
    if hatched:
        marker = {
            "color": colour("sunken"),
            "line": {"width": 1.5, "color": colour(band.colour)},
            "pattern": {"shape": "/", "fgcolor": colour(band.colour), "solidity": 0.25},
        }
    return {
        "type": "bar",
        "x": [value],
        "y": ["<br>".join(wrap(band.name, NAME_WIDTH))],
        "base": [foot],
        "orientation": "h",
        "name": band.name,
        "text": [significant(value)],
        "textposition": "outside",
        "cliponaxis": False,
        "textfont": {"color": colour("ink"), "size": 12},
        "marker": marker,
        "hovertemplate": f"{band.name}: %{{x:,.4g}} {unit}<extra></extra>",
    }
