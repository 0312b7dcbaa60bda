"""The checklist of a verification: each item with its clause, its answer and what that rests on."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import Options, button, field, select
from components.ids import collection_verification as ids
from components.panels.badge import badge, trust_badge
from components.panels.card import card
from components.panels.verification_room import RoomView
from services.formatting import datetime_text
from services.i18n.texts import language, t
from services.verification.checklists import ANSWERS, Item
from services.verification.rooms import StoredAnswer

TONES = {
    "conform": "good",
    "not_conform": "over",
    "not_applicable": "plain",
    "not_looked_at": "watch",
}
LONGEST = 2_000


def checklist_parts(view: RoomView) -> list[Component]:
    """Return the items, with a form where the reader may answer."""
    items = [html.Li(_item(view, item), className="row-comment") for item in view.room.items]
    parts: list[Component] = [html.Ul(items, className="row-comments")]
    if view.room.may_verify:
        act = button(t("verification.save"), ids.SAVE, "primary")
        parts.append(html.Div(act, className="button-row"))
    return [
        card(
            t("verification.parts.checklist"),
            html.Div(parts, className="stack"),
            t("verification.checklist_hint"),
        )
    ]


def _item(view: RoomView, item: Item) -> list[Component]:
    given = view.room.answers.get(item.code)
    state = given.answer if given else "not_looked_at"
    code = language()
    head = html.P([html.Strong(item.words[code]), " ", _badge(state)])
    source = html.P(
        [html.Small(f"{item.document[code]} {item.clause} "), trust_badge(item.status)],
        className="muted",
    )
    parts: list[Component] = [head, source]
    if given is not None:
        by = f"{view.who(given.answered_by)} {datetime_text(given.answered_at)}"
        parts.append(html.P([given.note, " ", html.Small(by)], className="muted"))
    if view.room.may_verify:
        parts.append(_form(view, item, given))
    elif given is not None and given.files:
        names = [f.name for sha, f in view.room.files.items() if sha in given.files]
        parts.append(html.P(t("campaigns.list_comma").join(names)))
    return parts


def _form(view: RoomView, item: Item, given: StoredAnswer | None) -> Component:
    options: Options = [("", t("verification.choose"))]
    options = [*options, *((name, t(f"verification.answers.{name}")) for name in ANSWERS)]
    files: Options = [("", t("verification.no_file"))]
    files = [*files, *((sha, file.name) for sha, file in view.room.files.items())]
    note = dcc.Textarea(
        id=ids.remark(item.code),
        value=given.note if given else "",
        className="input campaign-text",
        maxLength=LONGEST,
    )
    proof = next(iter(given.files), "") if given else ""
    answer = given.answer if given else ""
    return html.Div(
        [
            select(ids.answer(item.code), t("verification.answer"), options, answer),
            field(t("verification.note"), note),
            select(ids.proof(item.code), t("verification.evidence"), files, proof),
        ],
        className="campaign-form",
    )


def _badge(state: str) -> Component:
    return badge(t(f"verification.answers.{state}"), TONES[state])
