"""From stored rows to what pages and reports read."""

from __future__ import annotations

from services.accounting.results import ActivityRow, Filing, Person, RunSummary, Subject
from services.data.organizations import Organization
from services.data.runs import StoredRun
from services.data.submissions import StoredRow, StoredSubmission


def subject_of(organization: Organization) -> Subject:
    """Return the organization as the subject of a run."""
    return Subject(
        organization_id=organization.organization_id,
        names=organization.names,
        kind=organization.kind,
        code=organization.code,
        region_code=organization.factor_region,
        access_path=organization.access_path,
        is_sample=organization.is_sample,
    )


def summary_of(organization: Organization, run: StoredRun) -> RunSummary:
    """Return a stored run with its subject."""
    return RunSummary(
        run_id=run.run_id,
        subject=subject_of(organization),
        year=run.year,
        method=run.method,
        purpose=run.purpose,
        known_on=run.known_on,
        gwp_set=run.gwp_set,
        input_hash=run.input_hash,
        total_t=run.total_t,
        direct_t=run.direct_t,
        indirect_t=run.indirect_t,
        deducted_t=run.deducted_t,
        memo=run.memo,
        computed_at=run.computed_at,
        warnings=run.warnings,
        missing=run.missing,
        completeness=run.completeness,
        estimated_share=run.estimated_share,
        period=run.period,
        by_month=run.by_month,
    )


def filing_of(stored: StoredSubmission) -> Filing:
    """Return how far a submission has come."""
    decided = stored.decided_by is not None
    return Filing(
        submission_id=stored.submission_id,
        state=stored.state,
        submitted_by=Person(stored.submitted_by, stored.submitted_by_name),
        submitted_at=stored.submitted_at,
        decided_by=Person(stored.decided_by or 0, stored.decided_by_name) if decided else None,
        decided_at=stored.decided_at,
        comment=stored.comment,
        channel=stored.channel,
        rows_hash=stored.rows_hash,
        typed_by=stored.typed_by,
        correction=stored.correction,
    )


def activity_row(record: int, row: StoredRow) -> ActivityRow:
    """Return an activity row as the person entered it."""
    return ActivityRow(record, row.source, row.item, row.cells, row.note)
