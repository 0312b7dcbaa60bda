"""The entry grid: rows of a method's activity data, on the desk as a grid, on a phone as cards."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import dash_ag_grid as dag
from dash import dcc, html
from dash.development.base_component import Component

from components.forms.entry_payload import entry_payload
from components.forms.entry_view import GROUPS, EntryView
from components.ids import collection_manual as ids
from components.panels.units import EITHER
from services.i18n.texts import t

GRID_HEIGHT = 460
SOURCE_WIDTH, CHOICE_WIDTH, SYMBOL_WIDTH, NOTE_WIDTH, FILES_WIDTH = 176, 140, 128, 180, 150
MONTH_WIDTH = 84

MARKS = {
    "entry-cell-error": "entryMarked(params, 'error')",
    "entry-cell-warning": "entryMarked(params, 'warning')",
    "entry-cell-comment": "entryMarked(params, 'comment')",
    "entry-cell-off": "entryMarked(params, 'off')",
    "entry-cell-default": "entryMarked(params, 'default')",
}

_FILES = {"data-entry-files": ""}
CELL = {
    "cellClassRules": MARKS,
    "valueFormatter": {"function": "entryText(params)"},
    "tooltipValueGetter": {"function": "entryTooltip(params)"},
}


def entry_grid(view: EntryView) -> html.Div:
    """Return the toolbar, the grid, the cards and what the script needs to fill them."""
    tools, grid_id = [_sections(view)], ids.grid(uuid4().hex)
    if view.state.is_editable:
        tools.append(_tools(view))
    return html.Div(
        [
            html.Div(tools, className="entry-bar"),
            html.Div(_grid(view, grid_id), className="entry-grid", **{"data-entry-grid": ""}),
            html.Div(className="entry-cards", **{"data-entry-cards": ""}),
            _foot(),
            *([html.Div(className="entry-files", **_FILES)] if view.has_evidence else []),
            dcc.Store(id=view.stores.entry, data=entry_payload(view, grid_id)),
        ],
        className="entry",
        **{"data-entry-root": grid_id},
    )


def action(name: str, kind: str = "plain", symbol: str = "", hint: str = "") -> html.Button:
    """Return a button that the grid's script obeys: undo, redo, add, copy, delete, save …"""
    label = t(f"entry.actions.{name.replace('-', '_')}")
    mark = html.Span(symbol, **{"aria-hidden": "true"}) if symbol else None
    return html.Button(
        [mark, html.Span(label)],
        type="button",
        className=f"button button-{kind}",
        title=hint or None,
        **{"data-entry-action": name},
    )


def _sections(view: EntryView) -> html.Div:
    present = {source.group for source in view.sources}
    codes = ["all", *(group for group in GROUPS if group in present)]
    if view.terms:
        codes.append("balance")
    buttons = [
        html.Button(
            t(f"entry.groups.{code}"),
            type="button",
            **{"data-entry-section": code, "aria-pressed": str(code == "all").lower()},
        )
        for code in codes
    ]
    label = {"aria-label": t("entry.groups.label")}
    return html.Div(buttons, className="segments", role="group", **label)


def _tools(view: EntryView) -> html.Div:
    return html.Div(
        [
            *(_months() if view.has_evidence else []),
            action("undo", "quiet", "↶", "Ctrl+Z"),
            action("redo", "quiet", "↷", "Ctrl+Y"),
            action("add", "plain", "＋"),
            action("copy", "quiet"),
            action("delete", "quiet", "✕"),
        ],
        className="entry-tools",
    )


def _months() -> list[html.Button]:
    """Return the buttons that show the column of months, and make twelve rows of one."""
    shown = {"data-entry-months": "", "aria-pressed": "false"}
    spread = {"data-entry-spread": "", "hidden": True}
    return [
        html.Button(
            t(f"entry.months.{name}"),
            type="button",
            className="button button-quiet",
            title=t(f"entry.months.{name}_hint"),
            **told,
        )
        for name, told in (("show", shown), ("spread", spread))
    ]


def _foot() -> html.Div:
    return html.Div(
        [
            html.P(className="entry-focus", **{"data-entry-focus": "", "aria-live": "polite"}),
            html.P(className="entry-said", role="status", **{"data-entry-said": ""}),
        ],
        className="entry-foot",
    )


def _grid(view: EntryView, grid_id: str) -> Component:
    return dag.AgGrid(
        id=grid_id,
        columnDefs=columns(view),
        rowData=[],
        getRowId="params.data._id",
        defaultColDef=_every_column(view.state.is_editable),
        eventListeners={
            "cellEditRequest": ["entryRequested(params)"],
            "cellFocused": ["entryFocused(params)"],
        },
        dashGridOptions=_options(view.state.is_editable),
        style={"height": f"{GRID_HEIGHT}px", "width": "100%"},
    )


