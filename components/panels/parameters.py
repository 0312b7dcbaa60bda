"""Settings and dated data in force, read only: what, how much, and where from (7.2)."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from components.panels.badge import trust_part
from components.panels.card import card
from components.shell.page import page
from components.tables.table import Cell, Column, browser_table
from services.formatting import date_text
from services.i18n.texts import language, t
from services.parameters import (
    DATED_GROUPS,
    GROUPS,
    RETENTION,
    SETTINGS,
    SIGN_IN,
    Dated,
    Parameter,
    Parameters,
)


def parameters_screen(found: Parameters) -> html.Div:
    """Return the whole page."""
    return page(
        t("parameters.title"),
        *(_group(found, group) for group in GROUPS),
        *(_dated(found, group) for group in DATED_GROUPS),
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
        source=profile.source[language()],
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


def _dated(found: Parameters, group: str) -> Component:
    title = t(f"parameters.groups.{group}")
    names = ("name", "value", "since", "published", "source_named", "status")
    columns = [Column(name, t(f"parameters.{name}")) for name in names]
    rows = [_dated_row(each) for each in found.dated_of(group)]
    table = browser_table(columns, rows, title)
    return card(title, html.Div(table, className="first-whole"), t(f"parameters.hints.{group}"))


def _dated_row(each: Dated) -> dict[str, object]:
    area = "privacy.keeps" if each.group == RETENTION else f"parameters.{each.group}"
    name = t(f"{area}.{each.name}")
    published: object = t("parameters.unknown_day")
    if each.published is not None:
        published = Cell(date_text(each.published), each.published.isoformat())
    return {
        "name": Cell([("strong", name)], name),
        "value": _value(each),
        "since": Cell(date_text(each.applies_from), each.applies_from.isoformat()),
        "published": published,
        "source_named": each.source[language()],
        "status": Cell([trust_part(each.status)], each.status),
    }


def _value(each: Dated) -> str:
    if "chosen" in each.value:
        return t(f"parameters.{each.value['chosen']}")
    told = dict(each.value)
    if "per" in told:
        told["per"] = t(f"parameters.per.{told['per']}")
    return t(f"parameters.values.{each.group}", **told)
