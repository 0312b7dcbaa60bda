"""The organization's own measured values: all of them, the form, and what waits (5.2.1 b)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components.forms.controls import Options, button, select, text_input
from components.forms.file_picker import file_picker
from components.ids import own_values as ids
from components.panels.badge import badge
from components.panels.card import card
from components.panels.library import OWN, views
from components.panels.states import empty
from components.panels.units import unit_text
from components.shell.page import Crumb, page
from components.tables.table import Cell, Column, data_table
from services.collection.own_values import ListedValue
from services.formatting import date_text, datetime_text, exact
from services.i18n.texts import t

TONES = {"accepted": "good", "proposed": "watch", "rejected": "over", "superseded": "unknown"}


@dataclass(frozen=True, slots=True)
class OwnValuesView:
    """The values of an organization with their names, and what the visitor may do.

    `choices` are (item:quantity, words) that its method lets it measure, `replaceable` the values
    in force, and `decidable` those that wait for this visitor. `sends_to` is where its files go,
    and how many megabytes one may have.
    """

    organization: str
    way: Sequence[Crumb]
    values: Sequence[tuple[str, ListedValue]]
    choices: Options
    replaceable: Options
    decidable: Sequence[tuple[str, ListedValue]]
    may_propose: bool
    sends_to: tuple[str, int]


def own_values_screen(view: OwnValuesView) -> html.Div:
    """Return the page of an organization's own values."""
    body: list[Component] = [_waiting(view)] if view.decidable else []
    body.append(_list(view))
    closed = html.P(t("own_values.form_closed"), className="muted")
    body.append(_form(view) if view.may_propose else card(t("own_values.form"), closed))
    return _page(*body, way=view.way)


def no_own_organization() -> html.Div:
    """Return the page for somebody who sees no organization's data."""
    hint = t("own_values.no_organization_hint")
    return _page(card("", empty(t("own_values.no_organization"), hint)))


def picked(names: Sequence[str], most_mb: int) -> str:
    """Return which files are chosen, or what may be."""
    if not names:
        return t("own_values.picked_none", most=most_mb)
    return t("own_values.picked", names=", ".join(names))


def _page(*body: Component, way: Sequence[Crumb] = ()) -> html.Div:
    words = {"filters": views(OWN), "subtitle": t("library.subtitle")}
    return page(t("library.title"), *body, breadcrumb=way, **words)


def _list(view: OwnValuesView) -> html.Section:
    title = t("own_values.list", organization=view.organization)
    if not view.values:
        inside: Component = empty(t("own_values.none"), t("own_values.none_hint"))
        return card(title, inside, t("own_values.list_hint"))
    names = ("what", "value", "valid", "state", "laboratory", "files", "proposed", "decided")
    columns = [Column(name, t(f"own_values.columns.{name}")) for name in (*names, "used_in")]
    rows = [_row(name, value) for name, value in view.values]
    return card(title, data_table(columns, rows, caption=title), t("own_values.list_hint"))


def _row(name: str, value: ListedValue) -> dict[str, object]:
    stored = value.stored
    last = date_text(stored.valid_to) if stored.valid_to else t("own_values.open_end")
    years = ", ".join(str(year) for year in value.used_in)
    return {
        "what": name,
        "value": Cell(f"{exact(stored.value)} {unit_text(stored.unit)}", stored.value),
        "valid": Cell(f"{date_text(stored.valid_from)} – {last}", stored.valid_from.isoformat()),
        "state": Cell(_state(value), value.state),
        "laboratory": " · ".join(filter(None, (stored.laboratory, stored.note))),
        "files": html.Ul([html.Li(link) for link in _files(value)], className="plain-list"),
        "proposed": _by(stored.proposed_by_name, datetime_text(stored.proposed_at)),
        "decided": _decided(value),
        "used_in": years or t("own_values.unused"),
    }


def _state(value: ListedValue) -> html.Span:
    return badge(t(f"own_values.states.{value.state}"), TONES[value.state], value.stored.reason)


def _by(name: str, at: str) -> str:
    return t("own_values.by", name=name, at=at)


def _decided(value: ListedValue) -> str:
    stored = value.stored
    if not stored.decided_by_name:
        return t("own_values.waits")
    decided = _by(stored.decided_by_name, datetime_text(stored.decided_at))
    return " · ".join(filter(None, (decided, stored.reason)))


def _files(value: ListedValue) -> list[html.A]:
    return [
        html.A(
            file.name,
            href=f"/download/file/{file.organization_id}/{file.year}/{file.sha256}",
            download="",
            title=f"SHA-256 {file.sha256}",
        )
        for file in value.files
    ]


def _waiting(view: OwnValuesView) -> html.Section:
    entries = [html.Li(_decision(name, value)) for name, value in view.decidable]
    return card(t("own_values.states.proposed"), html.Ul(entries, className="findings"))


def _decision(name: str, value: ListedValue) -> list[Component]:
    key, row = str(value.stored.value_id), _row(name, value)
    told = [html.Strong(name), f" {exact(value.stored.value)} {unit_text(value.stored.unit)}"]
    dates = row["valid"].content if isinstance(row["valid"], Cell) else ""
    return [
        html.P([*told, html.Br(), f"{dates} · {row['laboratory']} · {row['proposed']}"]),
        html.P(_files(value)),
        html.Div(
            [
                text_input(ids.reason(key), t("own_values.reason")),
                button(t("own_values.accept"), ids.accept(key), "primary"),
                button(t("own_values.reject"), ids.reject(key), "danger"),
            ],
            className="finding-form",
        ),
    ]


def _form(view: OwnValuesView) -> html.Section:
    none = [(ids.NOTHING, t("own_values.supersedes_none"))]
    first = view.choices[0][0] if view.choices else ""
    controls = [
        select(ids.WHAT, t("own_values.what"), view.choices, first),
        text_input(ids.VALUE, t("own_values.value"), numeric=True),
        _hinted(ids.UNIT, "unit", "unit_hint"),
        _hinted(ids.VALID_FROM, "valid_from", "valid_hint"),
        _hinted(ids.VALID_TO, "valid_to", "valid_hint"),
        _hinted(ids.LABORATORY, "laboratory", "laboratory_hint"),
        text_input(ids.NOTE, t("own_values.note")),
        select(ids.SUPERSEDES, t("own_values.supersedes"), [*none, *view.replaceable], ids.NOTHING),
        _evidence(view),
        button(t("own_values.propose"), ids.PROPOSE, "primary"),
    ]
    return card(
        t("own_values.form"),
        html.Div(controls, className="restatement-order"),
        t("own_values.form_hint"),
    )


def _hinted(input_id: str, name: str, hint: str) -> html.Div:
    return text_input(input_id, t(f"own_values.{name}"), placeholder=t(f"own_values.{hint}"))


def _evidence(view: OwnValuesView) -> html.Div:
    words = picked((), view.sends_to[1])
    chosen = html.Small(words, id=ids.PICKED, className="field-hint", role="status")
    pick = file_picker(ids.UPLOAD, ids.SENT, t("own_values.files"), view.sends_to)
    return html.Div([pick, chosen], className="upload")
