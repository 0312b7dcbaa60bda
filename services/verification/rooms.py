"""What somebody sees of a verification: how far it is, its rows, its checklist, its findings.

The firm sees what was found once it is out, and nothing of the sample before the opinion: who
knows which rows are looked at knows which are not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services import clock
from services.data import attachments, verification_work, verifications
from services.data.engine import Database
from services.data.evidence_files import Attachment, files_in
from services.data.submissions import StoredRow
from services.data.verification_work import (
    GRADES,
    MAJOR,
    Opinion,
    StoredAnswer,
    StoredFinding,
    StoredLook,
    StoredPlan,
)
from services.data.verifications import (
    AT_WORK,
    CLOSED,
    FINDINGS_OUT,
    LOCKED,
    OPEN_STATES,
    PLANNED,
    STATES,
    WITHDRAWN,
    Candidate,
    Member,
    StoredVerification,
)
from services.data.work import Work
from services.security.permissions import Action, Actor
from services.security.trail import Deed
from services.verification.access import held, scope_of, sees_work
from services.verification.checklists import DONE, Item
from services.verification.engagements import may_assign, record
from services.verification.findings import items_of
from services.verification.plans import NOT_DRAWN
from services.verification.versions import Change, RowAt, Version, changes, rows_of, version_of

# What the screen is made of is read from here: it knows nothing of the tables.
__all__ = [
    "AT_WORK",
    "CLOSED",
    "FINDINGS_OUT",
    "GRADES",
    "LOCKED",
    "PLANNED",
    "STATES",
    "WITHDRAWN",
    "Attachment",
    "Entry",
    "FindingState",
    "Listed",
    "Opinion",
    "Progress",
    "Room",
    "RowState",
    "StoredAnswer",
    "StoredFinding",
    "StoredPlan",
    "StoredRow",
    "entries",
    "files_in",
    "progress_of",
    "room_in",
    "room_of",
    "row_states",
    "take_room",
]
SHOWN_TO_FIRM = (FINDINGS_OUT, CLOSED, LOCKED)
CHANGED = "changed"
# How far each is takes a few queries, so that a list is shown part by part.
PAGE = 50


@dataclass(frozen=True, slots=True)
class RowState:
    """A row that has to be looked at: drawn, taken for certain, or changed since the plan.

    `now` is None where the row is gone; `look` is the newest at the row as it stands.
    """

    key: str
    why: str
    co2e_t: float | None
    weight: float | None
    reasons: Sequence[str]
    now: RowAt | None
    look: StoredLook | None

    @property
    def is_done(self) -> bool:
        """Return whether somebody looked at it as it stands; what is gone needs nobody."""
        return self.now is None or self.look is not None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work is: rows and items done of all, findings open, major ones among them."""

    rows: int
    rows_done: int
    items: int
    items_done: int
    findings: int
    open_findings: int
    open_major: int


@dataclass(frozen=True, slots=True)
class FindingState:
    """A finding with what was changed of its rows since."""

    finding: StoredFinding
    rows: Sequence[Change]


@dataclass(frozen=True, slots=True)
class Room:
    """A verification with all that the reader may see of it; who did what by name.

    `plan` is None where none was drawn or it is not for the reader. The four that begin with `may`
    say what the reader can do now.
    """

    verification: StoredVerification
    version: Version
    team: tuple[Member, ...]
    plans: tuple[StoredPlan, ...]
    rows: tuple[RowState, ...]
    items: tuple[Item, ...]
    answers: Mapping[str, StoredAnswer]
    findings: tuple[FindingState, ...]
    opinion: Opinion | None
    progress: Progress
    names: Mapping[int, str]
    files: Mapping[str, Attachment]
    candidates: tuple[Candidate, ...]
    sees_work: bool
    may_verify: bool
    may_lead: bool
    may_assign: bool
    may_answer: bool
    sees_result: bool

    @property
    def plan(self) -> StoredPlan | None:
        """Return the plan that counts: the newest."""
        return self.plans[-1] if self.plans else None


