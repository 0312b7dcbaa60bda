"""Submitting a year, and its approval or return by another person (4.2 a, 5.2.1 b)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services import clock
from services.accounting.checking import check_run
from services.accounting.corrections import refuse_accepted
from services.accounting.draft_checks import require_checked
from services.accounting.own_values import YearByMethod, known_values, with_own_values
from services.accounting.results import Filing, RunSummary
from services.accounting.subjects import filing_of, summary_of
from services.data import (
    attachments,
    drafts,
    organizations,
    own_values,
    row_comments,
    row_findings,
    runs,
    submissions,
)
from services.data.drafts import DraftVersion
from services.data.engine import Database
from services.data.organizations import Organization
from services.data.row_findings import NewRowFinding
from services.data.submissions import NewDecision, NewSubmission, StoredRow, StoredSubmission
from services.data.work import Work
from services.errors import ConflictError, Explanation, PlatformError
from services.formatting import datetime_text
from services.i18n.texts import has_text, t
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed
from services.standards.calculate import calculate
from services.standards.catalog import Catalog
from services.standards.checks import Problem, check_records
from services.standards.request import CalculationRequest, Record


class MakerCheckerError(PlatformError):
    """Whoever submitted a year may not decide on it."""

    text_key = "maker_checker"


class TyperCheckerError(PlatformError):
    """Whoever typed rows of a year may not decide on it either, whoever submitted it."""

    text_key = "typer_checker"


class WaitingError(PlatformError):
    """The year waits for a decision, so nothing else can be submitted or changed."""

    text_key = "waiting"


class NothingEnteredError(PlatformError):
    """There is no row to submit."""

    text_key = "nothing_entered"


class CommentMissingError(PlatformError):
    """Sending back needs a reason that the reporter can act on."""

    text_key = "comment_missing"


class DecidedError(ConflictError):
    """The submission was decided on before; a newer one may have come since."""

    text_key = "decided"

    def __init__(self, decided: StoredSubmission, newest: StoredSubmission) -> None:
        super().__init__("submission", value=decided.year, name=decided.decided_by_name)
        self.decided, self.newest = decided, newest

    def explain(self) -> Explanation:
        """Return the explanation with who decided what and when, and what came after it."""
        told, decided, newest = super().explain(), self.decided, self.newest
        by = {"name": decided.decided_by_name, "at": datetime_text(decided.decided_at)}
        what = t(f"decided.{decided.state}", value=decided.year, **by)
        if newest.submission_id == decided.submission_id:
            return replace(told, what=what)
        sent = {"name": newest.submitted_by_name, "at": datetime_text(newest.submitted_at)}
        return replace(told, what=what, why=t("decided.newer", **sent))


class EntryProblemsError(PlatformError):
    """The entry has errors; `problems` lists them all, cell by cell."""

    text_key = "entry_problems"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        row = first.record + 1
        super().__init__(first.field, row=row, value=len(self.problems), first="")

    def explain(self) -> Explanation:
        """Return the explanation with what is wrong in the first cell."""
        first = self.problems[0]
        column = f"entry.columns.{first.field}"
        named = {"where": t(column) if has_text(column) else first.field, "row": first.record + 1}
        why = t("errors.entry_problems.why", first=first.error.explain().sentence(), **named)
        return replace(super().explain(), why=why)


@dataclass(frozen=True, slots=True)
class FilingRequest:
    """What is submitted: the rows as typed and the same rows as numbers, in the same order."""

    version: DraftVersion
    method: str
    rows: Sequence[StoredRow]
    records: Sequence[Record]
    channel: str = "manual"
    purpose: str = "voluntary"
    # What the rules of collection found in the rows, to be kept with them.
    found: Sequence[NewRowFinding] = ()


def submit(
    actor: Actor, database: Database, catalog: Catalog, request: FilingRequest
) -> RunSummary:
    """Check, store and compute a year of an organization in one step; all of it or nothing."""
    version = request.version
    with database.work(scope_for(actor, Action.SUBMIT_ACTIVITY)) as work:
        subject = organizations.get(work, version.organization_id)
        require(actor, Action.SUBMIT_ACTIVITY, subject.access_path)
        editors = drafts.lock(work, version).editors
        require_checked(work, version)
        refuse_unless_open(work, version.organization_id, version.year)
        request = _with_own_values(work, catalog, request)
        raise_on_errors(catalog, subject, request)
        typed_by = sorted({*editors, actor.person_id})
        submission_id = _store(work, actor, subject, request, typed_by)
        checked = (subject, version.year, submission_id)
        row_findings.keep(work, checked, request.found, clock.now())
        _remove_unused(work, actor, subject, version.year)
        run_id = _compute(work, actor, subject, _Order(catalog, request, submission_id))
        stored = runs.get(work, version.organization_id, run_id)
        check_run(work, catalog, subject, stored)
        after: dict[str, object] = {"year": version.year, "total_t": stored.total_t}
        after |= {"run": str(run_id), "typed_by": typed_by}
        record_deed(work, actor.person_id, subject, Deed("submit", str(submission_id), after=after))
        work.commit()
    return summary_of(subject, stored)


def approve(
    actor: Actor, database: Database, organization_id: int, submission_id: UUID, comment: str = ""
) -> Filing:
    """Approve a submission of another person; its run becomes the filed one of the year."""

    def file_run(work: Work, stored: StoredSubmission) -> None:
        run = runs.of_submission(work, organization_id, submission_id)
        if run is not None:
            runs.file(work, organization_id, stored.year, run.run_id)
        # What is accepted leaves nothing open.
        row_comments.settle_year(work, organization_id, stored.year, (actor.person_id, clock.now()))

    decision = _Decision(organization_id, submission_id, submissions.APPROVED, comment)
    return _decide(actor, database, decision, file_run)


def send_back(
    actor: Actor, database: Database, organization_id: int, submission_id: UUID, comment: str
) -> Filing:
    """Return a submission of another person with the reason; the reporter may then correct it.

    Where single rows were commented on, those are the reason, and no other has to be given.
    """

    def need_reason(work: Work, _stored: StoredSubmission) -> None:
        on_rows = row_comments.count_on(work, organization_id, submission_id)
        if not comment.strip() and not on_rows:
            raise CommentMissingError("comment")

    decision = _Decision(organization_id, submission_id, submissions.RETURNED, comment.strip())
    return _decide(actor, database, decision, need_reason)


def refuse_unless_open(work: Work, organization_id: int, year: int) -> None:
    """Raise WaitingError while the year waits for a decision, AcceptedError once it is accepted."""
    latest = submissions.latest(work, organization_id, year)
    if latest is not None and latest.state == submissions.SUBMITTED:
        raise WaitingError("submission", value=year, name=latest.submitted_by_name)
    refuse_accepted(work, organization_id, year)


def raise_on_errors(catalog: Catalog, subject: Organization, request: FilingRequest) -> None:
    """Raise NothingEnteredError or EntryProblemsError; warnings do not stand in the way."""
    if not request.records:
        raise NothingEnteredError("rows", value=request.version.year)
    problems = check_records(
        catalog, request.method, request.version.year, subject.factor_region, request.records
    )
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise EntryProblemsError(errors)


def fingerprint(document: object) -> str:
    """Return the SHA-256 of a JSON value; equal values give equal bytes."""
    canonical = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Order:
    catalog: Catalog
    request: FilingRequest
    submission_id: UUID


@dataclass(frozen=True, slots=True)
class _Decision:
    organization_id: int
    submission_id: UUID
    state: str
    comment: str


def _with_own_values(work: Work, catalog: Catalog, request: FilingRequest) -> FilingRequest:
    """Put the organization's own values known today into what its records leave open."""
    version = request.version
    place = YearByMethod(version.organization_id, version.year, request.method)
    values = known_values(work, version.organization_id, clock.today())
    return replace(request, records=with_own_values(catalog, place, request.records, values))


