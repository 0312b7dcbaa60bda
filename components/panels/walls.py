"""Walls: the form that adds one, its address shown once, and how each of them stands (4.7, 7.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dash import html
from dash.development.base_component import Component

from components.forms.controls import button, link_button, text_input
from components.ids import administration_walls as ids
from components.panels.card import card
from components.panels.states import empty
from components.shell.filters import write_filters
from components.shell.page import page
from components.tables.table import Cell, Column, browser_table
from services.formatting import datetime_text
from services.i18n.texts import language, t
from services.walls import StoredWall, device_of

USUAL_DAYS = "90"
TONES = {
    "shows": "good",
    "waits": "watch",
    "over": "over",
    "withdrawn": "over",
    "ended": "plain",
    "stolen": "over",
}


@dataclass(frozen=True, slots=True)
class WallsView:
    """The walls, which of them the address names, and the moment they are looked at."""

    query: Mapping[str, str]
    walls: Sequence[StoredWall]
    at: datetime

    @property
    def chosen(self) -> StoredWall | None:
        """Return the wall that the address names, while it has not ended."""
        named = str(self.query.get("wall") or "")
        living = (wall for wall in self.walls if wall.ended_at is None)
        return next((wall for wall in living if str(wall.wall_id) == named), None)


def walls_screen(view: WallsView) -> html.Div:
    """Return the whole page."""
    return page(
        t("walls.title"),
        card(t("walls.add"), _form(), t("walls.add_hint")),
        html.Div(walls_list(view), id=ids.LISTED, className="stack"),
        subtitle=t("walls.subtitle"),
    )


def walls_list(view: WallsView) -> list[Component]:
    """Return the chosen wall, if there is one, above the table of all."""
    if not view.walls:
        return [card("", empty(t("walls.none"), t("walls.none_hint")))]
    names = ("wall", "where", "shows", "state", "expires", "seen", "address", "act")
    columns = [Column(name, t(f"walls.{name}")) for name in names]
    table = browser_table(columns, [_row(wall, view.at) for wall in view.walls], t("walls.title"))
    chosen = [_chosen(view.chosen)] if view.chosen else []
    return [*chosen, card(t("walls.listed"), html.Div(table, className="first-whole"))]


def invitation(address: str, hours: int) -> Component:
    """Return the address that enrols a wall, shown this once."""
    return html.Div(
        [
            html.Code(address, id="administration-walls-address"),
            html.P(t("walls.once", hours=hours)),
        ],
        className="stack one-time",
        role="status",
    )


def state_of(wall: StoredWall, at: datetime) -> str:
    """Return how a wall stands: shows, waits, over, withdrawn, ended or stolen."""
    if wall.ended_at is not None:
        return wall.ended_why or "ended"
    if not wall.is_held:
        return "withdrawn"
    if wall.expires_at <= at:
        return "over"
    return "waits" if wall.enrolled_at is None else "shows"


def _form() -> Component:
    controls = [
        text_input(ids.NAME, t("walls.name"), placeholder=t("walls.name_form")),
        text_input(ids.PLACE, t("walls.where"), placeholder=t("walls.where_form")),
        text_input(ids.CODE, t("walls.code"), placeholder=t("roles.place_form")),
        text_input(ids.DAYS, t("walls.days"), USUAL_DAYS, numeric=True),
        text_input(ids.NETWORKS, t("walls.networks"), placeholder=t("walls.networks_form")),
        button(t("walls.do_add"), ids.ADD, "primary"),
    ]
    told = html.Div(id=ids.TOLD)
    return html.Div([html.Div(controls, className="restatement-order"), told])


def _chosen(wall: StoredWall) -> Component:
    bound = wall.networks.replace(" ", ", ")
    acts = [
        text_input(ids.RENEWED_DAYS, t("walls.days"), USUAL_DAYS, numeric=True),
        button(t("walls.renew"), ids.RENEW),
        text_input(ids.BOUND, t("walls.networks"), bound, placeholder=t("walls.networks_form")),
        button(t("walls.bind"), ids.BIND),
        button(t("walls.invite"), ids.INVITE),
        button(t("walls.end"), ids.END, "danger"),
        link_button(t("walls.back"), ids.PATH, "quiet"),
    ]
    title = t("walls.chosen", name=wall.name, place=wall.place)
    return card(title, html.Div(acts, className="restatement-order"), t("walls.chosen_hint"))


def _row(wall: StoredWall, at: datetime) -> dict[str, object]:
    state = state_of(wall, at)
    words = t(f"walls.states.{state}")
    address = ids.PATH + write_filters({"wall": str(wall.wall_id)})
    choose: object = Cell([("a", t("walls.choose"), address)])
    return {
        "wall": Cell([("strong", wall.name), ("small", wall.login)], wall.name),
        "where": wall.place,
        "shows": wall.names[language()],
        "state": Cell([(f"badge badge-{TONES[state]}", words, words)], state),
        "expires": Cell(datetime_text(wall.expires_at), wall.expires_at.isoformat()),
        "seen": Cell(datetime_text(wall.seen_at), wall.seen_at.isoformat())
        if wall.seen_at
        else "—",
        "address": Cell([("strong", wall.address or "—"), ("small", _from(wall))], wall.address),
        "act": choose if wall.ended_at is None else "—",
    }


def _from(wall: StoredWall) -> str:
    """Return what shows the wall, and the networks that it is bound to."""
    only = t("walls.only", networks=wall.networks.replace(" ", ", ")) if wall.networks else ""
    return " · ".join(filter(None, (device_of(wall), only)))