@dataclass(frozen=True, slots=True)
class Entry:
    """A verification in a list; `progress` is None once nothing of it goes on."""

    verification: StoredVerification
    progress: Progress | None
    lead: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A part of a list from `start` on, of `found` that are in a state, or in any."""

    entries: tuple[Entry, ...]
    found: int
    start: int
    state: str


def entries(actor: Actor, database: Database, state: str = "", start: int = 0) -> Listed:
    """Return a part of the verifications that the actor sees, the newest year first."""
    with database.work(scope_of(actor, database, Action.VIEW_VERIFICATION)) as work:
        found, count = verifications.page(work, state, start, PAGE)
        return Listed(tuple(_entry(work, actor, each) for each in found), count, start, state)


def room_of(actor: Actor, database: Database, verification_id: UUID) -> Room:
    """Return a verification with all that the actor may see of it."""
    with database.work(scope_of(actor, database, Action.VIEW_VERIFICATION)) as work:
        found = held(work, actor, Action.VIEW_VERIFICATION, verification_id)
        return room_in(work, actor, found)


def take_room(actor: Actor, database: Database, verification_id: UUID) -> Room:
    """Return the same for a file, and write down that it was taken out."""
    with database.work(scope_of(actor, database, Action.VIEW_VERIFICATION)) as work:
        found = held(work, actor, Action.VIEW_VERIFICATION, verification_id)
        room = room_in(work, actor, found)
        record(work, actor, found, Deed("export_verification", ""))
        work.commit()
    return room


def progress_of(work: Work, found: StoredVerification, version: Version) -> Progress:
    """Return how far the work is."""
    rows = row_states(work, found, version)
    answers = verification_work.answers(work, found)
    items = items_of(work, found)
    findings = verification_work.findings(work, found)
    still = [each for each in findings if each.is_open]
    return Progress(
        rows=len(rows),
        rows_done=sum(each.is_done for each in rows),
        items=len(items),
        items_done=sum(_is_done(answers.get(item.code)) for item in items),
        findings=len(findings),
        open_findings=len(still),
        open_major=sum(each.grade == MAJOR for each in still),
    )


def row_states(work: Work, found: StoredVerification, version: Version) -> tuple[RowState, ...]:
    """Return the rows that have to be looked at: of the newest plan, and changed since it."""
    plans = verification_work.plans(work, found)
    if not plans:
        return ()
    plan = plans[-1]
    looked = {(each.row_key, each.row_hash): each for each in verification_work.looks(work, found)}
    picks = {each["key"]: each for each in plan.picks}
    before = rows_of(work, found, plan.submission_id)
    since = {each.key for each in changes(before, version.rows) if each.after is not None}
    keys = [key for key, pick in picks.items() if pick["why"] != NOT_DRAWN or key in since]
    keys += [key for key in version.rows if key in since and key not in picks]
    return tuple(_row(key, picks.get(key), version, looked, key in since) for key in keys)


def _row(
    key: str,
    pick: Mapping[str, Any] | None,
    version: Version,
    looked: Mapping[tuple[str, str], StoredLook],
    is_changed: bool,
) -> RowState:
    now = version.rows.get(key)
    look = looked.get((key, now.hash)) if now else None
    if pick is None:
        return RowState(key, CHANGED, None, None, (), now, look)
    why = CHANGED if is_changed and pick["why"] == NOT_DRAWN else pick["why"]
    return RowState(key, why, pick["co2e_t"], pick["weight"], pick["reasons"], now, look)


def _entry(work: Work, actor: Actor, found: StoredVerification) -> Entry:
    lead = next((m.name for m in verifications.team(work, found) if m.is_lead), "")
    if found.state not in OPEN_STATES:
        return Entry(found, None, lead)
    progress = progress_of(work, found, version_of(work, found))
    if not sees_work(actor, found.access_path):
        progress = _for_firm(found, progress)
    return Entry(found, progress, lead)


def _for_firm(found: StoredVerification, progress: Progress) -> Progress:
    out = found.state in SHOWN_TO_FIRM
    told = (progress.findings, progress.open_findings, progress.open_major) if out else (0, 0, 0)
    return Progress(0, 0, 0, 0, *told)


def room_in(work: Work, actor: Actor, found: StoredVerification) -> Room:
    """Return the same within a unit of work that goes on."""
    version, team = version_of(work, found), verifications.team(work, found)
    sees, is_out = sees_work(actor, found.access_path), found.state in SHOWN_TO_FIRM
    is_over = found.state in (CLOSED, LOCKED)
    progress = progress_of(work, found, version)
    findings = verification_work.findings(work, found) if sees or is_out else ()
    whole = sees or is_over
    plans = verification_work.plans(work, found) if whole else ()
    answers = verification_work.answers(work, found) if whole else {}
    opinion = verification_work.opinion_of(work, found)
    rows = row_states(work, found, version) if whole else ()
    people = _people(plans, answers, findings, opinion)
    people |= {row.look.looked_by for row in rows if row.look}
    member = _membership(team, actor)
    is_open = found.state in OPEN_STATES
    return Room(
        verification=found,
        version=version,
        team=team,
        plans=plans,
        rows=rows,
        items=items_of(work, found) if whole else (),
        answers=answers,
        findings=tuple(_finding(work, found, version, each) for each in findings),
        opinion=opinion,
        progress=progress if sees else _for_firm(found, progress),
        names=verifications.names_of(work, people | {found.assigned_by}),
        files=attachments.of_year(work, found.organization_id, found.year),
        candidates=_candidates(work, found, team) if member and member.is_lead and is_open else (),
        sees_work=sees,
        may_verify=member is not None and is_open and found.state != PLANNED,
        may_lead=member is not None and member.is_lead and is_open,
        may_assign=may_assign(actor, found),
        may_answer=found.state == FINDINGS_OUT
        and actor.may(Action.EDIT_ACTIVITY, found.access_path),
        sees_result=actor.may(Action.VIEW_RESULT, found.access_path),
    )


def _membership(team: Sequence[Member], actor: Actor) -> Member | None:
    if not actor.may(Action.VERIFY):
        return None
    mine = (m for m in team if m.person_id == actor.person_id and m.left_at is None)
    return next(mine, None)


def _candidates(
    work: Work, found: StoredVerification, team: Sequence[Member]
) -> tuple[Candidate, ...]:
    there = {member.person_id for member in team}
    every = verifications.candidates(work, found.organization_id, found.year, clock.today())
    own = (each for each in every if each.institution_id == found.institution_id)
    return tuple(each for each in own if each.person_id not in there)


def _finding(
    work: Work, found: StoredVerification, version: Version, each: StoredFinding
) -> FindingState:
    before = rows_of(work, found, each.submission_id)
    return FindingState(each, tuple(_change(key, before, version) for key in each.row_keys))


def _change(key: str, before: Mapping[str, RowAt], version: Version) -> Change:
    return Change(key, _row_in(before, key), _row_in(version.rows, key))


def _row_in(rows: Mapping[str, RowAt], key: str) -> StoredRow | None:
    return rows[key].row if key in rows else None


def _is_done(answer: StoredAnswer | None) -> bool:
    return answer is not None and answer.answer in DONE


def _people(
    plans: Sequence[StoredPlan],
    answers: Mapping[str, StoredAnswer],
    findings: Sequence[StoredFinding],
    opinion: Opinion | None,
) -> set[int]:
    """Return who did something that is shown."""
    found: set[int | None] = {plan.made_by for plan in plans}
    found |= {each.answered_by for each in answers.values()}
    for each in findings:
        found |= {each.raised_by, each.answered_by, each.closed_by}
    found |= {opinion.issued_by} if opinion else set()
    return {each for each in found if each is not None}