def _store(
    work: Work, actor: Actor, subject: Organization, request: FilingRequest, typed_by: Sequence[int]
) -> UUID:
    rows = [[row.source, row.item, dict(row.cells), row.note] for row in request.rows]
    new = NewSubmission(
        year=request.version.year,
        method=request.method,
        purpose=request.purpose,
        region=subject.factor_region,
        channel=request.channel,
        rows_hash=fingerprint(rows),
        records=[dict(record) for record in request.records],
        submitted_by=actor.person_id,
        submitted_at=clock.now(),
        typed_by=typed_by,
    )
    return submissions.add(work, subject, new, request.rows)


def _remove_unused(work: Work, actor: Actor, subject: Organization, year: int) -> None:
    """Remove evidence files that were taken off their rows again before the year was submitted."""
    # Nobody proposes a measured value by a file that is going just now.
    own_values.lock(work, subject.organization_id)
    for sha256, name in attachments.remove_unused(work, subject.organization_id, year):
        deed = Deed("remove_file", f"{year}/{sha256}", after={"name": name})
        record_deed(work, actor.person_id, subject, deed)


def _compute(work: Work, actor: Actor, subject: Organization, order: _Order) -> UUID:
    request = CalculationRequest(
        method=order.request.method,
        year=order.request.version.year,
        region=subject.factor_region,
        records=order.request.records,
        known_on=clock.today(),
        purpose=order.request.purpose,
    )
    inputs = {
        "method": request.method,
        "year": request.year,
        "region": request.region,
        "records": [dict(record) for record in request.records],
        "known_on": request.known_on.isoformat(),
        "purpose": request.purpose,
    }
    new = runs.NewRun(order.submission_id, fingerprint(inputs), actor.person_id, clock.now())
    return runs.add(work, subject, new, calculate(order.catalog, request))


def _decide(
    actor: Actor,
    database: Database,
    decision: _Decision,
    effect: Callable[[Work, StoredSubmission], None],
) -> Filing:
    with database.work(scope_for(actor, Action.APPROVE_ACTIVITY)) as work:
        subject = organizations.get(work, decision.organization_id)
        require(actor, Action.APPROVE_ACTIVITY, subject.access_path)
        stored = submissions.get(work, decision.organization_id, decision.submission_id)
        if stored.submitted_by == actor.person_id:
            raise MakerCheckerError("submission", value=stored.year, name=actor.name)
        if actor.person_id in stored.typed_by:
            raise TyperCheckerError("submission", value=stored.year, name=actor.name)
        new = NewDecision(
            decision.submission_id, decision.state, decision.comment, actor.person_id, clock.now()
        )
        if not submissions.decide(work, subject, new):
            raise _decided(work, stored)
        effect(work, stored)
        after = {"year": stored.year, "state": decision.state, "comment": decision.comment}
        deed = Deed("decide", str(decision.submission_id), after=after)
        record_deed(work, actor.person_id, subject, deed)
        filing = filing_of(submissions.get(work, decision.organization_id, decision.submission_id))
        work.commit()
    return filing


def _decided(work: Work, before: StoredSubmission) -> DecidedError:
    # Read again: the other decision may have come since this one was read.
    stored = submissions.get(work, before.organization_id, before.submission_id)
    newest = submissions.latest(work, before.organization_id, before.year)
    return DecidedError(stored, newest or stored)
