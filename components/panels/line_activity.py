"""What an emission line rests on: the row as typed and as understood, by whom, with its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components.tables.table import Column, data_table
from services.i18n.texts import t


@dataclass(frozen=True, slots=True)
class TypedCell:
    """One cell of a row: what was typed, and the value with unit that was understood."""

    symbol: str
    name: str
    typed: str
    understood: str


@dataclass(frozen=True, slots=True)
class FileLink:
    """An evidence file: where it is downloaded, how large it is, who added it, and its hash."""

    name: str
    href: str
    size: str
    added: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ActivityRecord:
    """A row as it was handed in; `entered` says by whom, when and how."""

    row: int
    entered: str
    cells: tuple[TypedCell, ...]
    note: str
    files: tuple[FileLink, ...]
    mark: str


def activity_records(records: Sequence[ActivityRecord]) -> html.Div:
    """Return the rows behind a line, each with who handed it in and its evidence files."""
    return html.Div([_record(record) for record in records], className="line-activity")


def _record(record: ActivityRecord) -> html.Section:
    title = t("result.activity.title", row=record.row)
    return html.Section(
        [
            html.Header(
                [html.Strong(title), html.Span(record.entered, className="muted")],
            ),
            _cells(record),
            _labelled("result.detail.note", record.note or t("result.detail.no_note")),
            _labelled("result.activity.files", _files(record.files)),
            html.Small(record.mark, className="muted line-hash"),
        ],
        className="line-record",
    )


def _cells(record: ActivityRecord) -> html.Div:
    columns = (
        Column("quantity", t("result.detail.quantity")),
        Column("typed", t("result.activity.typed")),
        Column("understood", t("result.activity.understood")),
    )
    rows = [
        {
            "quantity": html.Span([html.I(cell.symbol), f" {cell.name}"]),
            "typed": html.Q(cell.typed),
            "understood": cell.understood,
        }
        for cell in record.cells
    ]
    caption = t("result.activity.title", row=record.row)
    return data_table(columns, rows, caption=caption, sortable=False)


def _labelled(key: str, content: Component | str) -> html.Div:
    return html.Div(
        [html.Span(t(key), className="line-step-label"), content], className="line-note"
    )


def _files(files: Sequence[FileLink]) -> Component | str:
    if not files:
        return t("result.activity.no_files")
    return html.Ul(
        [
            html.Li(
                [
                    html.A(file.name, href=file.href, download="", title=f"SHA-256 {file.sha256}"),
                    html.Small(f"{file.size} · {file.added}", className="muted"),
                ]
            )
            for file in files
        ],
        className="line-files",
    )
