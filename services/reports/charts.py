"""Bars on paper, drawn from the tables of the report; vectors for print, pixels for Word."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import matplotlib
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from services.reports.fonts import PATHS, SANS, printable_characters
from services.reports.model import Bar, ChartBlock, mass
from services.reports.text import covered

# The colours of the screen's tokens: one colour means one thing everywhere.
COLOURS: Mapping[str, str] = {
    "fuel": "#4b5157",
    "process": "#7b5ea7",
    "electricity": "#2b6cb0",
    "heat": "#c0503c",
    "direct": "#4b5157",
    "deducted": "#2e9e6b",
    "indirect": "#2b6cb0",
    "total": "#0e7c5b",
}
INK, MUTED, LINE = "#14201b", "#5b6b63", "#dfe7e2"
WIDTH_INCHES = 6.3
PIXELS_PER_INCH = 220
LABEL_WIDTH = 28
# ₂ is missing in the Chinese font; the second comes with the drawing library.
FAMILIES = [SANS, "DejaVu Sans"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn chart: as vectors with letters as outlines, and as pixels."""

    svg: bytes
    png: bytes


def picture(chart: ChartBlock) -> Picture:
    """Return the chart in both forms; equal charts give equal bytes."""
    with _style():
        figure = draw(chart)
        FigureCanvasAgg(figure)
        vectors = _saved(figure, format="svg", metadata={"Date": None, "Creator": None})
        # Laying out takes as long as drawing, and the second form has the same layout.
        figure.set_layout_engine("none")
        pixels = _saved(figure, format="png", dpi=PIXELS_PER_INCH, metadata={"Software": None})
    return Picture(vectors, pixels)


def draw(chart: ChartBlock) -> Figure:
    """Return lying bars from zero, each with its value; what is taken off goes to the left."""
    _add_fonts()
    figure = Figure(
        figsize=(WIDTH_INCHES, 0.55 + 0.36 * max(1, len(chart.bars))), layout="constrained"
    )
    axes = figure.add_subplot()
    places = range(len(chart.bars))
    drawn = axes.barh(
        places,
        [bar.value_t for bar in chart.bars],
        height=0.62,
        color=[COLOURS[bar.role] for bar in chart.bars],
    )
    axes.bar_label(
        drawn,
        labels=[mass(bar.value_t).text() for bar in chart.bars],
        padding=3,
        fontsize=8.5,
        color=INK,
    )
    axes.set_yticks(places, labels=[_label(bar) for bar in chart.bars], fontsize=8.5)
    for label in axes.get_yticklabels():
        label.set_parse_math(False)  # dollar signs would start a formula
    axes.set_xlabel(chart.axis, fontsize=8, color=MUTED)
    _calm(axes, chart.bars)
    return figure


def _calm(axes: Axes, bars: tuple[Bar, ...]) -> None:
    axes.invert_yaxis()
    axes.axvline(0, color=MUTED, linewidth=0.8)
    low, high = (f(0.0, *(bar.value_t for bar in bars)) for f in (min, max))
    room = 0.24 * ((high - low) or 1.0)  # for the value beside the longest bar
    axes.set_xlim(low - room if low < 0 else 0.0, high + room)
    axes.xaxis.set_major_formatter(
        matplotlib.ticker.FuncFormatter(lambda value, _: f"{value:,.0f}")
    )
    axes.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(5))
    axes.tick_params(axis="x", labelsize=8, colors=MUTED, length=0)
    axes.tick_params(axis="y", length=0, colors=INK)
    axes.grid(axis="x", color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_visible(False)


def _label(bar: Bar) -> str:
    shown = covered(bar.label, printable_characters())
    # A Chinese character is as wide as two Latin ones.
    width = LABEL_WIDTH if shown.isascii() else LABEL_WIDTH // 2
    return "\n".join(textwrap.wrap(shown, width, max_lines=2, placeholder="…")) or "—"


def _saved(figure: Figure, **options: Any) -> bytes:
    target = io.BytesIO()
    figure.savefig(target, **options)
    return target.getvalue()


@contextmanager
def _style() -> Iterator[None]:
    settings = {
        "font.family": FAMILIES,
        "svg.fonttype": "path",
        "svg.hashsalt": "report",
        "axes.unicode_minus": True,
    }
    with matplotlib.rc_context(settings):
        yield


@cache
def _add_fonts() -> None:
    font_manager.fontManager.addfont(PATHS[SANS])
