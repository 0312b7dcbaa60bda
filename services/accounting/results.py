"""What pages, reports and exports read of one accounting run (5.1.1 b, 5.2.1 b)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from services.data.evidence_files import Attachment
from services.labels import Label
from services.standards.month_gaps import MissingMonths, missing_months
from services.standards.results import EmissionLine, MissingRecord, Notice


@dataclass(frozen=True, slots=True)
class Person:
    """Who did something, as shown beside it."""

    person_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Subject:
    """The organization a run accounts for; names by language code."""

    organization_id: int
    names: Mapping[str, str]
    kind: str
    code: str
    region_code: str
    access_path: str
    is_sample: bool


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One immutable computation; totals in tonnes of CO2 equivalent.

    `missing` are records that say why they have no number; `completeness` and `estimated_share`
    (0 to 1) are of the total, the latter None where the run is older than the question.
    `by_month` is what the total consists of by month, empty where no row is of one.
    """

    run_id: UUID
    subject: Subject
    year: int
    method: str
    purpose: str
    known_on: date
    gwp_set: str
    input_hash: str
    total_t: float
    direct_t: float
    indirect_t: float
    deducted_t: float
    memo: Mapping[str, float]
    computed_at: datetime
    warnings: tuple[Notice, ...] = ()
    missing: tuple[MissingRecord, ...] = ()
    completeness: float = 1.0
    estimated_share: float | None = None
    period: tuple[date, date] | None = None
    by_month: Mapping[str, float] = field(default_factory=dict)

    @property
    def days(self) -> tuple[date, date]:
        """Return the first and last day of the period, the year where nothing else is said."""
        return self.period or (date(self.year, 1, 1), date(self.year, 12, 31))

    @property
    def last_day(self) -> date:
        """Return the last day of the period, that of the year where nothing else is said."""
        return self.days[1]


@dataclass(frozen=True, slots=True)
class Filing:
    """How far the submission behind a run has come: submitted, approved or returned.

    `channel` is how it came: by the page, a file, a device or an interface. `typed_by` are the
    numbers of those who typed rows of it.
    """

    submission_id: UUID
    state: str
    submitted_by: Person
    submitted_at: datetime
    decided_by: Person | None
    decided_at: datetime | None
    comment: str
    channel: str = "manual"
    rows_hash: str = ""
    typed_by: tuple[int, ...] = ()
    # Why the accepted version before it was opened again, empty where none was.
    correction: str = ""


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """One row as the person entered it: text by column, with its note."""

    record: int
    source: str
    item: str
    cells: Mapping[str, str]
    note: str


@dataclass(frozen=True, slots=True)
class RunResult:
    """A run with everything needed to show, defend and print it; files by their SHA-256.

    `label` is the highest of what it holds.
    """

    summary: RunSummary
    filing: Filing
    activity: tuple[ActivityRow, ...]
    lines: tuple[EmissionLine, ...]
    files: Mapping[str, Attachment] = field(default_factory=dict)
    label: Label = Label.SENSITIVE

    @property
    def missing_months(self) -> tuple[MissingMonths, ...]:
        """Return the months that nothing is said of, of what was entered by month."""
        return missing_months(self.lines, self.summary.missing, self.summary.days)
