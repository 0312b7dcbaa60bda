"""Map of the provinces as plain outlines: no tiles, no foreign geometry, base file swappable."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.colors import sample_colorscale

from components.theme import colour, sequential

BASE_MAP = Path(__file__).parents[2] / "assets" / "maps" / "provinces.json"
# Kilometres on the map; the legend stands in the empty lower left corner.
WIDTH, HEIGHT = (-2750.0, 2330.0), (-2260.0, 2280.0)
LEGEND_LEFT, LEGEND_BOTTOM, LEGEND_STEP, LEGEND_BOX = -2600.0, -2180.0, 235.0, 150.0

Line = tuple[NDArray[np.float32], NDArray[np.float32]]
Part = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Area:
    """One province on the map: how dark it is, and what is said when it is pointed at."""

    code: str
    name: str
    value: float | None
    text: str


@dataclass(frozen=True, slots=True)
class MapWords:
    """The words on the map: one label a class from the lowest, unknown, inset."""

    classes: tuple[str, ...]
    unknown: str
    inset: str


def province_map(
    areas: Sequence[Area], limits: Sequence[float], words: MapWords, selected: str = ""
) -> go.Figure:
    """Draw every province in the shade of its class; without a value it is hatched.

    `limits` part the classes; a value equal to a limit belongs to the class above it.
    """
    fills = [_hatching(), *({"fillcolor": shade} for shade in _shades(len(limits) + 1))]
    outlines = [_outline(area, fills[_class(area.value, limits)]) for area in areas]
    boxes = [_box(at, fill) for at, fill in enumerate(fills)]
    axis = {"visible": False, "fixedrange": True}
    # One figure made at once: Plotly checks everything again with each piece that is added.
    return go.Figure(
        data=[*outlines, *_border(selected), _inset(), *boxes],
        layout={
            "showlegend": False,
            "hovermode": "closest",
            "clickmode": "event",
            "annotations": _labels(words),
            "xaxis": {**axis, "range": WIDTH},
            "yaxis": {**axis, "range": HEIGHT, "scaleanchor": "x", "constrain": "domain"},
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        },
    )


@cache
def known_codes() -> frozenset[str]:
    """Return the codes of the provinces that the base map holds."""
    return frozenset(base_map()["provinces"])


@cache
def base_map() -> dict[str, Any]:
    """Return the base map: provinces with rings in kilometres, and the South China Sea box."""
    return dict(json.loads(BASE_MAP.read_text(encoding="utf-8")))


@cache
def _province(code: str) -> Line:
    return _joined(base_map()["provinces"][code]["rings"])


def _outline(area: Area, fill: Part) -> Part:
    x, y = _province(area.code)
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        # A click inside an outline brings the whole list, so one code is enough.
        "customdata": [area.code],
        "name": area.name,
        "text": area.text,
        "hoverinfo": "text",
        "hoveron": "fills",
        "mode": "lines",
        "fill": "toself",
        "line": {"width": 0.8, "color": colour("surface")},
        **fill,
    }


def _border(code: str) -> list[Part]:
    """Draw the chosen province twice, so that one line stands out from every shade."""
    if code not in known_codes():
        return []
    return [_line(_province(code), *look) for look in (("surface", 5.0), ("ink", 2.0))]


def _inset() -> Part:
    return _line(_joined(base_map()["inset"]), "line-strong", 1.0)


def _line(points: Line, token: str, width: float) -> Part:
    return {
        "type": "scatter",
        "x": points[0],
        "y": points[1],
        "mode": "lines",
        "hoverinfo": "skip",
        "line": {"width": width, "color": colour(token)},
    }


def _hatching() -> Part:
    return {
        "fillcolor": colour("sunken"),
        "fillpattern": {
            "shape": "/",
            "size": 6,
            "solidity": 0.25,
            "fgcolor": colour("unknown"),
            "bgcolor": colour("sunken"),
            "fillmode": "replace",
        },
    }


def _box(at: int, fill: Part) -> Part:
    left, right = LEGEND_LEFT, LEGEND_LEFT + 1.6 * LEGEND_BOX
    bottom = LEGEND_BOTTOM + at * LEGEND_STEP
    top = bottom + LEGEND_BOX
    corners = [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]
    points = _joined([corners])
    return {**_line(points, "line-strong", 1.0), "fill": "toself", **fill}


def _labels(words: MapWords) -> list[Part]:
    left = LEGEND_LEFT + 2.1 * LEGEND_BOX
    middle = LEGEND_BOTTOM + LEGEND_BOX / 2
    legend = [
        _label(label, (left, middle + at * LEGEND_STEP), "left")
        for at, label in enumerate((words.unknown, *words.classes))
    ]
    points = [point for ring in base_map()["inset"] for point in ring]
    right, bottom = max(x for x, _ in points), min(y for _, y in points)
    return [*legend, _label(words.inset, (right, bottom - 110), "right")]


def _label(text: str, at: tuple[float, float], anchor: str) -> Part:
    return {
        "x": at[0],
        "y": at[1],
        "text": text,
        "showarrow": False,
        "xanchor": anchor,
        "yanchor": "middle",
        "font": {"size": 12, "color": colour("muted")},
    }


def _joined(rings: Sequence[Sequence[Sequence[float]]]) -> Line:
    """Put rings behind each other, with a gap between two of them."""
    gap = [[np.nan, np.nan]]
    points = np.concatenate([part for ring in rings for part in (ring, gap)])[:-1]
    return points[:, 0].astype(np.float32), points[:, 1].astype(np.float32)


def _class(value: float | None, limits: Sequence[float]) -> int:
    """Return 0 for unknown, else the number of the class, the lowest being 1."""
    return 0 if value is None else 1 + sum(value >= limit for limit in limits)


def _shades(count: int) -> list[str]:
    return list(sample_colorscale(sequential(), [at / (count - 1) for at in range(count)]))
