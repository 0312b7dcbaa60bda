"""Reactions of the result page: the result, its lines, the decision (5.2.1 a, b)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import dash
from dash import ALL, MATCH, Dash, Input, Output, State, dcc
from dash.development.base_component import Component
from orjson import Fragment

from callbacks.chosen import Chosen, chosen_organization, place_of_result, way_to
from callbacks.context import Context
from callbacks.enterprise import (
    findings,
    heat_power,
    report_orders,
    restated,
    row_comments,
    simulations,
)
from callbacks.enterprise.heat_power import heat_power_view
from callbacks.enterprise.months_view import months_view
from callbacks.enterprise.result_view import (
    bar_table,
    chart_meta,
    detail_of,
    item_bars,
    line_page,
    lines_sheet,
    marks_of,
    material_of,
    scope_bars,
    warning_count,
)
from callbacks.enterprise.simulations import certainty_on_screen
from callbacks.enterprise.uncertainty_view import uncertainty_view
from callbacks.pressed import pressed_number
from callbacks.wiring import wire
from components.ids import enterprise_accounting as ids
from components.ids import row_comments as comment_ids
from components.ids import shell as shell_ids
from components.panels.emission_lines import line_detail, line_list
from components.panels.enterprise_result import Comparison, Decision
from components.panels.result_screen import (
    BarChart,
    ResultView,
    no_result,
    no_subject,
    result_screen,
)
from components.shell.messages import notice
from components.theme import current
from services.accounting import filing, reading
from services.accounting.bands import Band, Group
from services.accounting.results import Filing, RunResult
from services.clock import today
from services.errors import NotFoundError
from services.exports import file_name, write
from services.i18n.texts import language, t
from services.reports.material import Material
from services.security.permissions import Action, Actor

Query = Mapping[str, str]


_RIGHTS = (
    Action.EDIT_ACTIVITY,
    Action.APPROVE_ACTIVITY,
    Action.ORDER_REPORT,
    Action.EXPORT_EVIDENCE,
)


@dataclass(frozen=True, slots=True)
class Rights:
    """What the visitor may do with the result on screen."""

    decision: Decision
    may_enter: bool
    may_order: bool
    may_export: bool


def show_result(context: Context, query: Query) -> Component | Fragment:
    """Show the result of the year that the address names."""
    organization_id = chosen_organization(context, query)
    if organization_id is None:
        return no_subject()
    marks = reading.marks_of(context.actor(), context.database, organization_id)
    key = (organization_id, marks, query.get("year"), *_visitor(context, marks.access_path))
    return context.kept.get(key, lambda: _screen(context, query))


def _visitor(context: Context, path: str) -> tuple[Hashable, ...]:
    """Return what a result's screen depends on besides the result: person, words, look, day."""
    actor = context.actor()
    rights = tuple(actor.may(action, path) for action in _RIGHTS)
    return actor.person_id, rights, language(), current(), today()


def _screen(context: Context, query: Query) -> Component:
    chosen = place_of_result(context, query)
    if not any(state.year == chosen.year and state.run for state in chosen.states):
        may_enter = context.actor().may(Action.EDIT_ACTIVITY)
        return no_result(chosen.organization_id, chosen.year, chosen.years, may_enter)
    return result_screen(_view(context, chosen, _result(context, chosen)))


def turn_page(context: Context, _clicks: list[int], query: Query) -> Any:
    """Show another page of lines."""
    material = _material(context, query)
    return line_list(line_page(material, pressed_number("page", len(material.result.lines))))


def open_line(context: Context, clicks: int, query: Query) -> Component | list[Component]:
    """Open a line to its formula and inputs, or close it again."""
    if (clicks or 0) % 2 == 0:
        return []
    material = _material(context, query)
    line = material.result.lines[pressed_number("line", len(material.result.lines))]
    return line_detail(detail_of(context.catalog, material, line))


def download_lines(context: Context, _csv: int, _xlsx: int, query: Query) -> Any:
    """Return every line as a file of the kind whose button was pressed."""
    kind = "csv" if dash.ctx.triggered_id == ids.LINES_CSV else "xlsx"
    material = _material(context, query)
    sheet = lines_sheet(material)
    reading.note_lines_taken(context.actor(), context.database, material.summary)
    return dcc.send_bytes(write(sheet, kind), file_name(sheet, kind))


def approve(
    context: Context, _clicks: int, comment: str | None, shown: object, query: Query
) -> Any:
    """Approve the submission on screen, then show it anew."""
    place = place_of_result(context, query).organization_id
    filing.approve(context.actor(), context.database, place, _submission(shown), comment or "")
    return _decided(context, query, "approved")


def send_back(
    context: Context, _clicks: int, comment: str | None, shown: object, query: Query
) -> Any:
    """Send the submission on screen back with its reason, then show it anew."""
    place = place_of_result(context, query).organization_id
    filing.send_back(context.actor(), context.database, place, _submission(shown), comment or "")
    return _decided(context, query, "returned")


