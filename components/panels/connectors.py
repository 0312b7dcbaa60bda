"""Connectors: the form of a kind, how each stands, and what every fetch brought (4.2 b)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from components.forms import controls
from components.forms.controls import button, link_button, select, text_input
from components.ids import collection_connectors as ids
from components.panels.badge import badge
from components.panels.card import card
from components.panels.states import empty
from components.shell.filters import write_filters
from components.shell.page import Crumb, page
from components.tables.table import Cell, Column, browser_table
from services.collection.connecting import (
    EVERY,
    MOST_FAILURES,
    YEARS,
    ConnectorsView,
    years_of,
)
from services.collection.connectors.kinds import ConnectorKind, Field, Kinds
from services.connectors import ACTIVE, Fetch, Schedule, StoredConnector
from services.formatting import datetime_text
from services.i18n.texts import language, t

IMPORT_PATH = "/collection/import"
POLL_MILLISECONDS, MOST_POLLS = 2_000, 60
TONES = {
    "imported": "good",
    "unchanged": "plain",
    "waiting": "watch",
    "looked": "accent",
    "closed": "plain",
    "failed": "over",
}


@dataclass(frozen=True, slots=True)
class ConnectorsScreen:
    """The connectors, the kinds there are, and what the address asks to make or change."""

    view: ConnectorsView
    kinds: Kinds
    now: datetime
    kind: ConnectorKind | None = None
    edited: StoredConnector | None = None
    way: Sequence[Crumb] = ()
    others: Mapping[int, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Return where the page of this organization stands."""
        return address_of(self.view.organization.organization_id)


def address_of(organization_id: int, **more: str) -> str:
    """Return the address of an organization's connectors."""
    return ids.PATH + write_filters({"organization": organization_id, **more})


def connectors_screen(screen: ConnectorsScreen) -> html.Div:
    """Return the whole page."""
    form = [_form(screen, screen.kind)] if screen.kind is not None else []
    others = [link_button(name, address_of(key), "quiet") for key, name in screen.others.items()]
    return page(
        t("connectors.title"),
        *form,
        html.Div(connectors_list(screen), id=ids.LISTED, className="stack"),
        html.Div(fetch_log(screen.view), id=ids.LOG),
        dcc.Store(id=ids.LOOKED, data=""),
        dcc.Interval(
            id=ids.POLL, interval=POLL_MILLISECONDS, disabled=True, max_intervals=MOST_POLLS
        ),
        breadcrumb=screen.way,
        filters=html.Div(others, className="entry-choices") if others else None,
        subtitle=t("connectors.subtitle"),
        actions=_makers(screen) if screen.view.may_manage else None,
    )


def no_organization() -> html.Div:
    """Say that there is nothing to connect for this visitor."""
    hint = t("connectors.no_organization_hint")
    nothing = card("", empty(t("connectors.no_organization"), hint))
    return page(t("connectors.title"), nothing)


def connectors_list(screen: ConnectorsScreen) -> list[Component]:
    """Return a card for each connector."""
    if not screen.view.connectors:
        return [card("", empty(t("connectors.none"), t("connectors.none_hint")))]
    return [_connector(screen, each) for each in screen.view.connectors]


def fetch_log(view: ConnectorsView) -> Component:
    """Return what the newest fetches brought, with the way to their rows."""
    if not view.fetches:
        nothing = empty(t("connectors.log_none"), t("connectors.log_none_hint"))
        return card(t("connectors.log"), nothing)
    names = {each.connector_id: each.name for each in view.connectors}
    numeric = ("year", "rows", "new_rows", "waiting")
    keys = ("at", "connector", "year", "state", "rows", "new_rows", "waiting", "what")
    columns = [Column(key, t(f"connectors.columns.{key}"), numeric=key in numeric) for key in keys]
    rows = [_fetch(view, names, each) for each in view.fetches]
    table = browser_table(columns, rows, t("connectors.log"))
    return card(t("connectors.log"), table, t("connectors.log_hint"))


def _makers(screen: ConnectorsScreen) -> list[Component]:
    key = screen.view.organization.organization_id
    return [
        link_button(f"{t('connectors.new')} · {label_in(kind.labels)}", address_of(key, kind=name))
        for name, kind in screen.kinds.items()
    ]


def label_in(labels: Mapping[str, str]) -> str:
    """Return a label in the language in use; an extension may know one alone."""
    return labels.get(language()) or next(iter(labels.values()), "")


def _connector(screen: ConnectorsScreen, held: StoredConnector) -> html.Section:
    kind = screen.kinds.get(held.kind)
    told = label_in(kind.labels) if kind else t("connectors.unknown_kind", kind=held.kind)
    when = t(f"connectors.every_{held.schedule.every}")
    if held.schedule.every == "day":
        when += f" {held.schedule.hour:02d}:00"
    facts = [told, when, t(f"connectors.years_{held.schedule.years}")]
    facts += [value for value in _places(held, kind) if value]
    if held.next_at is not None:
        facts.append(f"{t('connectors.next_at')} {datetime_text(held.next_at)}")
    body: list[Component] = [html.P(" · ".join(facts), className="muted")]
    if held.state != ACTIVE and screen.view.may_start:
        body.append(html.P(t("connectors.start_hint"), className="muted"))
    acts = html.Div(_acts(screen, held), className="import-links")
    return card(held.name, body, footer=acts, actions=_state(held))


