"""The register of personal data, how long what is kept, and the form that changes that (7.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dash import html
from dash.development.base_component import Component

from components.forms.controls import button, select, text_input
from components.ids import administration_privacy as ids
from components.panels.card import card
from components.shell.page import page
from components.tables.table import Cell, Column, browser_table
from services.formatting import date_text
from services.i18n.texts import t

TONES = {"personal": "unknown", "sensitive": "watch"}


@dataclass(frozen=True, slots=True)
class HeldRow:
    """Columns of a table with personal data: what for, on which basis, how long."""

    table: str
    columns: str
    purpose: str
    basis: str
    level: str
    how_long: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """How many days a kind is kept, the fewest that may be set, by which document, since when."""

    kind: str
    days: int
    floor_days: int
    source: str
    first: date
    reason: str


@dataclass(frozen=True, slots=True)
class PrivacyView:
    """The register and the rules."""

    held: Sequence[HeldRow]
    rules: Sequence[RuleRow]


def privacy_screen(view: PrivacyView) -> html.Div:
    """Return the whole page."""
    return page(
        t("privacy.title"),
        html.Div(rules_card(view.rules), id=ids.RULES),
        card(t("privacy.do_set"), _form(view.rules), t("privacy.retention_hint")),
        card(t("privacy.register"), _register(view.held), t("privacy.register_hint")),
        subtitle=t("privacy.subtitle"),
    )


def rules_card(rules: Sequence[RuleRow]) -> Component:
    """Return how long what is kept."""
    names = ("kind", "kept", "floor", "source", "since", "reason")
    columns = [Column(name, t(f"privacy.{name}")) for name in names]
    rows: list[dict[str, object]] = [
        {
            "kind": kind_name(each.kind),
            "kept": Cell(t("privacy.days", days=each.days), str(each.days)),
            "floor": Cell(t("privacy.days", days=each.floor_days), str(each.floor_days)),
            "source": each.source,
            "since": Cell(date_text(each.first), each.first.isoformat()),
            "reason": each.reason or "—",
        }
        for each in rules
    ]
    title = t("privacy.retention")
    return card(title, _table(columns, rows, title), t("privacy.retention_lead"))


def kind_name(kind: str) -> str:
    """Return a kind of record in words."""
    return t(f"privacy.keeps.{kind}")


def _register(held: Sequence[HeldRow]) -> Component:
    names = ("table", "columns", "purpose", "basis", "level", "how_long")
    columns = [Column(name, t(f"privacy.{name}")) for name in names]
    rows: list[dict[str, object]] = []
    for each in held:
        level = t(f"privacy.levels.{each.level}")
        rows.append(
            {
                "table": each.table,
                "columns": each.columns,
                "purpose": each.purpose,
                "basis": t(f"privacy.bases.{each.basis}"),
                "level": Cell([(f"badge badge-{TONES[each.level]}", level, level)], each.level),
                "how_long": each.how_long,
            }
        )
    return html.Div(_table(columns, rows, t("privacy.register")), className="personal-register")


def _form(rules: Sequence[RuleRow]) -> Component:
    kinds = [(each.kind, kind_name(each.kind)) for each in rules]
    controls = [
        select(ids.KIND, t("privacy.kind"), kinds, kinds[0][0] if kinds else None),
        text_input(ids.DAYS, t("privacy.day_count")),
        text_input(ids.REASON, t("privacy.reason")),
        button(t("privacy.do_set"), ids.SET, "primary"),
    ]
    return html.Div(controls, className="restatement-order")


def _table(columns: Sequence[Column], rows: Sequence[dict[str, object]], title: str) -> Component:
    return html.Div(browser_table(columns, rows, title), className="first-whole")
