"""Rows looked at, items answered, findings raised, answered by the firm and closed by the team."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services import clock
from services.data import attachments, verification_work, verifications
from services.data.engine import Database
from services.data.verification_work import (
    GRADES,
    NewFinding,
    StoredAnswer,
    StoredFinding,
    StoredLook,
)
from services.data.verifications import FINDINGS_OUT, OPEN_STATES, StoredVerification
from services.data.work import Work
from services.errors import NotFoundError, PlatformError
from services.security.permissions import Action, Actor
from services.security.trail import Deed
from services.verification.access import (
    FindingKeptError,
    NotAtWorkError,
    held,
    of_team,
    refusals_told,
    scope_of,
)
from services.verification.checklists import ANSWERS, NOT_APPLICABLE, NOT_CONFORM, Item, checklist
from services.verification.engagements import record, tell
from services.verification.versions import RowAt, Version, version_of

LONGEST = 4_000
MOST_FILES, MOST_ROWS = 20, 50


class FindingError(PlatformError):
    """A finding cannot be so: its grade, words, effect, rows or files."""

    text_key = "verification_finding"


class ChecklistError(PlatformError):
    """An answer to an item cannot be so: it is none of the four, or lacks its note."""

    text_key = "verification_answer"


@dataclass(frozen=True, slots=True)
class FindingOrder:
    """What is found; `lines` are rows of the version that counts, `effect_t` where it is known."""

    grade: str
    body: str
    lines: tuple[int, ...] = ()
    files: tuple[str, ...] = ()
    effect_t: float | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to one item of the checklist, with what it rests on."""

    item: str
    answer: str
    note: str = ""
    files: tuple[str, ...] = ()


def look_at(actor: Actor, database: Database, verification_id: UUID, line: int, note: str) -> RowAt:
    """Keep that the actor looked at a row as it stands now, and return the row."""
    with database.work(scope_of(actor, database, Action.VERIFY)) as work, refusals_told(line):
        found = _working(work, actor, verification_id)
        version = version_of(work, found)
        row = version.at(line)
        look = StoredLook(
            version.submission.submission_id, row.key, row.hash, note.strip()[:LONGEST],
            actor.person_id, clock.now(),
        )  # fmt: skip
        verification_work.add_look(work, found, look)
        told = {"row": row.key, "line": line, "version": version.submission.version}
        record(work, actor, found, Deed("look_at_row", "", after=told | {"note": look.note}))
        work.commit()
    return row


def answer_items(
    actor: Actor, database: Database, verification_id: UUID, given: Sequence[Answered]
) -> int:
    """Keep the answers that differ from those before, and return how many do."""
    with (
        database.work(scope_of(actor, database, Action.VERIFY)) as work,
        refusals_told(verification_id),
    ):
        found = _working(work, actor, verification_id)
        before = verification_work.answers(work, found)
        known = {item.code for item in items_of(work, found)}
        changed = [each for each in given if _differs(before.get(each.item), each)]
        for each in changed:
            _check_answer(each, known)
            _check_files(work, found, each.files)
            earlier = before.get(each.item)
            new = StoredAnswer(
                each.item, earlier.version + 1 if earlier else 1, each.answer,
                each.note.strip()[:LONGEST], each.files, actor.person_id, clock.now(),
            )  # fmt: skip
            verification_work.add_answer(work, found, new)
            told = {"item": each.item, "answer": each.answer, "note": new.note}
            was = {"answer": earlier.answer} if earlier else {}
            record(work, actor, found, Deed("answer_checklist", "", was, told))
        work.commit()
    return len(changed)


def items_of(work: Work, found: StoredVerification) -> tuple[Item, ...]:
    """Return the checklist of a verification: that of the day on which it was assigned."""
    method = version_of(work, found).submission.method
    return checklist(method, found.purpose, found.assigned_at.astimezone(clock.SHANGHAI).date())


def raise_finding(
    actor: Actor, database: Database, verification_id: UUID, order: FindingOrder
) -> int:
    """Keep a finding about the version that counts, and return its number."""
    _check(order)
    with (
        database.work(scope_of(actor, database, Action.VERIFY)) as work,
        refusals_told(verification_id),
    ):
        found = _working(work, actor, verification_id)
        version = version_of(work, found)
        _check_files(work, found, order.files)
        new = _new(actor, version, order)
        number = verification_work.add_finding(work, found, new)
        told: dict[str, object] = {"finding": number, "grade": order.grade, "text": new.body}
        told |= {"rows": list(new.row_keys), "files": list(new.files), "effect_t": order.effect_t}
        record(work, actor, found, Deed("raise_finding", "", after=told))
        if found.state == FINDINGS_OUT:
            tell(work, found, "verification_finding", {"number": number}, str(number))
        work.commit()
    return number


