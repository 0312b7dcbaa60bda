"""Findings of a verification: raised at rows and files, answered, closed; before and after."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from components.forms.controls import Options, button, field, link_button, select, text_input
from components.ids import collection_verification as ids
from components.panels.badge import badge
from components.panels.card import card
from components.panels.states import empty
from components.panels.verification_room import RoomView
from components.panels.verification_rows import files_list
from components.shell.filters import write_filters
from components.tables.table import Column, data_table
from services.formatting import datetime_text, number
from services.i18n.texts import t
from services.verification.rooms import GRADES, FindingState, StoredFinding, StoredRow
from services.verification.versions import Change

TONES = {"major": "over", "minor": "watch", "opportunity": "plain"}
ENTRY_PATH = "/collection/manual"
LONGEST = 4_000


def findings_parts(view: RoomView, row: int | None) -> list[Component]:
    """Return all findings, and the form of another where the reader may raise one."""
    parts: list[Component] = []
    if view.room.may_verify:
        parts.append(card(t("verification.new_finding"), _new(view, row)))
    found = view.room.findings
    if not found:
        nothing = empty(t("verification.no_findings"), t("verification.no_findings_hint"))
        return [*parts, card(t("verification.parts.findings"), nothing)]
    listed = [html.Li(_finding(view, each), className="row-comment") for each in found]
    hint = t("verification.findings_hint")
    title = t("verification.parts.findings")
    return [card(title, html.Ul(listed, className="row-comments"), hint), *parts]


def _finding(view: RoomView, each: FindingState) -> list[Component]:
    found = each.finding
    head: list[Component | str] = [
        html.Strong(t("verification.number", number=found.number)),
        " ",
        badge(t(f"verification.grades.{found.grade}"), TONES[found.grade]),
        " ",
        _standing(found),
        " ",
        html.Small(f"{view.who(found.raised_by)} {datetime_text(found.raised_at)}"),
    ]
    parts: list[Component] = [html.P(head), html.P(found.body, className="campaign-said")]
    if found.effect_t is not None:
        parts.append(html.P(t("verification.effect_told", tonnes=number(found.effect_t, 2))))
    parts += [_change(view, change) for change in each.rows]
    files = [view.room.files[sha] for sha in found.files if sha in view.room.files]
    parts += [files_list(files)] if files else []
    if found.answer:
        parts.append(_said(view, "answered", found.answer, (found.answered_by, found.answered_at)))
    if found.verdict:
        parts.append(_said(view, "closed", found.verdict, (found.closed_by, found.closed_at)))
    return [*parts, *_acts(view, found)]


def _standing(found: StoredFinding) -> Component:
    if not found.is_open:
        return badge(t("verification.standings.closed"), "good")
    return badge(t(f"verification.standings.{'answered' if found.answer else 'open'}"), "watch")


def _said(view: RoomView, key: str, words: str, by: tuple[int | None, object]) -> Component:
    at = datetime_text(by[1])  # type: ignore[arg-type]
    told = html.Small(t(f"verification.{key}", by=f"{view.who(by[0])} {at}"))
    return html.Blockquote([words, " ", told], className="filing-comment")


def _change(view: RoomView, change: Change) -> Component:
    """Return a row that a finding is about, as it was and as it is where that differs."""
    before, after = change.before, change.after
    name = view.names
    words = " · ".join(
        name.get(part, part)
        for row in (after or before,)
        if row is not None
        for part in (row.source, row.item, str(row.cells.get("month") or ""))
        if part
    )
    differing = _differing(before, after)
    if not differing:
        return html.P([words, " ", html.Small(t("verification.unchanged"))])
    columns = [Column(key, t(f"verification.{key}")) for key in ("cell", "before", "after")]
    return html.Div([html.P(words), data_table(columns, differing, caption=words)])


def _differing(before: StoredRow | None, after: StoredRow | None) -> list[dict[str, str]]:
    was = _cells(before)
    now = _cells(after)
    return [
        {"cell": name, "before": was.get(name, "—"), "after": now.get(name, "—")}
        for name in dict.fromkeys((*was, *now))
        if was.get(name) != now.get(name)
    ]


def _cells(row: StoredRow | None) -> dict[str, str]:
    if row is None:
        return {}
    cells = {name: str(text) for name, text in row.cells.items() if text and name != "files"}
    return cells | ({t("verification.note"): row.note} if row.note else {})


def _acts(view: RoomView, found: StoredFinding) -> list[Component]:
    """Return what the reader can do about a finding: one form at a time, so no text is lost."""
    room = view.room
    if not found.is_open or not (room.may_answer or room.may_verify):
        return []
    if view.chosen != found.number:
        key = "answer_it" if room.may_answer else "close_it"
        href = view.address("findings", finding=found.number)
        return [link_button(t(f"verification.{key}"), href, "quiet")]
    if room.may_answer:
        words = _text(ids.SAID, found.answer)
        place = {"organization": room.verification.organization_id, "year": room.verification.year}
        acts = [
            button(t("verification.reply"), ids.REPLY, "primary"),
            link_button(t("verification.correct"), ENTRY_PATH + write_filters(place)),
        ]
        return [
            field(t("verification.answer_words"), words, t("verification.correct_hint")),
            html.Div(acts, className="button-row"),
        ]
    return [
        field(t("verification.verdict"), _text(ids.VERDICT, "")),
        button(t("verification.close"), ids.CLOSE, "primary"),
    ]


def _new(view: RoomView, row: int | None) -> Component:
    lines: Options = [("", t("verification.whole_year"))]
    lines = [*lines, *((str(line), words) for line, words in view.rows.items())]
    files: Options = [("", t("verification.no_file"))]
    files = [*files, *((sha, file.name) for sha, file in view.room.files.items())]
    grades: Options = [(grade, t(f"verification.grades.{grade}")) for grade in GRADES]
    chosen = "" if row is None else str(row)
    return html.Div(
        [
            html.Div(
                [
                    select(ids.GRADE, t("verification.grade"), grades, GRADES[0]),
                    select(ids.LINE, t("verification.row"), lines, chosen),
                    select(ids.EVIDENCE, t("verification.evidence"), files, ""),
                    text_input(ids.EFFECT, t("verification.effect"), numeric=True),
                ],
                className="campaign-form",
            ),
            field(t("verification.body"), _text(ids.BODY, ""), t("verification.effect_hint")),
            html.Div(button(t("verification.raise"), ids.RAISE, "primary"), className="button-row"),
        ],
        className="stack",
    )


def _text(text_id: str, value: str) -> Component:
    return dcc.Textarea(id=text_id, value=value, className="input campaign-text", maxLength=LONGEST)
