"""A stored run with everything it was made from, read in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.accounting.results import ActivityRow
from services.accounting.subjects import activity_row
from services.data import attachments, organizations, own_values, runs, submissions
from services.data import lines as line_rows
from services.data.evidence_files import Attachment
from services.data.organizations import Organization
from services.data.runs import StoredRun
from services.data.submissions import StoredSubmission
from services.data.work import Work
from services.security.permissions import Action, Actor, require
from services.standards.missing import quality_of
from services.standards.request import CalculationRequest, Record
from services.standards.results import Calculation, EmissionLine


@dataclass(frozen=True, slots=True)
class RunMaterial:
    """A run, whose it is, what was entered, what was understood, and what was computed."""

    subject: Organization
    run: StoredRun
    submission: StoredSubmission
    typed: tuple[ActivityRow, ...]
    records: Sequence[Record]
    calculation: Calculation
    files: Mapping[str, Attachment]

    @property
    def request(self) -> CalculationRequest:
        """Return the order that gives this run again."""
        run = self.run
        return CalculationRequest(
            method=run.method,
            year=run.year,
            region=run.region,
            records=self.records,
            known_on=run.known_on,
            purpose=run.purpose,
            period=run.period,
            gwp_set=run.gwp_set,
            is_comparison=any(notice.key == "for_comparison" for notice in run.warnings),
        )

    def about(self) -> Mapping[str, object]:
        """Return whose run it is, and who entered and decided what, as plain values."""
        run, sent = self.run, self.submission
        return {
            "organization": {
                "id": str(self.subject.public_id),
                "code": self.subject.code,
                "names": dict(self.subject.names),
            },
            "run": {
                "id": str(run.run_id),
                "computed_at": run.computed_at.isoformat(),
                "input_hash": run.input_hash,
                "supersedes": run.supersedes and str(run.supersedes),
                "restates": run.restates and str(run.restates),
            },
            "submission": {
                "id": str(sent.submission_id),
                "version": sent.version,
                "channel": sent.channel,
                "rows_sha256": sent.rows_hash,
                "submitted_by": sent.submitted_by_name,
                "submitted_at": sent.submitted_at.isoformat(),
                "state": sent.state,
                "decided_by": sent.decided_by_name or None,
                "decided_at": sent.decided_at and sent.decided_at.isoformat(),
            },
        }


def material_of_run(work: Work, actor: Actor, action: Action, run_id: UUID) -> RunMaterial:
    """Return a run in scope with its material; the actor needs the action on its organization."""
    run = runs.find(work, run_id)
    subject = organizations.get(work, run.organization_id)
    require(actor, action, subject.access_path)
    return material_of(work, subject, run)


def material_of(work: Work, subject: Organization, run: StoredRun) -> RunMaterial:
    """Return a run of an organization with its material, for a work that may see both."""
    where = (run.organization_id, run.submission_id)
    rows = submissions.rows_of(work, *where)
    own, submitted = run.own_records, submissions.records_of(work, *where)
    records = submitted if own is None else own
    cells = (row.cells for row in rows)
    files = attachments.named_by(work, (run.organization_id, run.year), cells)
    return RunMaterial(
        subject=subject,
        run=run,
        submission=submissions.get(work, *where),
        typed=tuple(activity_row(*pair) for pair in enumerate(rows)),
        records=records,
        calculation=calculation_of(work, run),
        files={**files, **own_values.files_behind(work, run.organization_id, records)},
    )


def calculation_of(work: Work, run: StoredRun) -> Calculation:
    """Return a stored run as the calculation that it was."""
    same = (
        "method", "year", "region", "known_on", "purpose", "period", "gwp_set",
        "total_t", "direct_t", "indirect_t", "deducted_t", "memo", "warnings",
        "missing", "completeness", "by_month",
    )  # fmt: skip
    lines = line_rows.of_run(work, run.organization_id, run.run_id)
    share = run.estimated_share
    return Calculation(
        lines=lines,
        estimated_share=_estimated_share(lines, run) if share is None else share,
        **{name: getattr(run, name) for name in same},
    )


def _estimated_share(lines: Sequence[EmissionLine], run: StoredRun) -> float:
    """Return what of a run rests on estimates, where it is older than the question."""
    return quality_of(lines, run.missing, run.period).estimated_share