def _places(held: StoredConnector, kind: ConnectorKind | None) -> list[str]:
    """Return the settings that say where something is fetched: the first field, and a view."""
    if kind is None:
        return []
    shown = [each.name for each in kind.fields if each.name in ("url", "host", "database", "view")]
    return [held.settings.get(name, "") for name in shown or [kind.fields[0].name]]


def _state(held: StoredConnector) -> Component:
    if held.state == ACTIVE:
        return badge(t("connectors.state_active"), "good")
    if held.failures >= MOST_FAILURES:
        told = t("connectors.state_stopped", count=held.failures)
        return badge(told, "over", t("connectors.stopped_hint"))
    return badge(t("connectors.state_paused"), "plain")


def _acts(screen: ConnectorsScreen, held: StoredConnector) -> list[Component]:
    key, view = str(held.connector_id), screen.view
    acts: list[Component] = []
    if view.may_start:
        for year in years_of(held.schedule, screen.now):
            acts.append(button(t("connectors.look", year=year), ids.look(key, year)))
        if held.state != ACTIVE:
            acts.append(button(t("connectors.start"), ids.start(key), "primary"))
    if held.state == ACTIVE:
        acts.append(button(t("connectors.pause"), ids.pause(key)))
    if view.may_manage:
        address = address_of(held.organization_id, connector=key)
        acts.append(link_button(t("connectors.change"), address))
        acts.append(button(t("connectors.remove"), ids.remove(key), "danger"))
    return acts


def _form(screen: ConnectorsScreen, kind: ConnectorKind) -> html.Section:
    edited = screen.edited
    values = edited.settings if edited else {}
    schedule = edited.schedule if edited else Schedule()
    fields: list[Component] = [
        text_input(ids.NAME, t("connectors.name"), edited.name if edited else ""),
        *(_field(each, values.get(each.name, "")) for each in kind.fields),
        _choice(ids.EVERY, "every", EVERY, schedule.every),
        text_input(ids.HOUR, t("connectors.hour"), str(schedule.hour), numeric=True),
        _choice(ids.YEARS, "years", YEARS, schedule.years),
    ]
    title = t("connectors.edit", name=edited.name) if edited else _title(kind)
    hint = t("connectors.edit_hint") if edited else t("connectors.new_hint")
    ways = html.Div(
        [
            button(t("connectors.save"), ids.SAVE, "primary"),
            link_button(t("connectors.cancel"), screen.address, "quiet"),
        ],
        className="import-links",
    )
    return card(title, html.Div(fields, className="restatement-order"), hint, ways)


def _title(kind: ConnectorKind) -> str:
    return f"{t('connectors.new')} · {label_in(kind.labels)}"


def _choice(control_id: str, name: str, values: Sequence[str], value: str) -> Component:
    options = [(each, t(f"connectors.{name}_{each}")) for each in values]
    return select(control_id, t(f"connectors.{name}"), options, value)


def _field(each: Field, value: str) -> Component:
    label, hint = label_in(each.labels), label_in(each.hints)
    if each.choices:
        options = [(key, label_in(labels)) for key, labels in each.choices]
        return select(ids.setting(each.name), label, options, value or each.choices[0][0], hint)
    entry = dbc.Input(
        id=ids.setting(each.name),
        value="" if each.is_secret else value,
        type="password" if each.is_secret else "text",
        class_name="input",
        debounce=True,
        # Of a secret that is made out to another system no browser is to offer one of ours.
        autocomplete="new-password" if each.is_secret else "off",
    )
    return controls.field(label, entry, hint)


def _fetch(view: ConnectorsView, names: Mapping[UUID, str], found: Fetch) -> dict[str, object]:
    state = t(f"connectors.fetched.{found.state}")
    why = found.error.get(language(), "")
    told: list[tuple[str, ...]] = [("small", why or t(f"connectors.fetched_hint.{found.state}"))]
    if found.sha256 and view.may_start:
        at = {"organization": view.organization.organization_id, "year": found.year}
        address = IMPORT_PATH + write_filters({**at, "sent": found.sha256})
        told.append(("a", t("connectors.open_file"), address))
    return {
        "at": Cell(datetime_text(found.at), found.at.isoformat()),
        "connector": names.get(found.connector_id, "—"),
        "year": Cell(str(found.year), found.year),
        "state": Cell([(f"badge badge-{TONES[found.state]}", state, state)], found.state),
        "rows": found.rows,
        "new_rows": found.new_rows,
        "waiting": found.waiting,
        "what": Cell(told, why),
    }
