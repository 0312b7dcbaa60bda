"""Checking a stored run after it was computed, and resolving what was found (5.2.1 b)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from services import clock
from services.accounting.finding import Finding, finding_of
from services.accounting.invariants import PLACE, Inconsistency, within_run
from services.accounting.result_alarm import look_at
from services.accounting.stored import calculation_of
from services.data import batch_sums, findings, organizations
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.findings import Place
from services.data.organizations import Organization
from services.data.runs import StoredRun
from services.data.work import Work
from services.errors import ConflictError, PlatformError
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed
from services.standards.catalog import Catalog


class ReasonMissingError(PlatformError):
    """A difference is only resolved with a reason that others can read."""

    text_key = "finding_reason"


class FindingResolvedError(ConflictError):
    """Another person has resolved the difference before."""

    text_key = "finding_resolved"


def check_run(work: Work, catalog: Catalog, subject: Organization, run: StoredRun) -> int:
    """Read a run back as it is stored, keep what disagrees in it, and return how much does."""
    place = Place(subject, run.year, run.run_id)
    return findings.keep(work, place, inconsistencies(work, catalog, place, run), clock.now())


def check_batch(
    work: Work, catalog: Catalog, batch: UUID, organization_ids: Collection[int]
) -> int:
    """Check runs of a batch as they are stored, and return in how many something disagrees."""
    found = 0
    for run in batch_sums.doubtful(work, batch, organization_ids):
        subject = organizations.get(work, run.organization_id)
        found += check_run(work, catalog, subject, run) > 0
    return found


def inconsistencies(
    work: Work, catalog: Catalog, place: Place, run: StoredRun
) -> Iterable[Inconsistency]:
    """Yield what disagrees within a stored run: totals, lines, their place."""
    yield from within_run(calculation_of(work, run), catalog.gwp)
    misplaced = findings.misplaced_lines(work, place)
    if misplaced:
        yield Inconsistency(PLACE, "", 0.0, float(misplaced))


def findings_of(
    actor: Actor, database: Database, organization_id: int, year: int
) -> tuple[Finding, ...]:
    """Return what disagrees in the current or filed run of a year, open ones first."""
    with database.work(scope_for(actor, Action.VIEW_RESULT)) as work:
        subject = organizations.get(work, organization_id)
        require(actor, Action.VIEW_RESULT, subject.access_path)
        found = findings.standing(work, organization_id, year)
    return tuple(finding_of(each) for each in found)


def resolve_finding(
    actor: Actor, database: Database, organization_id: int, finding_id: UUID, reason: str
) -> Finding:
    """Close a difference with a reason; who did it and why stay beside it and in the audit."""
    if not reason.strip():
        raise ReasonMissingError("reason")
    with database.work(scope_for(actor, Action.RESOLVE_FINDING)) as work:
        subject = organizations.get(work, organization_id)
        require(actor, Action.RESOLVE_FINDING, subject.access_path)
        found, at = findings.get(work, organization_id, finding_id), clock.now()
        if not findings.resolve(work, found, actor.person_id, reason.strip(), at):
            raise FindingResolvedError("finding", value=found.year, name=found.resolved_by)
        after = {"invariant": found.invariant, "part": found.part, "reason": reason.strip()}
        deed = Deed("resolve_finding", str(finding_id), after=after, at=at)
        record_deed(work, actor.person_id, subject, deed)
        resolved = findings.get(work, organization_id, finding_id)
        work.commit()
    # Who resolves may not be cleared for the whole of an alert, nor for all that disagrees.
    with database.work(SYSTEM_SCOPE) as work:
        look_at(work, [(subject, found.year)], at)
        work.commit()
    return finding_of(resolved)
