"""Sessions of others: the table, and the one chosen from it with what can be done (7.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components.forms.controls import button, link_button
from components.ids import administration_sessions as ids
from components.panels.card import card
from components.panels.roles import role_name
from components.panels.states import calm
from components.shell.filters import write_filters
from components.shell.page import page
from components.tables.table import Cell, Column, browser_table
from services.formatting import datetime_text
from services.i18n.texts import t
from services.open_sessions import OpenSession


@dataclass(frozen=True, slots=True)
class SessionsView:
    """The sessions of others, and which of them the address names."""

    query: Mapping[str, str]
    sessions: Sequence[OpenSession]
    is_whole: bool = True

    @property
    def chosen(self) -> OpenSession | None:
        """Return the session that the address names, while it is alive."""
        named = str(self.query.get("session") or "")
        return next((one for one in self.sessions if str(one.session_id) == named), None)


def sessions_screen(view: SessionsView) -> html.Div:
    """Return the whole page."""
    return page(
        t("sessions.title"),
        html.Div(sessions_list(view), id=ids.LISTED, className="stack"),
        subtitle=t("sessions.subtitle") if view.is_whole else t("sessions.subtitle_own"),
    )


def sessions_list(view: SessionsView) -> list[Component]:
    """Return the chosen session, if there is one, above the table of all."""
    if not view.sessions:
        hint = t("sessions.none_hint") if view.is_whole else t("sessions.none_own_hint")
        return [card("", calm(t("sessions.none"), hint))]
    names = ("login", "roles", "began", "seen", "address", "device", "act")
    columns = [Column(name, t(f"sessions.{name}")) for name in names]
    table = browser_table(columns, [_row(one) for one in view.sessions], t("sessions.title"))
    listed = html.Div(table, className="first-whole")
    chosen = [_chosen(view.chosen, view.sessions)] if view.chosen else []
    return [*chosen, card(t("sessions.open"), listed, t("sessions.open_hint"))]


def _chosen(one: OpenSession, every: Sequence[OpenSession]) -> Component:
    count = sum(1 for each in every if each.login == one.login)
    words = t(
        "sessions.chosen",
        login=one.login,
        began=datetime_text(one.began_at),
        device=_device(one),
        address=one.address or "—",
    )
    acts = [
        button(t("sessions.end"), ids.END, "danger"),
        button(t("sessions.end_all", count=count), ids.END_ALL, "danger"),
        link_button(t("sessions.back"), ids.PATH, "quiet"),
    ]
    body = [html.P(words), html.Div(acts, className="button-row")]
    return card(t("sessions.end_title"), html.Div(body, className="stack"), t("sessions.end_hint"))


def _row(one: OpenSession) -> dict[str, object]:
    address = ids.PATH + write_filters({"session": str(one.session_id)})
    half = t("account.half_open")
    waits = [] if one.is_open else [("badge badge-watch", half, half)]
    return {
        "login": Cell([("strong", one.login), ("small", one.name), *waits], one.login),
        "roles": " · ".join(map(role_name, one.roles)) or "—",
        "began": Cell(datetime_text(one.began_at), one.began_at.isoformat()),
        "seen": Cell(datetime_text(one.seen_at), one.seen_at.isoformat()),
        "address": one.address or "—",
        "device": _device(one),
        "act": Cell([("a", t("sessions.choose"), address)]),
    }


def _device(one: OpenSession) -> str:
    return " · ".join(filter(None, (one.browser or t("account.unknown"), one.system)))
