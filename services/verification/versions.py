"""The version of a year that is verified: its rows by what tells them apart, and its run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.accounting.filing import fingerprint
from services.collection.row_comments import row_key
from services.data import corrections, runs, submissions
from services.data.runs import StoredRun
from services.data.submissions import StoredRow, StoredSubmission
from services.data.verifications import StoredVerification
from services.data.work import Work
from services.errors import NotFoundError

# Behind the key of a row that others are alike to: which of them it is.
NTH = "#"


@dataclass(frozen=True, slots=True)
class RowAt:
    """A row of a version: `line` counts from 1; `hash` is of all that the person entered."""

    key: str
    line: int
    row: StoredRow
    hash: str


@dataclass(frozen=True, slots=True)
class Version:
    """A submission with its rows by key, in their order, and its run.

    `is_settled` says that nothing newer waits for a decision or is open to be corrected.
    """

    submission: StoredSubmission
    rows: Mapping[str, RowAt]
    run: StoredRun
    is_settled: bool

    def at(self, line: int) -> RowAt:
        """Return the row of a line, or raise NotFoundError."""
        for each in self.rows.values():
            if each.line == line:
                return each
        raise NotFoundError("line", value=line)


@dataclass(frozen=True, slots=True)
class Change:
    """A row of two versions; None where a version has none."""

    key: str
    before: StoredRow | None
    after: StoredRow | None


def version_of(work: Work, found: StoredVerification) -> Version:
    """Return the version that counts: the newest that was accepted."""
    accepted = submissions.accepted(work, found.organization_id, found.year)
    if accepted is None:
        raise NotFoundError("submission", value=found.year)
    latest = submissions.latest(work, found.organization_id, found.year)
    is_newest = latest is not None and latest.submission_id == accepted.submission_id
    run = runs.of_submission(work, found.organization_id, accepted.submission_id)
    if run is None:
        raise NotFoundError("run", value=found.year)
    rows = keyed(submissions.rows_of(work, found.organization_id, accepted.submission_id))
    settled = is_newest and not corrections.is_open(work, accepted)
    return Version(accepted, rows, run, settled)


def rows_of(work: Work, found: StoredVerification, submission_id: UUID) -> Mapping[str, RowAt]:
    """Return the rows of a submission of the organization by key."""
    return keyed(submissions.rows_of(work, found.organization_id, submission_id))


def keyed(rows: Sequence[StoredRow]) -> dict[str, RowAt]:
    """Return rows by source, item, option and month; of those alike the second has #2 behind it."""
    counts: dict[str, int] = {}
    found: dict[str, RowAt] = {}
    for line, row in enumerate(rows, 1):
        key = row_key({**row.cells, "source": row.source, "item": row.item})
        counts[key] = counts.get(key, 0) + 1
        if counts[key] > 1:
            key = f"{key}{NTH}{counts[key]}"
        found[key] = RowAt(key, line, row, hash_of(row))
    return found


def hash_of(row: StoredRow) -> str:
    """Return the SHA-256 of a row as the person entered it."""
    return fingerprint([row.source, row.item, dict(row.cells), row.note])


def bare(key: str) -> str:
    """Return the key without the mark of which of several alike it is."""
    return key.partition("]" + NTH)[0] + "]" if "]" + NTH in key else key


def changes(before: Mapping[str, RowAt], after: Mapping[str, RowAt]) -> tuple[Change, ...]:
    """Return the rows that differ between two versions, in the order of the later one."""
    found = [
        Change(key, before[key].row if key in before else None, each.row)
        for key, each in after.items()
        if key not in before or before[key].hash != each.hash
    ]
    gone = [Change(key, each.row, None) for key, each in before.items() if key not in after]
    return (*found, *gone)