def _options(is_editable: bool) -> dict[str, Any]:
    options: dict[str, Any] = {
        "theme": {"function": "entryTheme(themeQuartz)"},
        # Our own script holds the rows, so that undo covers pasting and deleting too.
        "readOnlyEdit": True,
        "stopEditingWhenCellsLoseFocus": True,
        "enterNavigatesVerticallyAfterEdit": True,
        "suppressColumnVirtualisation": True,
        "isExternalFilterPresent": {"function": "entryFiltered(params)"},
        "doesExternalFilterPass": {"function": "entryPasses(params)"},
        "tooltipShowDelay": 150,
        "localeText": {"noRowsToShow": t("entry.no_rows")},
        "animateRows": False,
        # Nothing happens in a heading, and Tab would stop at each of them.
        "suppressHeaderFocus": True,
        # The name of a term has a dot: balance.opening.
        "suppressFieldDotNotation": True,
    }
    if is_editable:
        options["rowSelection"] = {"mode": "multiRow", "enableClickSelection": False}
        options["selectionColumnDef"] = {"pinned": "left", "width": 44, "resizable": False}
    return options


def _every_column(is_editable: bool) -> dict[str, Any]:
    return {
        "editable": is_editable,
        "sortable": False,
        "suppressMovable": True,
        "resizable": True,
        "wrapHeaderText": True,
        "autoHeaderHeight": True,
    }


def columns(view: EntryView) -> list[dict[str, Any]]:
    """Return the columns that the method asks for: source, item, its quantities, origin, note."""
    choices = [_choice("source", pinned=True), _choice("item", pinned=True)]
    if view.has_options:
        choices.append(_choice("key"))
    symbols = [_symbol(view, symbol) for symbol in view.symbols]
    # The terms of balances are shown in a section of their own, or where a row states one.
    terms = [{**_symbol(view, term), "hide": True} for term in view.terms]
    if not view.has_evidence:
        return [_line_number(), *({**cell, **CELL} for cell in (*choices, *symbols))]
    # Most people enter years: the month is shown where a row states one, or when asked for.
    month = {**_choice("month"), "width": MONTH_WIDTH, "hide": True}
    note = {"field": "note", "headerName": t("entry.columns.note"), "width": NOTE_WIDTH}
    cells = [*choices, month, *symbols, *terms, _choice("origin"), note]
    return [_line_number(), *({**cell, **CELL} for cell in cells), {**CELL, **_files()}]


def _files() -> dict[str, Any]:
    """Return the column of evidence files; they are added below the grid, to the row in focus."""
    return {
        "field": "files",
        "headerName": t("entry.columns.files"),
        "width": FILES_WIDTH,
        "valueFormatter": {"function": "entryFileNames(params)"},
        "editable": False,
    }


def _line_number() -> dict[str, Any]:
    return {
        "colId": "line",
        "headerName": "#",
        "valueGetter": {"function": "entryLine(params)"},
        "cellClass": "entry-line",
        "editable": False,
        "width": 52,
        "pinned": "left",
        "resizable": False,
    }


def _choice(field: str, *, pinned: bool = False) -> dict[str, Any]:
    return {
        "field": field,
        "headerName": t(f"entry.columns.{field}"),
        "width": SOURCE_WIDTH if field == "source" else CHOICE_WIDTH,
        "cellEditor": {"function": "EntryChoiceEditor"},
        "cellEditorPopup": True,
        **({"pinned": "left"} if pinned else {}),
    }


def _symbol(view: EntryView, symbol: str) -> dict[str, Any]:
    known = (q for source in view.sources for q in (*source.symbols, *source.terms))
    uses = [quantity for quantity in known if quantity.symbol == symbol]
    units = dict.fromkeys(part for quantity in uses for part in quantity.unit.split(EITHER))
    return {
        "field": symbol,
        "headerName": f"{uses[0].label}\n{EITHER.join(units)}",
        "width": SYMBOL_WIDTH,
        "cellClass": "entry-number",
        "headerClass": "entry-number-header",
    }


def submit_bar(view: EntryView, label: str = "") -> html.Div:
    """Return how the draft stands, and the buttons that save and submit it."""
    buttons: list[Component] = []
    if view.state.is_editable:
        buttons = [
            action("save"),
            html.Button(
                label or t("entry.actions.submit"),
                type="button",
                className="button button-primary",
                disabled=True,
                **{"data-entry-submit": "", "data-entry-action": "ask-submit"},
            ),
        ]
    return html.Div(
        [
            html.Span(className="entry-status", role="status", **{"data-entry-status": ""}),
            html.Span(className="entry-reason", **{"data-entry-reason": ""}),
            *buttons,
        ],
        className="entry-submit",
        role="group",
        tabIndex="-1",
        **{"data-entry-bar": "", "aria-label": t("entry.actions.bar")},
    )


def conflict_box() -> html.Div:
    """Return the choice a person has when others saved meanwhile; hidden until it happens."""
    return html.Div(
        [
            html.Div(
                [
                    html.Strong(t("entry.conflict.title")),
                    html.P(t("entry.conflict.text")),
                ]
            ),
            action("keep-mine", "primary"),
            action("take-theirs"),
        ],
        className="entry-conflict",
        role="alert",
        hidden=True,
        **{"data-entry-conflict": ""},
    )


def submit_dialog(organization: str, year: int) -> html.Dialog:
    """Return the question that is asked before data leaves the organization's hands."""
    return html.Dialog(
        [
            html.H2(t("entry.dialog.title")),
            html.P(t("entry.dialog.text", organization=organization, year=year)),
            html.P(className="entry-warned", **{"data-entry-warned": ""}),
            html.Div(
                [action("cancel-submit"), action("confirm-submit", "primary")],
                className="dialog-actions",
            ),
        ],
        className="dialog",
        **{"data-entry-dialog": "", "aria-label": t("entry.dialog.title")},
    )
