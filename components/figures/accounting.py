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
# The interval that holds an amount with 95 % probability, as a thin bar across the end.
BAND = 0.12
# Room beyond the longest bar, as a share of the axis, for the amount that is written beside it.
ROOM = 0.2


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it counts, tonnes of CO2 equivalent (deductions negative), its colour.

    `estimated_t` is the part that rests on estimates; `band` the bounds of the 95 % interval.
    """

    label: str
    co2e_t: float
    colour: str
    estimated_t: float = 0.0
    band: tuple[float, float] | None = None

    @property
    def is_estimated(self) -> bool:
        """Return whether any part of it is an estimate."""
        return bool(self.estimated_t)


def bars(rows: Sequence[Bar]) -> go.Figure:
    """Draw horizontal bars from zero, the first on top, each below its name.

    Names beside the bars would take most of a phone's width.
    """
    size, unit = mass_scale(max((abs(row.co2e_t) for row in rows), default=None))
    ends = [end / size for row in rows for end in (row.co2e_t, *(row.band or ()))]
    # One construction: each later update would validate the whole figure again.
    layout = {
        "annotations": [_name(at, row.label) for at, row in enumerate(rows)],
        "barmode": "overlay",
        "hovermode": "closest",
        "showlegend": False,
        "xaxis": {
            "title": {"text": unit},
            "rangemode": "tozero",
            "range": _reach(ends),
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
    return go.Figure(_traces(rows, size), layout=layout)


def _traces(rows: Sequence[Bar], size: float) -> list[go.Bar]:
    """Return the bars, over them what is estimated, and over these the bands."""
    texts = [" ".join(mass_co2(row.co2e_t, "")).strip() for row in rows]
    # The amount stands beyond what is drawn farthest out: the bar, or the end of its band.
    own = ["" if row.band else text for row, text in zip(rows, texts, strict=True)]
    traces = [_amounts(rows, size, own)]
    if any(row.is_estimated for row in rows):
        traces.append(_estimates(rows, size))
    if any(row.band for row in rows):
        traces.append(_bands(rows, size, texts))
    return traces


def _amounts(rows: Sequence[Bar], size: float, texts: Sequence[str]) -> go.Bar:
    return go.Bar(
        x=[row.co2e_t / size for row in rows],
        y=_places(rows),
        width=THICKNESS,
        orientation="h",
        marker={"color": [row.colour for row in rows]},
        customdata=[[row.label, exact(row.co2e_t)] for row in rows],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]} t CO₂e<extra></extra>",
        **_beside(texts),
    )


def _estimates(rows: Sequence[Bar], size: float) -> go.Bar:
    return go.Bar(
        base=[(row.co2e_t - row.estimated_t) / size for row in rows],
        x=[row.estimated_t / size for row in rows],
        y=_places(rows),
        width=THICKNESS,
        orientation="h",
        marker={"color": [row.colour for row in rows], "pattern": {"shape": "/", "size": 6}},
        hoverinfo="skip",
    )


def _bands(rows: Sequence[Bar], size: float, texts: Sequence[str]) -> go.Bar:
    banded = [(row, row.band, text) for row, text in zip(rows, texts, strict=True) if row.band]
    # Away from zero, so that the amount is written outside of a deduction too.
    spans = [band[::-1] if row.co2e_t < 0 else band for row, band, _ in banded]
    places = [place for row, place in zip(rows, _places(rows), strict=True) if row.band]
    return go.Bar(
        base=[start / size for start, _ in spans],
        x=[(end - start) / size for start, end in spans],
        y=places,
        width=BAND,
        orientation="h",
        marker={"color": colour("ink"), "opacity": 0.55},
        customdata=[[row.label, exact(band[0]), exact(band[1])] for row, band, _ in banded],
        hovertemplate="%{customdata[0]}<br>95 %: %{customdata[1]} – %{customdata[2]} t CO₂e"
        "<extra></extra>",
        **_beside([text for *_, text in banded]),
    )


def _places(rows: Sequence[Bar]) -> list[float]:
    return [at + BELOW for at in range(len(rows))]


def _beside(texts: Sequence[str]) -> dict[str, Any]:
    """Return the text of bars, beside them: on a bar ink could not be read."""
    return {
        "text": list(texts),
        "textposition": "outside",
        "textangle": 0,
        "textfont": {"color": colour("ink")},
        "cliponaxis": False,
        # Else the text shrinks with the thickness of its bar.
        "constraintext": "none",
    }


def _name(at: int, label: str) -> dict[str, Any]:
    place = {"xref": "paper", "x": 0, "xanchor": "left", "yanchor": "bottom"}
    font = {"size": 12, "color": colour("muted")}
    edge = at + BELOW - THICKNESS / 2
    return {"text": label, "y": edge, "showarrow": False, "font": font, **place}


def _reach(values: Sequence[float]) -> list[float]:
    low, high = min([0.0, *values]), max([0.0, *values])
    room = (high - low or 1.0) * ROOM
    return [low - room if low < 0 else 0.0, high + room]
