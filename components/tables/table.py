"""Accessible tables: sortable in the browser, cards on a phone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from dash import html
from dash.development.base_component import Component

from services.formatting import UNKNOWN, exact
from services.i18n.texts import t

Value = Component | str | float | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `numeric` aligns to the right, `unit` stands under the label."""

    key: str
    label: str
    numeric: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell whose text differs from what it sorts by, or that says more on hover."""

    content: Component | str | list[Any]
    sort: float | str | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class DataTable:
    """The numbers of a chart or list: columns as (key, label) or Column, rows as mappings."""

    columns: tuple[Column | tuple[str, str], ...]
    rows: Sequence[Mapping[str, Any]] = field(default_factory=list)

    def described(self) -> tuple[Column, ...]:
        """Return every column as a Column; a column of numbers is aligned as one."""
        return tuple(_column(column, self.rows) for column in self.columns)


def data_table(  # noqa: PLR0913  # options of one element, named by the caller
    columns: Sequence[Column | tuple[str, str]],
    rows: Sequence[Mapping[str, Any]],
    *,
    table_id: str | None = None,
    caption: str = "",
    row_classes: Sequence[str] = (),
    sortable: bool = True,
) -> html.Div:
    """Return a table. Numbers are shown with every digit; None is shown as unknown."""
    described = DataTable(tuple(columns), rows).described()
    named: dict[str, Any] = {"id": table_id} if table_id else {}
    head = html.Thead(html.Tr([_header(column, sortable) for column in described]))
    body = html.Tbody(
        [
            html.Tr(
                [_cell(column, row.get(column.key)) for column in described],
                className=row_classes[at] if at < len(row_classes) else None,
            )
            for at, row in enumerate(rows)
        ]
    )
    title = html.Caption(caption, className="visually-hidden") if caption else None
    table = html.Table([title, head, body] if title else [head, body], className="table", **named)
    return html.Div(table, className="table-frame", tabIndex=0, role="region", **_label(caption))


# Text in one look: (kind, text); kind is strong, small, code, "a" with the address as third, or
# "badge badge-<tone>" with what it means as third.
Part = tuple[str, ...]


def browser_table(
    columns: Sequence[Column | tuple[str, str]],
    rows: Sequence[Mapping[str, Any]],
    caption: str,
) -> html.Div:
    """Return a long table of plain words that the browser builds by itself (assets/55-shell.js).

    Dash spends about a millisecond on every element, and a table of 71 rows has a thousand. A cell
    is a text or a number, or a Cell whose content is a text or a list of Part.
    """
    data = {"data-table": table_json(DataTable(tuple(columns), rows)), "data-title": caption}
    return html.Div(className="browser-table", **data)


def table_json(table: DataTable) -> str:
    """Return the table as the browser builds it: columns, and cells as [content, sort key]."""
    columns = table.described()
    heads = [[column.label, column.unit, column.numeric] for column in columns]
    rows = [[_sent(row.get(column.key)) for column in columns] for row in table.rows]
    return json.dumps({"columns": heads, "rows": rows}, ensure_ascii=False)


def plain_text(content: Any) -> str:
    """Return the words inside an element, without the element."""
    if isinstance(content, list | tuple):
        return "".join(plain_text(part) for part in content)
    if isinstance(content, Component):
        return plain_text(getattr(content, "children", None))
    return "" if content is None else str(content)


def are_parts(content: Any) -> bool:
    """Return whether a cell's content is a list of Part, which only the browser builds."""
    return isinstance(content, list) and all(isinstance(part, tuple) for part in content)


def _sent(value: Any) -> tuple[str | list[Part], str]:
    content, sort, _ = _shown(value)
    told = content if are_parts(content) else plain_text(content)
    return told, "" if sort is None else str(sort)


def _column(column: Column | tuple[str, str], rows: Iterable[Mapping[str, Any]]) -> Column:
    if isinstance(column, Column):
        return column
    key, label = column
    values = [row.get(key) for row in rows if row.get(key) is not None]
    return Column(key, label, numeric=bool(values) and all(_is_number(v) for v in values))


def _header(column: Column, sortable: bool) -> html.Th:
    unit = html.Span(column.unit, className="table-unit") if column.unit else None
    words: list[Any] = [column.label, unit] if unit else [column.label]
    label = html.Span(words)
    if sortable:
        label = html.Button(words, type="button", className="table-sort")
    name = "numeric" if column.numeric else None
    return html.Th(label, scope="col", className=name, **{"aria-sort": "none"})


def _cell(column: Column, value: Any) -> html.Td:
    content, sort, title = _shown(value)
    extra: dict[str, Any] = {"data-label": f"{column.label} {column.unit}".strip()}
    if sort is not None:
        extra["data-sort"] = str(sort)
    name = "numeric" if column.numeric else None
    # Every element costs the browser time, so only what has parts gets a box around it.
    inside = content if isinstance(content, str) else html.Div(content)
    return html.Td(inside, className=name, title=title or None, **extra)


def _shown(value: Any) -> tuple[Any, float | str | Decimal | None, str]:
    if isinstance(value, Cell):
        return value.content, value.sort, value.title
    if value is None:
        return UNKNOWN, None, t("shell.unknown")
    if _is_number(value):
        return exact(value), value, ""
    return value, None, ""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _label(caption: str) -> dict[str, str]:
    return {"aria-label": caption or t("shell.table")}
