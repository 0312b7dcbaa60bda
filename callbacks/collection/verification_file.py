"""From a verification to the sheet that is taken out (5.2.1 a)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from components.forms.method_columns import name_of
from services import clock
from services.exports import Cell, Sheet
from services.formatting import datetime_text
from services.i18n.texts import language, t
from services.verification.rooms import FindingState, Room, RowState

COLUMNS = ("kind", "what", "state", "co2e", "told", "who", "at")


def sheet_of(room: Room, names: Mapping[str, str]) -> Sheet:
    """Return rows, items, findings and opinion of a verification, one below another."""
    found = room.verification
    title = t("verification.of_firm", name=name_of(found.names, found.code), year=found.year)
    headings = tuple(t(f"verification.columns.{name}") for name in COLUMNS)
    lines = (*_rows(room, names), *_items(room), *_findings(room))
    return Sheet(title, tuple(_about(room)), headings, lines)


def _about(room: Room) -> Iterator[tuple[str, str]]:
    found, version = room.verification, room.version.submission
    yield t("verification.institution"), name_of(found.institution, "")
    yield t("verification.state"), t(f"verification.states.{found.state}")
    yield t("verification.version"), f"{version.version} · {version.rows_hash}"
    if room.plan is not None:
        told = room.plan.parameters
        yield t("verification.seed"), str(told["seed"])
        yield t("verification.interval"), f"{told['interval_t']!r} tCO₂e"
    if room.opinion is not None:
        form, conclusion = room.opinion.form, room.opinion.conclusion
        yield t("verification.form"), t(f"verification.forms.{form}")
        yield t("verification.conclusion"), t(f"verification.conclusions.{conclusion}")
        yield t("verification.words"), room.opinion.words
        yield t("verification.rows_hash"), room.opinion.rows_hash
    yield t("export.made_at"), datetime_text(clock.now())


def _rows(room: Room, names: Mapping[str, str]) -> Iterator[tuple[Cell, ...]]:
    for each in room.rows:
        look = each.look
        yield (
            t("verification.row"),
            _row_words(each, names),
            t("verification.looked_at" if each.is_done else "verification.not_looked"),
            each.co2e_t,
            look.note if look else "",
            room.names.get(look.looked_by, "") if look else "",
            datetime_text(look.looked_at) if look else "",
        )


def _row_words(each: RowState, names: Mapping[str, str]) -> str:
    if each.now is None:
        return t("verification.row_gone")
    row = each.now.row
    parts = (row.source, row.item, str(row.cells.get("month") or ""))
    line = t("row_comments.line", line=each.now.line)
    return " · ".join([line, *(names.get(part, part) for part in parts if part)])


def _items(room: Room) -> Iterator[tuple[Cell, ...]]:
    for item in room.items:
        given = room.answers.get(item.code)
        state = given.answer if given else "not_looked_at"
        yield (
            t("verification.parts.checklist"),
            item.words[language()],
            t(f"verification.answers.{state}"),
            None,
            given.note if given else "",
            room.names.get(given.answered_by, "") if given else "",
            datetime_text(given.answered_at) if given else "",
        )


def _findings(room: Room) -> Iterator[tuple[Cell, ...]]:
    for each in room.findings:
        yield from _finding(room, each)


def _finding(room: Room, each: FindingState) -> Iterator[tuple[Cell, ...]]:
    found = each.finding
    kind = t("verification.number", number=found.number)
    said = (
        (t(f"verification.grades.{found.grade}"), found.body, found.raised_by, found.raised_at),
        (t("verification.answer_words"), found.answer, found.answered_by, found.answered_at),
        (t("verification.verdict"), found.verdict, found.closed_by, found.closed_at),
    )
    for at, (state, words, who, when) in enumerate(said):
        if words:
            effect = found.effect_t if at == 0 else None
            name = room.names.get(who or 0, "")
            yield (kind, "", state, effect, words, name, datetime_text(when))
