"""A year of a firm in a real database: submitted, computed, and approved when asked."""

from datetime import UTC, date, datetime

from services.accounting import filing
from services.data import organizations, runs, submissions
from services.data.engine import SYSTEM_SCOPE
from services.standards.results import Calculation
from tests.places import add_firm, add_staff
from tests.services.reports import samples

YEAR = 2023
AT = datetime(2024, 3, 30, 6, 0, tzinfo=UTC)


class Queue:
    """Keeps the ids it is given; a queue that loses them loses no job."""

    def __init__(self):
        self.ids = []

    def enqueue(self, job_id):
        self.ids.append(job_id)


class Firm:
    """An enterprise with a reporter, an approver and one computed year."""

    def __init__(self, database, code="R1"):
        self.database = database
        self.organization = add_firm(database, code, method=samples.METHOD)
        self.key = self.organization.organization_id
        self.reporter, self.approver = add_staff(database, self.organization)
        with database.work(SYSTEM_SCOPE) as work:
            self.submission_id = submissions.add(work, self.organization, self._new(), _rows())
            new = runs.NewRun(self.submission_id, "9f" * 32, self.reporter.person_id, AT)
            self.run_id = runs.add(work, self.organization, new, calculation())
            work.commit()

    def _new(self):
        return submissions.NewSubmission(
            year=YEAR,
            method=samples.METHOD,
            purpose="voluntary",
            region="320000",
            channel="manual",
            rows_hash="0",
            records=[],
            submitted_by=self.reporter.person_id,
            submitted_at=AT,
        )

    def approve(self):
        filing.approve(self.approver, self.database, self.key, self.submission_id)


def calculation():
    return Calculation(
        method=samples.METHOD,
        year=YEAR,
        region="320000",
        known_on=date(2024, 3, 30),
        purpose="voluntary",
        period=(date(YEAR, 1, 1), date(YEAR, 12, 31)),
        gwp_set="SAR",
        total_t=samples.TOTAL_T,
        direct_t=samples.DIRECT_T,
        indirect_t=samples.INDIRECT_T,
        deducted_t=0.0,
        memo={"quota_t": samples.DIRECT_T},
        lines=samples.LINES,
        missing=samples.MISSING,
        completeness=samples.COMPLETENESS,
        estimated_share=samples.ESTIMATED_SHARE,
    )


def organization_of(database, key):
    with database.work(SYSTEM_SCOPE) as work:
        return organizations.get(work, key)


def _rows():
    return [submissions.StoredRow(r.source, r.item, r.cells, r.note) for r in samples.ACTIVITY]
