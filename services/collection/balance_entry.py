"""Entering the energy balance of a region and year on a page: draft, checks, versions (5.1.1 a)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services import clock
from services.accounting.energy_balance import (
    RECORDING,
    BalanceEntry,
    check_balance,
    method_of,
    record_balance,
    require_recording,
)
from services.accounting.results import Subject
from services.accounting.subjects import subject_of
from services.collection.balance_rows import Row, parse_balance
from services.collection.cells import CellProblem
from services.collection.manual import LONGEST_CELL, EntryTooLargeError
from services.collection.years import check_year
from services.data import energy_balances, organizations
from services.data.drafts import DraftVersion
from services.data.energy_balances import BalanceDraft, NewDraft, StoredBalance
from services.data.engine import Database
from services.data.organizations import PLACE_KINDS, Organization
from services.data.work import Work
from services.errors import ConflictError, NotFoundError, PlatformError
from services.security.permissions import Actor
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed
from services.standards.catalog import Catalog
from services.standards.descriptions import MethodDescription
from services.standards.reference_approach import FuelBalance

PARK = "park"
MOST_ROWS = 500


class BalanceDocumentError(PlatformError):
    """A balance is recorded without naming where its numbers are published."""

    text_key = "balance_document"


@dataclass(frozen=True, slots=True)
class Papers:
    """Where the numbers are published, and a note."""

    document: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class BalanceState:
    """The balance of a region and year as the page shows it: draft, and versions newest first."""

    subject: Subject
    year: int
    years: tuple[int, ...]
    method: MethodDescription
    draft: BalanceDraft | None
    versions: tuple[StoredBalance, ...]

    @property
    def version(self) -> DraftVersion:
        """Return which draft is on screen."""
        revision = self.draft.revision if self.draft else 0
        return DraftVersion(self.subject.organization_id, self.year, revision)

    @property
    def papers(self) -> Papers:
        """Return the papers that were named last, of the draft or of the newest version."""
        newest = next(iter(self.versions), None)
        last = self.draft or newest
        if newest and self.draft and self.draft.edited_at < newest.recorded_at:
            last = newest
        return Papers(last.document, last.note) if last else Papers()


def open_balance(
    actor: Actor, database: Database, catalog: Catalog, organization_id: int, year: int | None
) -> BalanceState:
    """Return what was entered and recorded for a region and year; the last one by default."""
    with database.work(scope_for(actor, *RECORDING)) as work:
        subject = _region(work, actor, organization_id)
        begun = energy_balances.years_of(work, organization_id)
        chosen = year or max(begun, default=clock.today().year - 1)
        check_year(chosen)
        draft = energy_balances.draft_of(work, organization_id, chosen)
        versions = energy_balances.versions(work, organization_id, chosen)
    return BalanceState(
        subject=subject_of(subject),
        year=chosen,
        years=tuple(sorted(begun, reverse=True)),
        method=catalog.describe(method_of(catalog, subject)),
        draft=draft,
        versions=versions,
    )


def check_rows(
    catalog: Catalog, designation: str, year: int, rows: Sequence[Row]
) -> list[CellProblem]:
    """Return what is wrong in each cell, row by row, without storing anything."""
    parsed = parse_balance(rows)
    problems = list(parsed.problems)
    unread = {problem.record for problem in problems}
    for fuel, position in zip(parsed.fuels, parsed.positions, strict=True):
        if position in unread:
            continue
        try:
            check_balance(catalog, designation, BalanceEntry(0, year, [fuel], None, ""))
        except PlatformError as error:
            field = error.where.rpartition(".")[2]
            problems.append(CellProblem(position, field, "error", error))
    return sorted(problems, key=lambda problem: problem.record)


def save_balance_draft(
    actor: Actor, database: Database, version: DraftVersion, rows: Sequence[Row], papers: Papers
) -> datetime:
    """Keep the rows exactly as typed; ConflictError when somebody saved meanwhile."""
    _check_size(rows, papers)
    check_year(version.year)
    at = clock.now()
    with database.work(scope_for(actor, *RECORDING)) as work:
        subject = _region(work, actor, version.organization_id)
        typed = [{str(k): str(v) for k, v in row.items() if v is not None} for row in rows]
        texts = (papers.document.strip(), papers.note.strip())
        new = NewDraft(version.year, typed, *texts, version.revision, actor.person_id, at)
        if not energy_balances.save_draft(work, subject, new):
            raise ConflictError("draft", value=version.year)
        told = {"year": version.year, "revision": version.revision + 1, "rows": len(typed)}
        deed = Deed("save_balance_draft", str(version.year), after=told)
        record_deed(work, actor.person_id, subject, deed)
        work.commit()
    return at


def record_draft(
    actor: Actor, database: Database, catalog: Catalog, version: DraftVersion, papers: Papers
) -> StoredBalance:
    """Check what is on screen and keep it as the newest balance of its year.

    Without a draft that is the newest version once more, with other papers.
    """
    state = open_balance(actor, database, catalog, version.organization_id, version.year)
    if state.version != version:
        raise ConflictError("draft", value=version.year)
    if not papers.document.strip():
        raise BalanceDocumentError("document")
    _check_size((), papers)
    rows, electricity_mwh = _content(catalog, state)
    entry = BalanceEntry(
        organization_id=version.organization_id,
        year=version.year,
        rows=rows,
        electricity_mwh=electricity_mwh,
        note=papers.note.strip(),
        document=papers.document.strip(),
    )
    return record_balance(actor, database, catalog, entry)


def _content(catalog: Catalog, state: BalanceState) -> tuple[Sequence[FuelBalance], float | None]:
    """Return fuels and electricity of the draft, or raise its first problem."""
    if state.draft is None:
        newest = state.versions[0] if state.versions else None
        fuels = [FuelBalance(**row) for row in newest.rows] if newest else []
        return fuels, newest.electricity_mwh if newest else None
    problems = check_rows(catalog, state.method.designation, state.year, state.draft.rows)
    if problems:
        raise problems[0].error
    parsed = parse_balance(state.draft.rows)
    return parsed.fuels, parsed.electricity_mwh


def _region(work: Work, actor: Actor, organization_id: int) -> Organization:
    subject = organizations.get(work, organization_id)
    require_recording(actor, subject.access_path)
    if subject.kind not in (*PLACE_KINDS, PARK):
        raise NotFoundError("region", value=organization_id)
    return subject


def _check_size(rows: Sequence[Row], papers: Papers) -> None:
    if len(rows) > MOST_ROWS:
        raise EntryTooLargeError("rows", value=len(rows), most=MOST_ROWS)
    texts = [papers.document, papers.note, *(str(v) for row in rows for v in row.values())]
    longest = max(map(len, texts))
    if longest > LONGEST_CELL:
        raise EntryTooLargeError("cell", value=longest, most=LONGEST_CELL)
