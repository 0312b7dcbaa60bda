"""A chart with everything that lets its numbers be checked, taken along and quoted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import plotly.graph_objects as go
from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import where_from
from components.ids import shell as ids
from components.panels.graph import DEFAULT_HEIGHT, graph
from components.tables.table import Cell, DataTable, are_parts, plain_text, table_json
from services.i18n.texts import t

__all__ = ["ChartMeta", "DataTable", "chart_card"]


@dataclass(frozen=True, slots=True)
class ChartMeta:
    """What stands beside a chart and goes into every file made of it.

    `filters` are the choices behind the numbers by their label on screen, e.g. {"地区": "全国"}.
    """

    unit: str
    period: str
    source: str
    as_of: str = ""
    factor_set: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    where_from_href: str = ""


def chart_card(  # noqa: PLR0913  # options of one element, named by the caller
    chart_id: str,
    title: str,
    figure: go.Figure | None,
    table: DataTable,
    meta: ChartMeta,
    *,
    height: int = DEFAULT_HEIGHT,
    note: Component | str = "",
    summary: str = "",
) -> html.Section:
    """Show a chart with unit, period, table of the same numbers, files, source and origin.

    `chart_id` is the id of the graph; `summary` tells a person who cannot see it what it shows.
    """
    described = " · ".join(part for part in (meta.unit, meta.period) if part)
    head = html.Header(
        [html.Div([html.H2(title), html.P(described)]), _view_switch()], className="card-head"
    )
    spoken = f"{title} ({described}). {summary}".strip()
    return html.Section(
        [
            head,
            html.Div(note, className="chart-note") if note else None,
            _views(graph(chart_id, figure, height), height, spoken),
            _foot(chart_id, meta),
            *_export(chart_id, title, table, meta),
        ],
        className="card chart-card",
        **{
            "data-view": "chart",
            "data-title": title,
            "data-caption": _caption(meta, described),
            "data-table": table_json(table),
        },
    )


def _views(drawn: dcc.Graph, height: int, spoken: str) -> html.Div:
    room = {"minHeight": f"{height}px"}
    chart = html.Div(
        drawn, className="chart-view", style=room, role="img", **{"aria-label": spoken}
    )
    # Filled by assets/55-shell.js when it is asked for: few readers open the table, and
    # hundreds of cells of it would delay every chart.
    table = html.Div(className="chart-table", style=room)
    return html.Div([chart, table], className="card-body chart-views")


def _view_switch() -> html.Div:
    chart = html.Button(
        t("chart.view"), type="button", **{"data-show": "chart", "aria-pressed": "true"}
    )
    table = html.Button(
        t("chart.table"), type="button", **{"data-show": "table", "aria-pressed": "false"}
    )
    return html.Div(
        [chart, table], className="segments", role="group", **{"aria-label": t("chart.show_as")}
    )


def _foot(chart_id: str, meta: ChartMeta) -> html.Footer:
    as_of = t("chart.as_of", day=meta.as_of) if meta.as_of else ""
    source = html.P(
        [
            t("chart.source", source=meta.source),
            html.Span(as_of) if as_of else None,
            html.Span(t("chart.factors", name=meta.factor_set)) if meta.factor_set else None,
            where_from(meta.where_from_href, "where-from") if meta.where_from_href else None,
        ],
        className="chart-source",
    )
    pictures = [
        html.Button(kind.upper(), type="button", **{"data-picture": kind})
        for kind in ("png", "svg")
    ]
    files = [
        html.Button(kind.upper(), id=ids.chart_file(chart_id, kind), type="button", n_clicks=0)
        for kind in ("csv", "xlsx")
    ]
    downloads = html.Div(
        [*pictures, *files],
        className="chart-files",
        role="group",
        **{"aria-label": t("chart.download")},
    )
    return html.Footer([source, downloads], className="card-foot")


def _caption(meta: ChartMeta, described: str) -> str:
    chosen = [f"{label}: {value}" for label, value in meta.filters.items()]
    source = t("chart.source", source=meta.source)
    return " · ".join(part for part in (described, *chosen, source, meta.factor_set) if part)


def _export(chart_id: str, title: str, table: DataTable, meta: ChartMeta) -> list[Component]:
    data = {
        "title": title,
        "meta": {**asdict(meta), "filters": dict(meta.filters)},
        "columns": [asdict(column) for column in table.described()],
        "rows": plain_rows(table),
    }
    return [
        dcc.Store(id=ids.chart_data(chart_id), data=data),
        dcc.Download(id=ids.chart_download(chart_id)),
    ]


def plain_rows(table: DataTable) -> list[list[Any]]:
    """Return the rows as plain values in the order of the columns, for a file."""
    keys: Sequence[str] = [column.key for column in table.described()]
    return [[_plain(row.get(key)) for key in keys] for row in table.rows]


def _plain(value: Any) -> Any:
    if isinstance(value, Cell):
        return value.sort if value.sort is not None else _plain(value.content)
    if are_parts(value):
        return " ".join(words.strip() for _, words in value)
    return plain_text(value) if isinstance(value, Component | list) else value
