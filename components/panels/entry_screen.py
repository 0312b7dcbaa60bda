"""The entry page put together: head, how the draft stands, grid, problems (4.2 a)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import button, file_link, link_button
from components.forms.entry_grid import conflict_box, entry_grid, submit_bar, submit_dialog
from components.forms.entry_view import Choice, EntryView
from components.ids import collection_manual as ids
from components.panels.badge import sample_badge
from components.panels.card import card
from components.panels.enterprise_result import state_badge
from components.panels.entry_obstacle import Obstacle, obstacle_panel
from components.panels.states import empty, loading
from components.panels.year_links import year_links
from components.shell.filters import write_filters
from components.shell.page import Crumb, page
from services.i18n.texts import t

PATH = "/collection/manual"
RESULT_PATH = "/enterprise/accounting"
IMPORT_PATH = "/collection/import"


@dataclass(frozen=True, slots=True)
class EntryHead:
    """What stands above the grid; `method` is empty before one is chosen."""

    organization_id: int
    organization: str
    is_sample: bool
    year: int
    years: Sequence[int]
    revision: int
    state: str
    comment: str
    method: str
    methods: Sequence[Choice]
    takes_rows: bool = False
    way: Sequence[Crumb] = ()


def entry_screen(head: EntryHead, view: EntryView) -> html.Div:
    """Return the whole entry page of an organization and year."""
    grid = card(
        t("entry.card_title"),
        entry_grid(view),
        footer=t("entry.card_hint"),
        actions=submit_bar(view),
    )
    # The question and the answer come and go with the place where the answer is shown.
    checks = [dcc.Store(id=store) for store in (ids.CHECK, ids.CHECKED)]
    listed = html.Div(loading("text"), id=ids.PROBLEMS, role="status")
    problems = card(t("entry.problems.title"), [listed, *checks])
    return _framed(
        head,
        _returned(head),
        conflict_box(),
        html.Div(id=ids.ROWS_BEFORE) if view.state.is_editable else None,
        html.Div([grid, problems], className="entry-layout"),
        submit_dialog(head.organization, head.year),
    )


def method_screen(head: EntryHead) -> html.Div:
    """Return the choice of a method, which decides what is asked."""
    return _framed(head, _method_choice(head))


def obstacle_screen(head: EntryHead, obstacle: Obstacle) -> html.Div:
    """Say why the year cannot be entered by its method, and offer the methods that cover it."""
    # The chooser above the grid would show another method than the one in use.
    unnamed = replace(head, method="")
    return _framed(unnamed, card("", obstacle_panel(obstacle, head.year)), _method_choice(head))


def _method_choice(head: EntryHead) -> html.Section:
    offers = [
        html.Button(
            [html.Strong(method.code), html.Span(method.name)],
            type="button",
            className="entry-method",
            **{
                "data-entry-choose": method.code,
                "data-entry-store": ids.METHOD,
                "data-entry-organization": head.organization_id,
                "data-entry-year": head.year,
                "data-entry-revision": head.revision,
            },
        )
        for method in head.methods
    ]
    body = html.Div(offers, className="entry-methods")
    return card(t("entry.choose_method"), body, t("entry.choose_method_hint"))


def no_organization() -> html.Div:
    """Say that there is nothing to enter for this visitor, and what to do."""
    home = link_button(t("entry.to_home"), "/")
    return page(
        t("entry.title"),
        empty(t("entry.no_organization"), t("entry.no_organization_hint"), home),
    )


def _framed(head: EntryHead, *parts: Component | None) -> html.Div:
    filters = html.Div(
        [year_links(PATH, head.organization_id, head.years, head.year), _method(head)],
        className="entry-choices",
    )
    return page(
        t("entry.title"),
        *(part for part in parts if part is not None),
        breadcrumb=head.way,
        filters=filters,
        subtitle=t("entry.subtitle", organization=head.organization, year=head.year),
        actions=_actions(head),
    )


def _actions(head: EntryHead) -> list[Component]:
    shown: list[Component] = [sample_badge()] if head.is_sample else []
    if head.takes_rows:
        shown.append(button(t("entry.before.open", year=head.year - 1), ids.BEFORE))
        shown.append(button(t("entry.bill.open"), ids.BILL))
        shown.append(button(t("entry.metered.open"), ids.METERED))
    if head.method:
        place = {"organization": head.organization_id, "year": head.year}
        shown.append(link_button(t("import_page.title"), IMPORT_PATH + write_filters(place)))
        address = f"/download/template/{head.organization_id}/{head.year}/xlsx"
        shown.append(file_link(t("import_template.download"), address))
    if head.state in ("submitted", "approved", "returned"):
        shown.append(state_badge(head.state))
        place = {"organization": head.organization_id, "year": head.year}
        shown.append(link_button(t("entry.state.see_result"), RESULT_PATH + write_filters(place)))
    return shown


def _method(head: EntryHead) -> html.Label | None:
    if not head.method:
        return None
    offers = [
        html.Option(f"{method.code} {part_name(method.name)}", value=method.code)
        for method in head.methods
    ]
    # The browser keeps the first option; the script sets the one in use.
    chooser = html.Select(
        offers, className="input", **{"data-entry-method": head.method, "disabled": True}
    )
    return html.Label(
        [html.Span(t("entry.method"), className="muted"), chooser], className="entry-method-choice"
    )


def part_name(name: str) -> str:
    """Return what tells a standard from its sister parts: the words after the last colon."""
    return re.split("：|: ", name)[-1]


def _returned(head: EntryHead) -> html.Div | None:
    if head.state != "returned" or not head.comment:
        return None
    return html.Div(
        [html.Strong(t("entry.state.returned_comment")), html.P(head.comment)],
        className="entry-returned",
        role="note",
    )
