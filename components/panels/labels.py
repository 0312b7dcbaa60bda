"""Labels of data sets, the levels of roles and people, and the forms that change both (7.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dash import html
from dash.development.base_component import Component

from components.forms.controls import button, select, text_input
from components.ids import administration_labels as ids
from components.panels.card import card
from components.panels.states import empty
from components.shell.page import page
from components.tables.table import Cell, Column, browser_table
from services.formatting import date_text, datetime_text
from services.i18n.texts import t
from services.labels import DataSet, Label
from services.security.permissions import Role

TONES = {
    Label.PUBLIC: "good",
    Label.INTERNAL: "unknown",
    Label.SENSITIVE: "watch",
    Label.IMPORTANT: "over",
}
BY_ROLE = "0"


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A label: on what, where, from which day, by whom (empty: delivered so), and why."""

    data_set: str
    place: str
    access_path: str
    label: int
    first: date
    login: str
    reason: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody with a level of their own."""

    login: str
    level: int
    set_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class LabelsView:
    """The labels that count or will, the level of each role, who has their own, and the day."""

    labels: Sequence[LabelRow]
    roles: Mapping[str, int]
    people: Sequence[PersonRow]
    today: date


def labels_screen(found: LabelsView) -> html.Div:
    """Return the whole page."""
    return page(
        t("labels.title"),
        card(t("labels.set"), _label_form(found), t("labels.set_hint")),
        html.Div(register_card(found), id=ids.REGISTER),
        card(t("labels.clear"), _clearance_form(), t("labels.clear_hint")),
        html.Div(people_cards(found), id=ids.PEOPLE),
        subtitle=t("labels.subtitle"),
    )


def register_card(found: LabelsView) -> Component:
    """Return the register of labels."""
    names = ("data_set", "place", "label", "first", "by", "reason")
    columns = [Column(name, t(f"labels.{name}")) for name in names]
    rows = [_label_row(each, found) for each in found.labels]
    title = t("labels.register")
    return card(title, _table(columns, rows, title), t("labels.register_lead"))


def people_cards(found: LabelsView) -> list[Component]:
    """Return who has a level of their own, and the level of each role."""
    return [_people_card(found.people), _roles_card(found.roles)]


def data_set_name(data_set: str) -> str:
    """Return a data set in words."""
    return t(f"labels.data_sets.{data_set}")


def label_name(label: int) -> str:
    """Return a label in words."""
    return t(f"labels.level.{Label(label).word}")


def _people_card(people: Sequence[PersonRow]) -> Component:
    if not people:
        return card(t("labels.people"), empty(t("labels.nobody"), t("labels.nobody_hint")))
    titles = {"login": "login", "level": "level_of_role", "set_at": "set_at", "reason": "reason"}
    columns = [Column(name, t(f"labels.{title}")) for name, title in titles.items()]
    rows = [
        {
            "login": each.login,
            "level": _badge(each.level),
            "set_at": Cell(datetime_text(each.set_at), each.set_at.isoformat()),
            "reason": each.reason,
        }
        for each in people
    ]
    return card(t("labels.people"), _table(columns, rows, t("labels.people")))


def _roles_card(roles: Mapping[str, int]) -> Component:
    columns = [Column("role", t("labels.role")), Column("level", t("labels.level_of_role"))]
    rows: list[dict[str, object]] = [
        {"role": t(f"role.{role.value}"), "level": _badge(roles[role.value])}
        for role in Role
        if role.value in roles
    ]
    return card(t("labels.roles"), _table(columns, rows, t("labels.roles")), t("labels.roles_hint"))


def _table(columns: Sequence[Column], rows: Sequence[dict[str, object]], title: str) -> Component:
    return html.Div(browser_table(columns, rows, title), className="first-whole")


def _label_row(each: LabelRow, found: LabelsView) -> dict[str, object]:
    later = each.first > found.today
    first = date_text(each.first)
    return {
        "data_set": Cell(data_set_name(each.data_set), each.data_set),
        "place": Cell(each.place, each.access_path),
        "label": _badge(each.label),
        "first": Cell(f"{first} {t('labels.later')}" if later else first, each.first.isoformat()),
        "by": each.login or t("labels.delivered"),
        "reason": each.reason,
    }


def _badge(label: int) -> Cell:
    tone, name = TONES[Label(label)], label_name(label)
    return Cell([(f"badge badge-{tone}", name, name)], str(label))


def _label_form(found: LabelsView) -> Component:
    data_sets = [(each.value, data_set_name(each.value)) for each in DataSet]
    levels = [(str(each.value), label_name(each)) for each in Label]
    controls = [
        select(ids.DATA_SET, t("labels.data_set"), data_sets, data_sets[0][0]),
        text_input(ids.PLACE, t("labels.place_code"), "100000"),
        select(ids.LABEL, t("labels.label"), levels, str(Label.SENSITIVE.value)),
        text_input(ids.FIRST, t("labels.first"), found.today.isoformat()),
        text_input(ids.REASON, t("labels.reason")),
        button(t("labels.do_set"), ids.SET, "primary"),
    ]
    return html.Div(controls, className="restatement-order")


def _clearance_form() -> Component:
    levels = [(BY_ROLE, t("labels.by_role"))]
    levels += [(str(each.value), label_name(each)) for each in Label]
    controls = [
        text_input(ids.LOGIN, t("labels.login")),
        select(ids.LEVEL, t("labels.level_of"), levels, BY_ROLE),
        text_input(ids.WHY, t("labels.reason")),
        button(t("labels.do_clear"), ids.CLEAR, "primary"),
    ]
    return html.Div(controls, className="restatement-order")
