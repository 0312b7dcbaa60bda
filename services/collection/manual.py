"""Entry by hand: open a year, keep what is typed, check every cell, submit (4.2 a)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from services import clock
from services.accounting import filing
from services.accounting.filing import EntryProblemsError, FilingRequest
from services.accounting.own_values import known_values
from services.accounting.results import RunSummary, Subject
from services.accounting.subjects import subject_of
from services.collection.attachments import files_not_kept
from services.collection.cells import WHOLE_ENTRY, CellProblem
from services.collection.checking import Rules, verdict_of
from services.collection.checks.balances import Entered
from services.collection.checks.basis import NO_BASIS, Basis, basis_of
from services.collection.checks.running import suspicions, unit_finder, with_suspicions
from services.collection.kept_findings import kept_findings
from services.collection.reasons import missing_reasons
from services.collection.rows import Row, parse_rows, unit_of
from services.collection.unusual import LastYear, last_year, unusual
from services.collection.years import check_year
from services.data import attachments, campaigns, corrections, drafts, organizations, submissions
from services.data.drafts import DraftContent, DraftVersion, StoredDraft
from services.data.engine import Database
from services.data.evidence_files import Attachment
from services.data.organizations import Organization
from services.data.submissions import StoredSubmission
from services.data.work import Work
from services.errors import PlatformError
from services.security.permissions import Action, Actor, require
from services.security.readings import note_view
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed
from services.standards.catalog import Catalog
from services.standards.checks import Problem
from services.standards.months import months_ended
from services.standards.own_values import OwnValue

MOST_ROWS = 5_000
LONGEST_CELL = 1_000


class NoMethodError(PlatformError):
    """No accounting method is chosen, so nobody can say which cells are needed."""

    text_key = "no_method"


class EntryTooLargeError(PlatformError):
    """The entry holds more rows or longer texts than anybody typed."""

    text_key = "entry_too_large"


@dataclass(frozen=True, slots=True)
class Draft:
    """What was stored: the revision to give with the next change, and when."""

    version: DraftVersion
    method: str
    edited_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """A year of an organization as its reporter sees it.

    `state` is empty, draft, submitted, approved or returned; `comment` is the reason of a return.
    `version` goes with every change, so that nobody overwrites another's work unseen.
    `files` are the evidence files kept for the year, by the SHA-256 that a row names. `own` are
    the organization's own measured values that fill what the rows leave open. `basis` is what the
    rows are held to.
    """

    subject: Subject
    version: DraftVersion
    method: str
    state: str
    rows: tuple[dict[str, str], ...]
    problems: tuple[CellProblem, ...]
    comment: str
    submission_id: UUID | None
    may_edit: bool
    may_submit: bool
    before: LastYear = field(default_factory=dict)
    files: Mapping[str, Attachment] = field(default_factory=dict)
    own: tuple[OwnValue, ...] = ()
    basis: Basis = NO_BASIS

    @property
    def year(self) -> int:
        """Return the accounting year."""
        return self.version.year

    @property
    def period(self) -> tuple[date, date]:
        """Return the first and last day of the year."""
        return date(self.year, 1, 1), date(self.year, 12, 31)


def open_entry(
    actor: Actor, database: Database, catalog: Catalog, organization_id: int, year: int
) -> Entry:
    """Return the year's rows as typed, with what is wrong or unusual in each cell."""
    return _with_problems(catalog, read_entry(actor, database, organization_id, year))


def read_entry(actor: Actor, database: Database, organization_id: int, year: int) -> Entry:
    """Return the year's rows as typed, unchecked: the screen asks for the checks of its own."""
    check_year(year)
    with database.work(
        scope_for(actor, Action.VIEW_ENTRY, Action.EDIT_ACTIVITY, Action.VIEW_RESULT)
    ) as work:
        subject = organizations.get(work, organization_id)
        require(actor, Action.VIEW_RESULT, subject.access_path)
        stored = drafts.get(work, organization_id, year)
        latest = submissions.latest(work, organization_id, year)
        before = _before(work, organization_id, year)
        files = attachments.of_year(work, organization_id, year)
        own = known_values(work, organization_id, clock.today())
        method = _method(work, subject, year, stored)
        is_correcting = latest is not None and corrections.is_open(work, latest)
        basis = basis_of(work, subject, year, clock.now())
    found = _Found(stored, latest, before, files, own, method, is_correcting, basis)
    deed = Deed("view_entry", f"{organization_id} {year}")
    note_view(database, actor, Action.VIEW_RESULT, subject, deed)
    return _entry(actor, subject, year, found)


