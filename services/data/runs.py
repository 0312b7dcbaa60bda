"""Accounting runs and their lines, immutable; a pointer says which is current, which filed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, Select, cast, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.data.base_tables import organization
from services.data.business_tables import run, run_pointer
from services.data.metadata import Ltree
from services.data.organizations import ACCOUNTED_KINDS, Organization
from services.data.statistics_tables import emission_line
from services.data.work import Work
from services.errors import NotFoundError
from services.i18n.words import Words
from services.standards.results import Calculation, EmissionLine, InputValue, MissingRecord, Notice


@dataclass(frozen=True, slots=True)
class NewRun:
    """What a run is about, beside the calculation itself."""

    submission_id: UUID
    input_hash: str
    computed_by: int
    computed_at: datetime


@dataclass(frozen=True, slots=True)
class Restates:
    """Which run another one restates, and what each cause changed, as exact decimals."""

    run_id: UUID
    bridge: Sequence[tuple[str, str]]


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
    run_id = _store(work, subject, values, calculation)
    _point(work, subject, calculation.year, run_id)
    return run_id


def add_restatement(
    work: Work, subject: Organization, new: NewRun, calculation: Calculation, restates: Restates
) -> UUID:
    """Store a calculation beside the run it restates; neither current nor filed run changes."""
    values = _run_values(new, calculation)
    values |= {"restates": restates.run_id, "bridge": [list(step) for step in restates.bridge]}
    return _store(work, subject, values, calculation)


def restatements(work: Work, organization_id: int, year: int) -> tuple[StoredRun, ...]:
    """Return the runs that restate another run of the year, the newest first."""
    query = (
        select(run)
        .where(
            run.c.organization_id == organization_id,
            run.c.year == year,
            run.c.restates.is_not(None),
        )
        .order_by(run.c.computed_at.desc())
    )
    return tuple(_run(row) for row in work.connection.execute(query))


def _store(
    work: Work, subject: Organization, values: Mapping[str, Any], calculation: Calculation
) -> UUID:
    run_id = uuid4()
    place = {
        "organization_id": subject.organization_id,
        "run_id": run_id,
        "access_path": subject.access_path,
    }
    work.connection.execute(insert(run).values({**place, "bridge": [], **values}))
    place["year"] = calculation.year
    lines = [_line_values(place, *pair) for pair in enumerate(calculation.lines)]
    if lines:
        work.connection.execute(insert(emission_line), lines)
    return run_id


def get(work: Work, organization_id: int, run_id: UUID) -> StoredRun:
    """Return a run, or raise NotFoundError."""
    query = select(run).where(run.c.organization_id == organization_id, run.c.run_id == run_id)
    row = work.connection.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("run", value=run_id)
    return _run(row)


def find(work: Work, run_id: UUID) -> StoredRun:
    """Return a run in scope by its id alone, or raise NotFoundError."""
    row = work.connection.execute(select(run).where(run.c.run_id == run_id)).one_or_none()
    if row is None:
        raise NotFoundError("run", value=run_id)
    return _run(row)


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
    return None if row is None else _run(row)


def lines(work: Work, organization_id: int, run_id: UUID) -> tuple[EmissionLine, ...]:
    """Return the lines of a run, exactly as they were computed."""
    query = (
        select(emission_line)
        .where(emission_line.c.organization_id == organization_id, emission_line.c.run_id == run_id)
        .order_by(emission_line.c.line)
    )
    return tuple(_line(row) for row in work.connection.execute(query))


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
    return {row.year: _run(row) for row in work.connection.execute(query)}


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
    return tuple(_run(row) for row in work.connection.execute(query))


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
    return {
        **{name: getattr(calculation, name) for name in same + totals},
        "submission_id": new.submission_id,
        "input_hash": new.input_hash,
        "computed_by": new.computed_by,
        "computed_at": new.computed_at,
        "period_start": calculation.period[0],
        "period_end": calculation.period[1],
        "memo": dict(calculation.memo),
        "warnings": [_notice_values(notice) for notice in calculation.warnings],
        "missing": [asdict(record) for record in calculation.missing],
        "completeness": calculation.completeness,
        "estimated_share": calculation.estimated_share,
    }


def _line_values(place: Mapping[str, Any], number: int, line: EmissionLine) -> dict[str, Any]:
    same = ("record", "source", "item", "gas", "gas_t", "gwp", "co2e_t", "emission_scope", "sign")
    return {
        **place,
        **{name: getattr(line, name) for name in (*same, "formula")},
        "line": number,
        # A list, because jsonb would put the symbols of a formula in another order.
        "inputs": [_input_values(*pair) for pair in line.inputs.items()],
        "warnings": [_notice_values(notice) for notice in line.warnings],
    }


def _input_values(symbol: str, given: InputValue) -> dict[str, Any]:
    names = ("value", "unit", "origin", "status", "factor")
    reference = {"zh": given.reference.zh, "en": given.reference.en}
    stated = {} if given.half_width is None else {"half_width": given.half_width}
    values = {n: getattr(given, n) for n in names}
    return {"symbol": symbol, **values, "reference": reference, **stated}


def _notice_values(notice: Notice) -> dict[str, Any]:
    # jsonb writes 4e16 as an integer; a remark may hold integers too, so floats are marked.
    values = {
        name: {"float": repr(value)} if isinstance(value, float) else value
        for name, value in notice.values.items()
    }
    return {"key": notice.key, "values": values}


def _line(row: Row[Any]) -> EmissionLine:
    return EmissionLine(
        record=row.record,
        source=row.source,
        item=row.item,
        gas=row.gas,
        gas_t=row.gas_t,
        gwp=row.gwp,
        co2e_t=row.co2e_t,
        emission_scope=row.emission_scope,
        sign=row.sign,
        formula=row.formula,
        inputs={entry["symbol"]: _input(entry) for entry in row.inputs},
        warnings=_notices(row.warnings),
    )


def _input(entry: Mapping[str, Any]) -> InputValue:
    # jsonb writes 1e22 without a point, which Python would read as an integer.
    value = float(entry["value"])
    reference, factor = Words(**entry["reference"]), entry.get("factor", "")
    stated = entry.get("half_width")
    half_width = None if stated is None else float(stated)
    origin, status = entry["origin"], entry["status"]
    return InputValue(value, entry["unit"], origin, reference, status, half_width, factor)


def _notices(entries: Sequence[Mapping[str, Any]]) -> tuple[Notice, ...]:
    return tuple(Notice(entry["key"], _plain(entry["values"])) for entry in entries)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: float(value["float"]) if isinstance(value, dict) else value
        for name, value in values.items()
    }


def _run(row: Row[Any]) -> StoredRun:
    built = {"period", "memo", "warnings", "bridge", "missing"}
    names = set(StoredRun.__dataclass_fields__) - built
    return StoredRun(
        period=(row.period_start, row.period_end),
        memo={key: float(value) for key, value in row.memo.items()},
        warnings=_notices(row.warnings),
        missing=tuple(MissingRecord(**record) for record in row.missing),
        bridge=tuple((cause, change) for cause, change in row.bridge),
        **{name: getattr(row, name) for name in names},
    )