def _decided(context: Context, query: Query, state: str) -> Any:
    dash.set_props(shell_ids.MESSAGES, {"children": notice(t(f"result.filing.done_{state}"))})
    told = row_comments.show_comments(context, query)
    dash.set_props(comment_ids.RESULT_PLACE, {"children": told})
    return show_result(context, query)


def _result(context: Context, chosen: Chosen) -> RunResult:
    actor, place = context.actor(), (chosen.organization_id, chosen.year)
    return reading.result_of(actor, context.database, *place)


def _material(context: Context, query: Query) -> Material:
    return material_of(context, _result(context, place_of_result(context, query)))


def _submission(shown: object) -> UUID:
    try:
        return UUID(str(shown))
    except ValueError:
        raise NotFoundError("submission", value=str(shown)[:40]) from None


def _view(context: Context, chosen: Chosen, result: RunResult) -> ResultView:
    material = material_of(context, result)
    certainty = certainty_on_screen(context, chosen, result)
    bands = certainty.bands
    items, scopes = item_bars(material, bands), scope_bars(material, bands)
    rights = _rights(context, result.filing, result.summary.subject.access_path)
    return ResultView(
        result=result,
        beside=_comparison(chosen, material, bands),
        decision=rights.decision,
        items=BarChart(items, bar_table(items, t("result.charts.item"))),
        scopes=BarChart(scopes, bar_table(scopes, t("result.charts.scope"))),
        meta=chart_meta(material),
        lines=line_page(material, 0),
        uncertainty=uncertainty_view(material, certainty),
        heat_power=heat_power_view(context, result),
        months=months_view(material),
        years=chosen.years,
        way=way_to(context, chosen.organization_id),
        may_enter=rights.may_enter,
        may_order=rights.may_order,
        may_export=rights.may_export,
    )


def _comparison(chosen: Chosen, material: Material, bands: Mapping[Group, Band]) -> Comparison:
    earlier = (s.run for s in chosen.states if s.year == material.summary.year - 1)
    return Comparison(
        earlier=next(earlier, None),
        warnings=warning_count(material.result.lines),
        marks=marks_of(material, bands),
    )


def _rights(context: Context, filing: Filing, path: str) -> Rights:
    actor = context.actor()
    return Rights(
        decision=_decision(actor, filing, path),
        may_enter=actor.may(Action.EDIT_ACTIVITY, path),
        may_order=actor.may(Action.ORDER_REPORT, path),
        may_export=actor.may(Action.EXPORT_EVIDENCE, path),
    )


def _decision(actor: Actor, filing: Filing, path: str) -> Decision:
    if filing.submitted_by.person_id == actor.person_id:
        return Decision(False, t("result.filing.why_maker"))
    if not actor.may(Action.APPROVE_ACTIVITY, path):
        return Decision(False, t("result.filing.why_role"))
    if actor.person_id in filing.typed_by:
        return Decision(False, t("result.filing.why_typer"))
    return Decision(True)


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    query = State(ids.QUERY, "data")
    sees = partial(wire, app, context, permission=Action.VIEW_RESULT, prevent_initial_call=True)
    wire(
        app,
        context,
        show_result,
        Output(ids.RESULT, "children"),
        Input(ids.QUERY, "data"),
        permission=Action.VIEW_RESULT,
        whole_page="result.title",
    )
    pages = Input(ids.lines_page(ALL), "n_clicks")
    sees(turn_page, Output(ids.LINES, "children"), pages, query)
    opened = Output(ids.line_detail(MATCH), "children")
    sees(open_line, opened, Input(ids.line_toggle(MATCH), "n_clicks"), query)
    kinds = (Input(ids.LINES_CSV, "n_clicks"), Input(ids.LINES_XLSX, "n_clicks"))
    file = Output(ids.LINES_FILE, "data")
    sees(download_lines, file, *kinds, query, needs_step_up=True)
    _register_decisions(app, context)
    findings.register(app, context)
    report_orders.register(app, context)
    simulations.register(app, context)
    heat_power.register(app, context)
    restated.register(app, context)
    row_comments.register(app, context)


def _register_decisions(app: Dash, context: Context) -> None:
    for function, clicked in ((approve, ids.APPROVE), (send_back, ids.SEND_BACK)):
        wire(
            app,
            context,
            function,
            Output(ids.RESULT, "children", allow_duplicate=True),
            Input(clicked, "n_clicks"),
            State(ids.COMMENT, "value"),
            State(ids.SUBMISSION, "data"),
            State(ids.QUERY, "data"),
            permission=Action.APPROVE_ACTIVITY,
            needs_step_up=True,
            prevent_initial_call=True,
        )