def save_draft(
    actor: Actor,
    database: Database,
    version: DraftVersion,
    rows: Sequence[Row],
    came: Mapping[str, object] | None = None,
) -> Draft:
    """Keep the rows exactly as typed, good or bad; ConflictError when the version is old.

    `came` is written down beside it: the file from which rows came.
    """
    return _save(actor, database, version, _Change(rows=rows, came=came or {}))


def replace_draft(
    actor: Actor, database: Database, version: DraftVersion, method: str, rows: Sequence[Row]
) -> Draft:
    """Keep rows and method in one change; ConflictError when the version is old."""
    return _save(actor, database, version, _Change(rows=rows, method=method))


def choose_method(
    actor: Actor, database: Database, catalog: Catalog, version: DraftVersion, method: str
) -> Draft:
    """Change the method of the year's entry; the rows stay."""
    designation = catalog.describe(method).designation
    return _save(actor, database, version, _Change(method=designation))


def check_rows(catalog: Catalog, entry: Entry, rows: Sequence[Row]) -> list[CellProblem]:
    """Return what is wrong or unusual in each cell, row by row, without storing anything."""
    if not entry.method:
        return []
    rules = Rules(entry.method, entry.year, entry.subject.region_code, entry.own)
    ended = months_ended(entry.year, clock.today())
    verdict = verdict_of(catalog, rules, rows)
    told = [*verdict.problems, *unusual(rows, entry.before, ended, entry.basis.limits)]
    entered = Entered(entry.method, entry.year, rows, entry.basis, verdict.heat)
    units = unit_finder(catalog.describe(entry.method), unit_of)
    problems = with_suspicions(told, suspicions(entered, units))
    problems += missing_reasons(problems, rows) + files_not_kept(rows, entry.files)
    return sorted(problems, key=lambda problem: (problem.record, problem.severity))


def obstacle(catalog: Catalog, entry: Entry) -> PlatformError | None:
    """Return why nothing can be entered by the year's method, or None when it can."""
    problems = check_rows(catalog, entry, ())
    return next((p.error for p in problems if p.record == WHOLE_ENTRY), None)


def submit_draft(
    actor: Actor,
    database: Database,
    catalog: Catalog,
    version: DraftVersion,
    channel: str = "manual",
) -> RunSummary:
    """Submit the stored draft for approval and return what it computes to.

    EntryProblemsError names every cell that is wrong; the draft is kept.
    """
    entry = open_entry(actor, database, catalog, version.organization_id, version.year)
    require(actor, Action.SUBMIT_ACTIVITY, entry.subject.access_path)
    _refuse_closed(actor, database, version)
    if not entry.method:
        raise NoMethodError("method", value=version.year)
    _raise_on_errors(entry)
    parsed = parse_rows(catalog.describe(entry.method), entry.rows)
    found = kept_findings(entry.problems, entry.rows, entry.basis.limits)
    request = FilingRequest(
        version, entry.method, parsed.stored, parsed.records, channel, found=found
    )
    return filing.submit(actor, database, catalog, request)


def _refuse_closed(actor: Actor, database: Database, version: DraftVersion) -> None:
    """Refuse a draft of a year that was begun before its organization was closed."""
    with database.work(scope_for(actor, Action.SUBMIT_ACTIVITY)) as work:
        subject = organizations.get(work, version.organization_id)
    check_year(version.year, subject.closed_on)


@dataclass(frozen=True, slots=True)
class _Found:
    draft: StoredDraft | None
    latest: StoredSubmission | None
    before: LastYear
    files: Mapping[str, Attachment]
    own: tuple[OwnValue, ...]
    method: str
    is_correcting: bool
    basis: Basis


@dataclass(frozen=True, slots=True)
class _Change:
    rows: Sequence[Row] | None = None
    method: str = ""
    came: Mapping[str, object] = field(default_factory=dict)


