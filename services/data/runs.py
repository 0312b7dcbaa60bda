"""Accounting runs and their lines, immutable; a pointer says which is current, which filed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Row, Select, cast, insert, or_, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert

from services.data import lines
from services.data.base_tables import finished_batch, organization
from services.data.business_tables import run, run_pointer
from services.data.line_writer import LineWriter, notice_values
from services.data.metadata import Ltree
from services.data.organizations import ACCOUNTED_KINDS, Organization
from services.data.work import Work
from services.errors import NotFoundError
from services.standards.results import Calculation, MissingRecord, Notice


@dataclass(frozen=True, slots=True)
class NewRun:
    """What a run is about, beside the calculation itself.

    `own_records` is what it was computed from where that is not as the submission holds it.
    """

    submission_id: UUID
    input_hash: str
    computed_by: int
    computed_at: datetime
    own_records: Sequence[Mapping[str, object]] | None = None


@dataclass(frozen=True, slots=True)
class Restates:
    """Which run another one restates, and what each cause changed, as exact decimals."""

    run_id: UUID
    bridge: Sequence[tuple[str, str]]


class Placed(Protocol):
    """Whose a run is."""

    @property
    def organization_id(self) -> int:
        """Return the key of the organization."""

    @property
    def access_path(self) -> str:
        """Return its path from the country down."""


@dataclass(frozen=True, slots=True)
class Computed:
    """A calculation of an organization, and what is known of its making."""

    subject: Placed
    new: NewRun
    calculation: Calculation


@dataclass(frozen=True, slots=True)
class Restated(Computed):
    """A calculation that restates another run."""

    restates: Restates


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run without its lines; totals in tonnes of CO2 equivalent.

    `restates` is the run that this one restates, with the `bridge` from it. `estimated_share` is
    None where a run is older than the question.
    """

    run_id: UUID
    organization_id: int
    submission_id: UUID
    year: int
    period: tuple[date, date]
    method: str
    purpose: str
    region: str
    known_on: date
    gwp_set: str
    input_hash: str
    supersedes: UUID | None
    restates: UUID | None
    bridge: tuple[tuple[str, str], ...]
    total_t: float
    direct_t: float
    indirect_t: float
    deducted_t: float
    memo: Mapping[str, float]
    warnings: tuple[Notice, ...]
    missing: tuple[MissingRecord, ...]
    completeness: float
    estimated_share: float | None
    computed_at: datetime
    own_records: Sequence[Mapping[str, object]] | None = None
    by_month: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which run of an organization and year is current, and which is filed."""

    organization_id: int
    year: int
    current_run: UUID
    filed_run: UUID | None
    revision: int


def add(work: Work, subject: Organization, new: NewRun, calculation: Calculation) -> UUID:
    """Store a calculation as a new run with its lines and make it the current one."""
    earlier = pointer(work, subject.organization_id, calculation.year)
    values = _run_values(new, calculation)
    values["supersedes"] = earlier.current_run if earlier else None
    run_id = _store(work, Computed(subject, new, calculation), values)
    _point(work, subject, calculation.year, run_id)
    return run_id


def add_restatement(work: Work, restated: Restated) -> UUID:
    """Store a calculation beside the run it restates; neither current nor filed run changes."""
    return _store(work, restated, _restated_values(restated))


def restatements(work: Work, organization_id: int, year: int) -> tuple[StoredRun, ...]:
    """Return the runs that restate another run of the year, the newest first.

    Those of a batch count once all of it is there.
    """
    query = (
        select(run)
        .where(
            run.c.organization_id == organization_id,
            run.c.year == year,
            run.c.restates.is_not(None),
            _counts(),
        )
        .order_by(run.c.computed_at.desc())
    )
    return tuple(run_of(row) for row in work.connection.execute(query))


@dataclass(frozen=True, slots=True)
class Written:
    """Runs and lines as the database takes them: a row for each run, a text for COPY."""

    runs: Sequence[Mapping[str, Any]]
    lines: bytes


def written(batch: UUID, restated: Sequence[Restated]) -> Written:
    """Return what a batch computed anew of several organizations as the database takes it."""
    return _written([(each, _restated_values(each) | {"batch": batch}) for each in restated])


def add_written(work: Work, written: Written) -> None:
    """Store runs and their lines."""
    if written.runs:
        work.connection.execute(insert(run), list(written.runs))
        lines.add(work, written.lines)


def may_be_lost(work: Work) -> None:
    """Let this transaction end before it is on disk; a part that a power cut takes is made again.

    The end of a batch waits for the disk, and with it for all that came before.
    """
    work.connection.execute(text("SET LOCAL synchronous_commit = off"))


def finish_batch(work: Work, batch: UUID) -> None:
    """Let the runs of a batch count from now on."""
    work.connection.execute(insert(finished_batch).values(batch=batch))


def _restated_values(restated: Restated) -> dict[str, Any]:
    restates = restated.restates
    bridge = [list(step) for step in restates.bridge]
    values = _run_values(restated.new, restated.calculation)
    return values | {"restates": restates.run_id, "bridge": bridge}


def _store(work: Work, computed: Computed, values: Mapping[str, Any]) -> UUID:
    """Store one run with its values and lines; return its id."""
    made = _written([(computed, values)])
    add_written(work, made)
    run_id: UUID = made.runs[0]["run_id"]
    return run_id


def _written(computed: Sequence[tuple[Computed, Mapping[str, Any]]]) -> Written:
    writer = LineWriter()
    rows, texts = [], []
    for each, values in computed:
        place = {
            "organization_id": each.subject.organization_id,
            "run_id": uuid4(),
            "access_path": each.subject.access_path,
        }
        found = writer.write(place, each.calculation)
        rows.append({**place, "bridge": [], "lines_digest": found.digest, **values})
        texts.append(found.rows)
    return Written(rows, b"".join(texts))


def page(
    work: Work, organization_id: int, before: tuple[datetime, UUID] | None, limit: int
) -> tuple[StoredRun, ...]:
    """Return runs of an organization, the newest first, from behind one on."""
    query = select(run).where(run.c.organization_id == organization_id, _counts())
    if before is not None:
        query = query.where(tuple_(run.c.computed_at, run.c.run_id) < before)
    newest = query.order_by(run.c.computed_at.desc(), run.c.run_id.desc()).limit(limit)
    return tuple(run_of(row) for row in work.connection.execute(newest))


def _counts() -> ColumnElement[bool]:
    """Return the condition that a run is of no batch, or that all of its batch is there."""
    return or_(run.c.batch.is_(None), run.c.batch.in_(select(finished_batch.c.batch)))


def get(work: Work, organization_id: int, run_id: UUID) -> StoredRun:
    """Return a run, or raise NotFoundError."""
    query = select(run).where(run.c.organization_id == organization_id, run.c.run_id == run_id)
    row = work.connection.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("run", value=run_id)
    return run_of(row)


def find(work: Work, run_id: UUID) -> StoredRun:
    """Return a run in scope by its id alone, or raise NotFoundError."""
    row = work.connection.execute(select(run).where(run.c.run_id == run_id)).one_or_none()
    if row is None:
        raise NotFoundError("run", value=run_id)
    return run_of(row)


def of_submission(work: Work, organization_id: int, submission_id: UUID) -> StoredRun | None:
    """Return the newest run of a submission, or None."""
    query = (
        select(run)
        .where(
            run.c.organization_id == organization_id,
            run.c.submission_id == submission_id,
            run.c.restates.is_(None),
        )
        .order_by(run.c.computed_at.desc())
        .limit(1)
    )
    row = work.connection.execute(query).one_or_none()
    return None if row is None else run_of(row)


def pointer(work: Work, organization_id: int, year: int) -> Pointer | None:
    """Return which run of the year is current and which is filed, or None before the first."""
    query = _pointers().where(
        run_pointer.c.organization_id == organization_id, run_pointer.c.year == year
    )
    row = work.connection.execute(query).one_or_none()
    return None if row is None else Pointer(*row)


def pointers(work: Work, organization_id: int) -> tuple[Pointer, ...]:
    """Return the pointers of every year of an organization, newest year first."""
    query = (
        _pointers()
        .where(run_pointer.c.organization_id == organization_id)
        .order_by(run_pointer.c.year.desc())
    )
    return tuple(Pointer(*row) for row in work.connection.execute(query))


def current(work: Work, organization_id: int) -> dict[int, StoredRun]:
    """Return the current run of every year of an organization that has one."""
    query = (
        select(run)
        .join(
            run_pointer,
            (run_pointer.c.organization_id == run.c.organization_id)
            & (run_pointer.c.current_run == run.c.run_id),
        )
        .where(run.c.organization_id == organization_id)
    )
    return {row.year: run_of(row) for row in work.connection.execute(query)}


def file(work: Work, organization_id: int, year: int, run_id: UUID) -> None:
    """Make a run the filed one of its year."""
    work.connection.execute(
        run_pointer.update()
        .where(run_pointer.c.organization_id == organization_id, run_pointer.c.year == year)
        .values(filed_run=run_id, revision=run_pointer.c.revision + 1)
    )


def filed_below(
    work: Work, access_path: str, year: int, kinds: Iterable[str] = ACCOUNTED_KINDS
) -> tuple[StoredRun, ...]:
    """Return the filed runs of firms and parks below a place, in the order of organizations."""
    query = (
        select(run)
        .join(
            run_pointer,
            (run_pointer.c.organization_id == run.c.organization_id)
            & (run_pointer.c.filed_run == run.c.run_id),
        )
        .join(organization, organization.c.organization_id == run.c.organization_id)
        .where(
            run_pointer.c.year == year,
            run.c.access_path.op("<@")(cast(access_path, Ltree)),
            organization.c.kind.in_(tuple(kinds)),
        )
        .order_by(run.c.organization_id)
    )
    return tuple(run_of(row) for row in work.connection.execute(query))


def _point(work: Work, subject: Organization, year: int, run_id: UUID) -> None:
    fresh = upsert(run_pointer).values(
        organization_id=subject.organization_id,
        year=year,
        access_path=subject.access_path,
        current_run=run_id,
        revision=1,
    )
    work.connection.execute(
        fresh.on_conflict_do_update(
            index_elements=["organization_id", "year"],
            set_={"current_run": run_id, "revision": run_pointer.c.revision + 1},
        )
    )


def _pointers() -> Select[Any]:
    columns = run_pointer.c
    return select(
        columns.organization_id,
        columns.year,
        columns.current_run,
        columns.filed_run,
        columns.revision,
    )


def _run_values(new: NewRun, calculation: Calculation) -> dict[str, Any]:
    same = ("year", "method", "purpose", "region", "known_on", "gwp_set")
    totals = ("total_t", "direct_t", "indirect_t", "deducted_t")
    records = new.own_records
    own = {} if records is None else {"own_records": [dict(record) for record in records]}
    return {
        **own,
        **{name: getattr(calculation, name) for name in same + totals},
        "submission_id": new.submission_id,
        "input_hash": new.input_hash,
        "computed_by": new.computed_by,
        "computed_at": new.computed_at,
        "period_start": calculation.period[0],
        "period_end": calculation.period[1],
        "memo": dict(calculation.memo),
        "warnings": [notice_values(notice) for notice in calculation.warnings],
        "missing": [_missing(record) for record in calculation.missing],
        "completeness": calculation.completeness,
        "estimated_share": calculation.estimated_share,
        "by_month": dict(calculation.by_month) or None,
    }


def _missing(record: MissingRecord) -> dict[str, Any]:
    """Return a record without a number as it is stored; its month where it has one."""
    return {name: value for name, value in asdict(record).items() if value is not None}


def run_of(row: Row[Any]) -> StoredRun:
    """Return a run from a row that has its columns."""
    built = {"period", "memo", "warnings", "bridge", "missing", "by_month"}
    names = set(StoredRun.__dataclass_fields__) - built
    return StoredRun(
        period=(row.period_start, row.period_end),
        memo={key: float(value) for key, value in row.memo.items()},
        by_month={key: float(value) for key, value in (row.by_month or {}).items()},
        warnings=lines.notices(row.warnings),
        missing=tuple(MissingRecord(**record) for record in row.missing),
        bridge=tuple((cause, change) for cause, change in row.bridge),
        **{name: getattr(row, name) for name in names},
    )
