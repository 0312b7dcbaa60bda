"""Reading runs: one result with its lines, the years of an organization, a region's totals."""

from __future__ import annotations

import math
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.accounting.results import Filing, RunResult, RunSummary, Subject
from services.accounting.rollup import PARK
from services.accounting.subjects import activity_row, filing_of, subject_of, summary_of
from services.data import attachments, drafts, marks, organizations, runs, submissions
from services.data import lines as line_rows
from services.data.engine import Database
from services.data.marks import Marks
from services.data.organizations import Organization
from services.data.runs import StoredRun
from services.data.submissions import StoredSubmission
from services.data.work import Work
from services.errors import NotFoundError
from services.security.permissions import Action, Actor, label_of, require
from services.security.readings import note_taken, note_view
from services.security.scopes import scope_for
from services.security.trail import Deed, Place


@dataclass(frozen=True, slots=True)
class YearState:
    """How far a year of an organization has come.

    `filing` is the newest submission and `run` its run, both None before the first.
    """

    year: int
    filing: Filing | None
    run: RunSummary | None

    @property
    def state(self) -> str:
        """Return draft, submitted, approved or returned."""
        return self.filing.state if self.filing else "draft"


@dataclass(frozen=True, slots=True)
class Pending:
    """A submission that waits for a decision, with what it computed."""

    filing: Filing
    run: RunSummary


@dataclass(frozen=True, slots=True)
class RegionTotals:
    """A region's own inventory beside the sum of the filed runs of the organizations below it.

    What lies within another organization that has filed (a firm in a park) is part of that.

    `missing` are organizations without a filed run of the year, so that the sum is incomplete;
    `inventory` is None when the region has filed none.
    """

    region: Subject
    year: int
    inventory: RunSummary | None
    organizations: tuple[RunSummary, ...]
    missing: tuple[Subject, ...]
    total_t: float
    direct_t: float
    indirect_t: float


def result_of(
    actor: Actor,
    database: Database,
    organization_id: int,
    year: int,
    run_id: UUID | None = None,
) -> RunResult:
    """Return a run with its filing, activity and lines; the current run when none is named."""
    with database.work(scope_for(actor, Action.VIEW_RESULT)) as work:
        subject = organizations.get(work, organization_id)
        require(actor, Action.VIEW_RESULT, subject.access_path)
        run = runs.get(work, organization_id, run_id or _current(work, organization_id, year))
        stored = submissions.get(work, organization_id, run.submission_id)
        rows = submissions.rows_of(work, organization_id, run.submission_id)
        lines = line_rows.of_run(work, organization_id, run.run_id)
        cells = (row.cells for row in rows)
        files = attachments.named_by(work, (organization_id, run.year), cells)
    note_view(database, actor, Action.VIEW_RESULT, subject, Deed("view_result", str(run.run_id)))
    return RunResult(
        summary=summary_of(subject, run),
        filing=filing_of(stored),
        activity=tuple(activity_row(*pair) for pair in enumerate(rows)),
        lines=lines,
        files=files,
        label=label_of(actor, Action.VIEW_RESULT, subject.access_path),
    )


def note_lines_taken(actor: Actor, database: Database, run: RunSummary) -> None:
    """Write down that somebody takes every line of a run along as a file."""
    deed = Deed("export_lines", str(run.run_id))
    note_taken(database, actor, Action.VIEW_RESULT, run.subject, deed)


def marks_of(actor: Actor, database: Database, organization_id: int) -> Marks:
    """Return what marks the state of an organization's years: as long as it is equal, so are they.

    One small query, for whoever keeps a screen of results ready.
    """
    found = marks.get(database, scope_for(actor, Action.VIEW_RESULT), organization_id)
    require(actor, Action.VIEW_RESULT, found.access_path)
    seen = Place(organization_id, found.access_path)
    note_view(database, actor, Action.VIEW_RESULT, seen, Deed("view_result", str(organization_id)))
    return found


def years_of(actor: Actor, database: Database, organization_id: int) -> tuple[YearState, ...]:
    """Return every year that has a draft, a submission or a run, the newest first."""
    with database.work(scope_for(actor, Action.VIEW_RESULT)) as work:
        subject = organizations.get(work, organization_id)
        require(actor, Action.VIEW_RESULT, subject.access_path)
        current = runs.current(work, organization_id)
        latest = submissions.latest_of_years(work, organization_id)
        years = drafts.years(work, organization_id) | current.keys()
    return tuple(
        YearState(
            year,
            filing_of(latest[year]) if year in latest else None,
            summary_of(subject, current[year]) if year in current else None,
        )
        for year in sorted(years, reverse=True)
    )