def _save(actor: Actor, database: Database, version: DraftVersion, change: _Change) -> Draft:
    check_year(version.year)
    _check_size(change.rows or ())
    with database.work(scope_for(actor, Action.EDIT_ACTIVITY)) as work:
        subject = organizations.get(work, version.organization_id)
        require(actor, Action.EDIT_ACTIVITY, subject.access_path)
        check_year(version.year, subject.closed_on)
        filing.refuse_unless_open(work, version.organization_id, version.year)
        stored = drafts.get(work, version.organization_id, version.year)
        method = change.method or _method(work, subject, version.year, stored)
        content = _content(actor, method, stored, change)
        revision = drafts.save(work, subject, version, content)
        record_deed(work, actor.person_id, subject, _deed(version, content, change.came))
        work.commit()
    newest = DraftVersion(version.organization_id, version.year, revision)
    return Draft(newest, content.method, content.edited_at)


def _content(
    actor: Actor, method: str, stored: StoredDraft | None, change: _Change
) -> DraftContent:
    kept = stored.rows if stored else ()
    rows = kept if change.rows is None else change.rows
    return DraftContent(method, [_as_typed(row) for row in rows], actor.person_id, clock.now())


def _method(work: Work, subject: Organization, year: int, stored: StoredDraft | None) -> str:
    """Return the method of a draft; a new one begins with what a campaign asks, else its own."""
    if stored is not None:
        return stored.method
    return campaigns.method_called(work, subject.organization_id, year) or subject.method


def _as_typed(row: Row) -> dict[str, str]:
    return {str(key): "" if row[key] is None else str(row[key]) for key in row}


def _entry(actor: Actor, subject: Organization, year: int, found: _Found) -> Entry:
    stored, latest = found.draft, found.latest
    state = _state(found)
    open_for_change = state not in (submissions.SUBMITTED, submissions.APPROVED)
    path = subject.access_path
    return Entry(
        subject=subject_of(subject),
        version=DraftVersion(subject.organization_id, year, stored.revision if stored else 0),
        method=found.method,
        state=state,
        rows=stored.rows if stored else (),
        problems=(),
        comment=latest.comment if latest and state == submissions.RETURNED else "",
        submission_id=latest.submission_id if latest else None,
        may_edit=open_for_change and actor.may(Action.EDIT_ACTIVITY, path),
        may_submit=open_for_change and actor.may(Action.SUBMIT_ACTIVITY, path),
        before=found.before,
        files=found.files,
        own=found.own,
        basis=found.basis,
    )


def _state(found: _Found) -> str:
    if found.latest is None:
        return "draft" if found.draft else "empty"
    # What was accepted stays so while a correction of it is being typed.
    reopened = found.latest.state == submissions.APPROVED and found.is_correcting
    return "draft" if reopened else found.latest.state


def _with_problems(catalog: Catalog, entry: Entry) -> Entry:
    return replace(entry, problems=tuple(check_rows(catalog, entry, entry.rows)))


def _before(work: Work, organization_id: int, year: int) -> LastYear:
    earlier = submissions.latest(work, organization_id, year - 1)
    if earlier is None:
        return {}
    return last_year(submissions.rows_of(work, organization_id, earlier.submission_id))


def _raise_on_errors(entry: Entry) -> None:
    errors = [problem for problem in entry.problems if problem.severity == "error"]
    for problem in errors:
        if problem.record == WHOLE_ENTRY:
            raise problem.error
    if errors:
        raise EntryProblemsError([Problem(p.record, p.field, p.severity, p.error) for p in errors])


def _check_size(rows: Sequence[Row]) -> None:
    if len(rows) > MOST_ROWS:
        raise EntryTooLargeError("rows", value=len(rows), most=MOST_ROWS)
    longest = max((len(str(text)) for row in rows for text in row.values()), default=0)
    if longest > LONGEST_CELL:
        raise EntryTooLargeError("cell", value=longest, most=LONGEST_CELL)


def _deed(version: DraftVersion, content: DraftContent, came: Mapping[str, object]) -> Deed:
    after = {"year": version.year, "revision": version.revision + 1, "rows": len(content.rows)}
    return Deed(
        "save_draft",
        f"{version.year}",
        before={"revision": version.revision},
        after=after | {"rows_hash": filing.fingerprint(content.rows)} | dict(came),
        at=content.edited_at,
    )
