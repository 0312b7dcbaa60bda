"""Settings and dated data in force, read only: what, how much, and where from (7.2)."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from components.panels.card import card
from components.shell.page import page
from components.tables.table import Cell, Column, browser_table
from services.formatting import date_text
from services.i18n.texts import t
from services.parameters import GROUPS, SETTINGS, SIGN_IN, Parameter, Parameters


def parameters_screen(found: Parameters) -> html.Div:
    """Return the whole page."""
    return page(
        t("parameters.title"),
        *(_group(found, group) for group in GROUPS),
        subtitle=t("parameters.subtitle", day=date_text(found.day)),
    )


def _group(found: Parameters, group: str) -> Component:
    title = t(f"parameters.groups.{group}")
    names = ("name", "value", "source", "where")
    columns = [Column(name, t(f"parameters.{name}")) for name in names]
    table = browser_table(columns, [_row(each) for each in found.of(group)], title)
    hint = _profile(found) if group == SIGN_IN else t(f"parameters.hints.{group}")
    return card(title, html.Div(table, className="first-whole"), hint)


def _profile(found: Parameters) -> str:
    profile = found.profile
    return t(
        "parameters.profile",
        name=profile.name,
        day=date_text(profile.applies_from),
        source=profile.source,
    )


def _row(each: Parameter) -> dict[str, object]:
    words = t(f"parameters.names.{each.name.lower()}")
    code = [("code", each.name)] if each.group == SETTINGS else []
    secret = t("parameters.secret")
    value: object = each.value or "—"
    if each.value is None:
        value = Cell([("badge badge-plain", secret, secret)], "")
    return {
        "name": Cell([("strong", words), *code], words),
        "value": value,
        "source": t(f"parameters.sources.{each.source}"),
        "where": Cell([("code", each.where)], each.where),
    }
