"""One verification: how it stands, who is in it, and the parts that it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import button, field, link_button, select, stepper
from components.forms.method_columns import name_of
from components.ids import collection_verification as ids
from components.panels.badge import sample_badge
from components.panels.card import card
from components.panels.verification_list import state_badge, told_progress
from components.shell.filters import write_filters
from components.shell.page import page
from services.formatting import datetime_text, mass_co2
from services.i18n.texts import t
from services.verification.rooms import (
    AT_WORK,
    CLOSED,
    FINDINGS_OUT,
    LOCKED,
    PLANNED,
    WITHDRAWN,
    Room,
)

OVERVIEW, ROWS, CHECKLIST, FINDINGS, OPINION = "", "rows", "checklist", "findings", "opinion"
PARTS = (OVERVIEW, ROWS, CHECKLIST, FINDINGS, OPINION)
STEPS = (PLANNED, AT_WORK, FINDINGS_OUT, CLOSED, LOCKED)
RESULT_PATH = "/enterprise/accounting"
LONGEST = 2_000
SHOWN_HASH = 16


@dataclass(frozen=True, slots=True)
class RoomView:
    """A verification on screen: which part, which row or finding of it, and names by code.

    `missing` says what has to be done before there can be an opinion; `rows` are in words by line.
    """

    room: Room
    part: str
    chosen: int | None
    names: Mapping[str, str]
    rows: Mapping[int, str]
    missing: Sequence[str]

    def address(self, part: str, **more: object) -> str:
        """Return the address of a part, and of a row or finding in it."""
        wanted: dict[str, object] = {"verification": self.room.verification.verification_id}
        return ids.PATH + write_filters(wanted | {"part": part} | more)

    def who(self, person_id: int | None) -> str:
        """Return the name of somebody who did something here."""
        return self.room.names.get(person_id or 0, "—")


def room_screen(view: RoomView, parts: Sequence[Component]) -> html.Div:
    """Return the page of one verification around the part that is shown."""
    found = view.room.verification
    name = name_of(found.names, found.code)
    title = t("verification.of_firm", name=name, year=found.year)
    marks = [sample_badge()] if found.is_sample else []
    taken = [button(t("verification.xlsx"), ids.XLSX, "quiet")]
    return page(
        title,
        _links(view),
        *parts,
        breadcrumb=[(t("verification.title"), ids.PATH), (title, "")],
        subtitle=told_progress(view.room.progress) or t("verification.subtitle"),
        actions=[state_badge(found.state), *marks, *taken],
    )


def overview_parts(view: RoomView) -> list[Component]:
    """Return what a verification is about, the team, the next steps, and what is missing."""
    state = view.room.verification.state
    parts: list[Component] = []
    if state in STEPS:
        steps_taken = _taken(view)
        words = [t(f"verification.states.{each}") for each in steps_taken]
        parts.append(card("", stepper(words, steps_taken.index(state) + (state == LOCKED))))
    parts.append(card(t("verification.about"), _facts(view)))
    if view.room.sees_work:
        if view.room.opinion is None:
            parts.append(_missing(view))
        parts.append(card(t("verification.team"), _team(view)))
    if steps := _steps(view):
        parts.append(card(t("verification.steps"), html.Div(steps, className="stack")))
    if view.room.may_assign and state != WITHDRAWN:
        parts.append(_withdrawal(state))
    return parts


def version_told(version: int, rows_hash: str) -> str:
    """Return a version with the beginning of its hash, in words."""
    return t("verification.version_told", version=version, hash=rows_hash[:SHOWN_HASH])


def _links(view: RoomView) -> Component:
    shown = PARTS if view.room.rows or view.room.sees_work else (OVERVIEW, FINDINGS, OPINION)
    links = [
        link_button(
            t(f"verification.parts.{part or 'overview'}"),
            view.address(part),
            "plain" if part == view.part else "quiet",
        )
        for part in shown
    ]
    return html.Div(links, className="button-row")


def _facts(view: RoomView) -> Component:
    room = view.room
    found, version = room.verification, room.version.submission
    place = {"organization": found.organization_id, "year": found.year}
    total = " ".join(mass_co2(room.version.run.total_t))
    result: Component | str = total
    if room.sees_result:
        result = dcc.Link(total, href=RESULT_PATH + write_filters(place))
    facts: list[tuple[str, Component | str]] = [
        ("institution", name_of(found.institution, "")),
        ("purpose", t(f"verification.purposes.{found.purpose}")),
        ("version", version_told(version.version, version.rows_hash)),
        ("total", result),
        ("assigned", f"{view.who(found.assigned_by)} · {datetime_text(found.assigned_at)}"),
        ("changed", datetime_text(found.changed_at)),
    ]
    if found.note:
        facts.append(("note", found.note))
    if found.reason:
        facts.append(("reason", found.reason))
    pairs: list[Component] = []
    for name, text in facts:
        pairs += [html.Dt(t(f"verification.{name}")), html.Dd(text)]
    return html.Dl(pairs, className="facts")


def _taken(view: RoomView) -> list[str]:
    """Return the steps of a verification; where nothing was found, nothing was published."""
    is_over = view.room.opinion is not None
    skips = is_over and not view.room.progress.findings
    return [each for each in STEPS if not (skips and each == FINDINGS_OUT)]


def _missing(view: RoomView) -> Component:
    if not view.missing:
        return card(t("verification.lacking"), html.P(t("verification.lacks_nothing")))
    lines = [html.Li(t(f"verification.missing.{name}")) for name in view.missing]
    return card(t("verification.lacking"), html.Ul(lines))


def _team(view: RoomView) -> Component:
    room = view.room
    lines: list[Component] = []
    for member in room.team:
        role = t("verification.lead") if member.is_lead else t("verification.member")
        since = t("verification.since", at=datetime_text(member.joined_at))
        parts: list[Component | str] = [html.Strong(member.name), f" {role} · {since} "]
        if member.left_at is not None:
            parts.append(t("verification.left", at=datetime_text(member.left_at)))
        elif room.may_lead and not member.is_lead:
            label = t("verification.leave")
            named = ids.leave(member.person_id)
            parts.append(button(label, named, "quiet", title=f"{label} {member.name}"))
        lines.append(html.Li(parts))
    shown: list[Component] = [html.Ul(lines)]
    if room.candidates:
        options = [(str(c.person_id), c.name) for c in room.candidates]
        shown.append(select(ids.PERSON, t("verification.add"), options, options[0][0]))
        shown.append(_act(button(t("verification.join"), ids.JOIN)))
    return html.Div(shown, className="stack")


def _act(pressed: Component) -> Component:
    return html.Div(pressed, className="button-row")


def _steps(view: RoomView) -> list[Component]:
    room, state = view.room, view.room.verification.state
    steps: list[Component] = []
    if room.may_lead and state == PLANNED:
        steps.append(html.P(t("verification.start_hint")))
        steps.append(_act(button(t("verification.start"), ids.step("start"), "primary")))
    if room.may_lead and state == AT_WORK:
        steps.append(html.P(t("verification.publish_hint")))
        steps.append(_act(button(t("verification.publish"), ids.step("publish"), "primary")))
    if room.may_assign and state == CLOSED:
        steps.append(_act(button(t("verification.lock"), ids.settle("lock"), "primary")))
    return steps


def _withdrawal(state: str) -> Component:
    """Return the form to withdraw a verification, apart from the step that comes next."""
    told = t("verification.withdraw_settled") if state in (CLOSED, LOCKED) else ""
    reason = dcc.Textarea(id=ids.REASON, className="input campaign-text", maxLength=LONGEST)
    parts = [
        field(t("verification.reason"), reason, told),
        _act(button(t("verification.withdraw"), ids.settle("withdraw"), "danger")),
    ]
    return card(t("verification.withdraw"), html.Div(parts, className="stack"))