def answer_finding(
    actor: Actor, database: Database, verification_id: UUID, number: int, words: str
) -> None:
    """Keep what the firm answers to a finding, or answers anew."""
    said = _said(words)
    with (
        database.work(scope_of(actor, database, Action.EDIT_ACTIVITY)) as work,
        refusals_told(number),
    ):
        found = held(work, actor, Action.EDIT_ACTIVITY, verification_id, lock=True)
        if found.state != FINDINGS_OUT:
            raise NotAtWorkError("verification", value=found.year)
        before = finding(work, found, number)
        now = clock.now()
        changed = {"answer": said, "answered_by": actor.person_id, "answered_at": now}
        _change(work, found, number, changed)
        told = {"finding": number, "answer": said}
        record(work, actor, found, Deed("answer_finding", "", {"answer": before.answer}, told))
        work.commit()


def close_finding(
    actor: Actor, database: Database, verification_id: UUID, number: int, verdict: str
) -> None:
    """Close a finding with what the team says to it; never by who answered or made the year."""
    said = _said(verdict)
    with (
        database.work(scope_of(actor, database, Action.VERIFY)) as work,
        refusals_told(number),
    ):
        found = _working(work, actor, verification_id)
        finding(work, found, number)
        now = clock.now()
        changed = {"verdict": said, "closed_by": actor.person_id, "closed_at": now}
        _change(work, found, number, changed)
        told = {"finding": number, "verdict": said}
        record(work, actor, found, Deed("close_finding", "", after=told))
        work.commit()


def finding(work: Work, found: StoredVerification, number: int) -> StoredFinding:
    """Return a finding by its number, or raise NotFoundError."""
    for each in verification_work.findings(work, found):
        if each.number == number:
            return each
    raise NotFoundError("finding", value=number)


def _working(work: Work, actor: Actor, verification_id: UUID) -> StoredVerification:
    found = held(work, actor, Action.VERIFY, verification_id, lock=True)
    of_team(work, actor, found)
    if found.state not in OPEN_STATES or found.state == verifications.PLANNED:
        raise NotAtWorkError("verification", value=found.year)
    return found


def _change(work: Work, found: StoredVerification, number: int, changed: dict[str, Any]) -> None:
    if not verification_work.change_finding(work, found, number, changed):
        raise FindingKeptError("finding", value=number)


def _new(actor: Actor, version: Version, order: FindingOrder) -> NewFinding:
    return NewFinding(
        submission_id=version.submission.submission_id,
        grade=order.grade,
        body=order.body.strip()[:LONGEST],
        row_keys=[version.at(line).key for line in order.lines],
        files=list(order.files),
        effect_t=order.effect_t,
        raised_by=actor.person_id,
        raised_at=clock.now(),
    )


def _differs(before: StoredAnswer | None, given: Answered) -> bool:
    if before is None:
        return bool(given.answer)
    told = (given.answer, given.note.strip()[:LONGEST], tuple(given.files))
    return told != (before.answer, before.note, tuple(before.files))


def _check_answer(given: Answered, known: set[str]) -> None:
    if given.item not in known or given.answer not in ANSWERS:
        raise ChecklistError(given.item[:40], value=given.answer[:40])
    # What is wrong, or not asked here, is said in words.
    if given.answer in (NOT_CONFORM, NOT_APPLICABLE) and not given.note.strip():
        raise ChecklistError(given.item, value=given.item)


def _check_files(work: Work, found: StoredVerification, files: Sequence[str]) -> None:
    if not files:
        return
    kept = attachments.of_year(work, found.organization_id, found.year)
    for each in files:
        if each not in kept:
            raise NotFoundError("file", value=each[:12])


def _check(order: FindingOrder) -> None:
    wrong = {
        "grade": order.grade not in GRADES,
        "body": not order.body.strip(),
        "effect_t": order.effect_t is not None and not math.isfinite(order.effect_t),
        "lines": len(order.lines) > MOST_ROWS,
        "files": len(order.files) > MOST_FILES,
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise FindingError(name, value=str(getattr(order, name))[:40])


def _said(words: str) -> str:
    said = words.strip()[:LONGEST]
    if not said:
        raise FindingError("body", value="")
    return said
