"""What a reviewer says of single rows: seen at the row, answered, settled (4.2 a, 5.2.1 b)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from services import clock
from services.accounting.filing import MakerCheckerError, TyperCheckerError
from services.collection.month_cells import month_in
from services.collection.rows import KEY
from services.data import organizations, row_comments, submissions
from services.data.engine import Database
from services.data.organizations import Organization
from services.data.row_comments import NewComment, StoredComment
from services.data.submissions import SUBMITTED, StoredRow, StoredSubmission
from services.data.work import Work
from services.errors import ConflictError, NotFoundError, PlatformError
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed

LONGEST = 2_000
MONTH = "month"
Cells = Mapping[str, object]


class RowCommentMissingError(PlatformError):
    """A comment or an answer says nothing."""

    text_key = "row_comment_missing"


def row_key(row: Cells) -> str:
    """Return what tells a row from others: source, item, option and month.

    >>> row_key({"source": "fuel", "item": "coke", "month": "３月", "FC": "1"})
    '["fuel", "coke", "", "3"]'
    """
    month = month_in(str(row.get(MONTH) or ""))
    named = [str(row.get(name) or "").strip() for name in ("source", "item", KEY)]
    return json.dumps([*named, "" if month is None else str(month)], ensure_ascii=False)


def parts_of(row: Cells | str) -> list[str]:
    """Return source, item, option and month of a row, or of the key that names it."""
    key = row if isinstance(row, str) else row_key(row)
    return list(map(str, json.loads(key)))


def lines_of(comments: Sequence[StoredComment], rows: Sequence[Cells]) -> dict[UUID, int]:
    """Return at which of the rows each comment stands, the first being 0; none for a row gone.

    Of rows that are told apart by nothing the one nearest to the line commented on is meant.
    """
    keys: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        keys.setdefault(row_key(row), []).append(at)
    found = {}
    for each in comments:
        places = keys.get(each.row_key)
        if places:
            found[each.comment_id] = min(places, key=lambda at: abs(at + 1 - each.line))
    return found


def comments_of(
    actor: Actor, database: Database, organization_id: int, year: int
) -> tuple[StoredComment, ...]:
    """Return the comments of a year that are not settled."""
    with database.work(scope_for(actor, Action.VIEW_RESULT)) as work:
        subject = organizations.get(work, organization_id)
        require(actor, Action.VIEW_RESULT, subject.access_path)
        return row_comments.open_of(work, organization_id, year)


def comment_on(
    actor: Actor, database: Database, submission: tuple[int, UUID], line: int, words: str
) -> None:
    """Say something of a row of a submission that waits for a decision; lines count from 1."""
    said = _said(words)
    with database.work(scope_for(actor, Action.APPROVE_ACTIVITY)) as work:
        subject = organizations.get(work, submission[0])
        require(actor, Action.APPROVE_ACTIVITY, subject.access_path)
        stored = submissions.get(work, *submission)
        _refuse_own(actor, stored)
        rows = submissions.rows_of(work, *submission)
        if not 1 <= line <= len(rows):
            raise NotFoundError("line", value=line)
        key = row_key(_cells(rows[line - 1]))
        who = (actor.person_id, clock.now())
        new = NewComment(stored.year, stored.submission_id, key, line, said, *who)
        made = row_comments.add(work, subject, new)
        _record(work, actor, subject, Deed("comment_row", str(made), after=_told(new)))
        work.commit()


def answer(
    actor: Actor, database: Database, organization_id: int, comment_id: UUID, words: str
) -> StoredComment:
    """Answer a comment, or answer it anew, and return it."""
    said = _said(words)
    with database.work(scope_for(actor, Action.EDIT_ACTIVITY)) as work:
        subject, found = _open(work, actor, Action.EDIT_ACTIVITY, (organization_id, comment_id))
        told = (said, actor.person_id, clock.now())
        if not row_comments.answer(work, organization_id, comment_id, told):
            raise ConflictError("row_comment", value=found.body[:40])
        before, after = {"answer": found.answer}, {"answer": said}
        deed = Deed("answer_comment", str(comment_id), before=before, after=after)
        _record(work, actor, subject, deed)
        _, answered = _open(work, actor, Action.EDIT_ACTIVITY, (organization_id, comment_id))
        work.commit()
    return answered


def settle(actor: Actor, database: Database, organization_id: int, comment_id: UUID) -> None:
    """Settle a comment: it stands at its row no longer."""
    with database.work(scope_for(actor, Action.APPROVE_ACTIVITY)) as work:
        subject, found = _open(work, actor, Action.APPROVE_ACTIVITY, (organization_id, comment_id))
        by = (actor.person_id, clock.now())
        if not row_comments.settle(work, organization_id, comment_id, *by):
            raise ConflictError("row_comment", value=found.body[:40])
        _record(work, actor, subject, Deed("settle_comment", str(comment_id)))
        work.commit()


def _open(
    work: Work, actor: Actor, action: Action, named: tuple[int, UUID]
) -> tuple[Organization, StoredComment]:
    subject = organizations.get(work, named[0])
    require(actor, action, subject.access_path)
    found = row_comments.get_open(work, *named)
    if found is None:
        raise NotFoundError("row_comment", value=named[1])
    return subject, found


def _refuse_own(actor: Actor, stored: StoredSubmission) -> None:
    if stored.state != SUBMITTED:
        raise ConflictError("submission", value=stored.year)
    if stored.submitted_by == actor.person_id:
        raise MakerCheckerError("submission", value=stored.year, name=actor.name)
    if actor.person_id in stored.typed_by:
        raise TyperCheckerError("submission", value=stored.year, name=actor.name)


def _said(words: str) -> str:
    said = words.strip()[:LONGEST]
    if not said:
        raise RowCommentMissingError("row_comment")
    return said


def _cells(row: StoredRow) -> dict[str, object]:
    return {**row.cells, "source": row.source, "item": row.item}


def _told(new: NewComment) -> dict[str, object]:
    told = {"year": new.year, "line": new.line, "row": new.row_key, "comment": new.body}
    return told | {"submission": str(new.submission_id)}


def _record(work: Work, actor: Actor, subject: Organization, deed: Deed) -> None:
    record_deed(work, actor.person_id, subject, deed)