def organizations_of(actor: Actor, database: Database) -> tuple[Subject, ...]:
    """Return the firms and parks whose entries or results the actor may see."""
    scope = scope_for(actor, Action.VIEW_RESULT)
    with database.work(scope) as work:
        found = organizations.of_paths(work, scope.access_paths)
    return tuple(subject_of(organization) for organization in found)


def places_of(actor: Actor, database: Database, organization_id: int) -> tuple[Subject, ...]:
    """Return the places above an organization, the country first, and itself last."""
    with database.work(scope_for(actor, Action.VIEW_ORGANIZATION)) as work:
        found = organizations.ancestors(work, organization_id)
    require(actor, Action.VIEW_ORGANIZATION, found[-1].access_path)
    return tuple(subject_of(organization) for organization in found)


def pending_of(actor: Actor, database: Database) -> tuple[Pending, ...]:
    """Return what waits for the decision of this approver, oldest first."""
    with database.work(scope_for(actor, Action.APPROVE_ACTIVITY)) as work:
        me = actor.person_id
        waiting = [s for s in submissions.pending(work) if me not in (s.submitted_by, *s.typed_by)]
        return tuple(found for s in waiting if (found := _pending(work, s)) is not None)


def totals_below(
    actor: Actor, database: Database, region_organization_id: int, year: int
) -> RegionTotals:
    """Return a region's inventory and the sum of the organizations below it, side by side."""
    with database.work(scope_for(actor, Action.VIEW_REGION)) as work:
        region = organizations.get(work, region_organization_id)
        require(actor, Action.VIEW_REGION, region.access_path)
        below = {
            organization.organization_id: organization
            for organization in organizations.below(work, region.access_path)
        }
        filed = _outermost(below, runs.filed_below(work, region.access_path, year))
        inventory = _filed(work, region, year)
    summaries = tuple(summary_of(below[run.organization_id], run) for run in filed)
    return RegionTotals(
        region=subject_of(region),
        year=year,
        inventory=inventory,
        organizations=summaries,
        missing=tuple(subject_of(o) for o in _unreported(below, filed)),
        total_t=math.fsum(run.total_t for run in filed),
        direct_t=math.fsum(run.direct_t for run in filed),
        indirect_t=math.fsum(run.indirect_t for run in filed),
    )


def _outermost(below: Mapping[int, Organization], filed: Sequence[StoredRun]) -> list[StoredRun]:
    """Return the runs of organizations that lie in no other one of them."""
    paths = {below[run.organization_id].access_path for run in filed}
    return [run for run in filed if not _is_within(below[run.organization_id].access_path, paths)]


def _unreported(
    below: Mapping[int, Organization], filed: Sequence[StoredRun]
) -> Iterator[Organization]:
    """Yield what has no filed run: neither what a run around it holds, nor a place of others."""
    reported = {below[run.organization_id].access_path for run in filed}
    holding = {organization.access_path.rpartition(".")[0] for organization in below.values()}
    for organization in below.values():
        path = organization.access_path
        is_place = organization.kind == PARK and path in holding
        if path not in reported and not is_place and not _is_within(path, reported):
            yield organization


def _is_within(path: str, others: Container[str]) -> bool:
    """Return whether a path lies truly below one of the others."""
    steps = path.split(".")
    return any(".".join(steps[:length]) in others for length in range(1, len(steps)))


def _current(work: Work, organization_id: int, year: int) -> UUID:
    pointer = runs.pointer(work, organization_id, year)
    if pointer is None:
        raise NotFoundError("year", value=year)
    return pointer.current_run


def _filed(work: Work, organization: Organization, year: int) -> RunSummary | None:
    pointer = runs.pointer(work, organization.organization_id, year)
    if pointer is None or pointer.filed_run is None:
        return None
    return summary_of(organization, runs.get(work, organization.organization_id, pointer.filed_run))


def _pending(work: Work, stored: StoredSubmission) -> Pending | None:
    run = runs.of_submission(work, stored.organization_id, stored.submission_id)
    if run is None:
        return None
    subject = organizations.get(work, stored.organization_id)
    return Pending(filing_of(stored), summary_of(subject, run))
