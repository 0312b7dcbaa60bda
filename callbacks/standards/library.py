"""Reactions of the library: search, one value, one method, an example that is run (4.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import MATCH, Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.chosen import number_in
from callbacks.context import Context
from callbacks.pressed import pressed
from callbacks.standards import own_values
from callbacks.wiring import wire
from components.ids import standards_library as ids
from components.panels.library import METHODS, OWN, LibraryView, factor_screen, value_list
from components.panels.methods import (
    Formulas,
    MethodView,
    method_list,
    method_screen,
    trial_text,
)
from services.clock import today
from services.errors import NotFoundError
from services.reports.formulas import as_data
from services.reports.method_text import formula_node
from services.security.permissions import Action
from services.standards.descriptions import MethodDescription
from services.standards.examples import Example, examples_of, run_example
from services.standards.library import LibraryValue, Query, find, loaded_library, versions
from services.standards.written import formulas_of

Address = Mapping[str, str]


def show_library(context: Context, query: Address) -> Component:
    """Show what the address asks for: values, methods, or the organization's own values."""
    if query.get("view") == OWN:
        return own_values.show_own_values(context, query)
    if query.get("view") != METHODS:
        return factor_screen(_values(context, query))
    if not query.get("method"):
        described = [context.catalog.describe(d) for d in context.catalog.designations()]
        return method_list(described)
    return method_screen(_method(context, query))


def search(context: Context, text: str | None, group: str | None, status: str | None) -> Component:
    """Show the values that hold the words, of a group and a status."""
    query = Query(*(str(given or "") for given in (text, group, status)))
    return value_list(query, find(loaded_library(context.catalog), query))


def try_example(context: Context, _clicks: int, query: Address) -> Component:
    """Compute a worked example by the engine and show whether its known total comes out."""
    number = pressed("number")
    found = _examples(context, query)
    if not isinstance(number, int) or not 0 <= number < len(found):
        raise NotFoundError("example", value=str(number)[:20])
    return trial_text(run_example(context.catalog, found[number], today()))


def _values(context: Context, query: Address) -> LibraryView:
    values = loaded_library(context.catalog)
    wanted = Query(query.get("text", ""), query.get("group", ""), query.get("status", ""))
    opened = _opened(values, query.get("code", ""))
    same = versions(values, opened.code) if opened else ()
    start = number_in(query.get("from") or "0", "from")
    return LibraryView(wanted, start, find(values, wanted), opened, same)


def _opened(values: tuple[LibraryValue, ...], code: str) -> LibraryValue | None:
    if not code:
        return None
    found = next((value for value in values if value.code == code), None)
    if found is None:
        raise NotFoundError("code", value=code[:60])
    return found


def _method(context: Context, query: Address) -> MethodView:
    described = _described(context, query)
    method = context.catalog.method(described.designation)
    formulas = [
        Formulas(source.code, [(text, as_data(formula_node(text))) for text in formulas_of(source)])
        for source in method.sources.values()
    ]
    return MethodView(described, formulas, _examples(context, query))


def _described(context: Context, query: Address) -> MethodDescription:
    return context.catalog.describe(str(query.get("method", ""))[:80])


def _examples(context: Context, query: Address) -> tuple[Example, ...]:
    return examples_of(_described(context, query).designation)


def register(app: Dash, context: Context) -> None:
    """Wire the page's events to the functions above."""
    seen: dict[str, Any] = {"permission": Action.VIEW_STANDARDS}
    wire(
        app,
        context,
        show_library,
        Output(ids.LIBRARY, "children"),
        Input(ids.QUERY, "data"),
        **seen,
    )
    wire(
        app,
        context,
        search,
        Output(ids.VALUES, "children"),
        Input(ids.TEXT, "value"),
        Input(ids.GROUP, "value"),
        Input(ids.STATUS, "value"),
        prevent_initial_call=True,
        **seen,
    )
    wire(
        app,
        context,
        try_example,
        Output(ids.trial(MATCH), "children"),
        Input(ids.run_example(MATCH), "n_clicks"),
        State(ids.QUERY, "data"),
        prevent_initial_call=True,
        **seen,
    )
    own_values.register(app, context)
