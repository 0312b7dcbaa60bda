"""A filed year computed anew beside the old one, and a bridge that explains the difference.

As filed, a run stays what it was. What became known later (a factor, another set of warming
potentials, another edition, corrected activity) gives a restatement: a second run, and for each
cause what it changes. The parts add up to the difference exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services import clock
from services.accounting.checking import check_run
from services.accounting.filing import fingerprint
from services.accounting.finding import Finding, finding_of
from services.accounting.own_values import YearByMethod, known_values, with_own_values
from services.accounting.results import RunSummary
from services.accounting.subjects import summary_of
from services.algorithms.bridge import Step, bridge, exact_text, exact_value
from services.data import findings, organizations, runs, submissions
from services.data.engine import Database
from services.data.organizations import Organization
from services.data.runs import NewRun, Restated, Restates, StoredRun
from services.data.work import Work
from services.errors import PlatformError
from services.security.permissions import Action, Actor, require
from services.security.readings import note_view
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed
from services.standards.calculate import calculate
from services.standards.catalog import Catalog
from services.standards.months import MONTH
from services.standards.own_values import OwnValue, without_own
from services.standards.records import KEYS
from services.standards.request import CalculationRequest, Record
from services.standards.results import Calculation

FACTOR, OWN, GWP, METHOD = "factor", "own_value", "gwp", "method"
BOUNDARY, ACTIVITY = "boundary", "activity"
CAUSES = (FACTOR, OWN, GWP, METHOD, BOUNDARY, ACTIVITY)


class NothingFiledError(PlatformError):
    """The year has no filed run, so there is nothing to restate."""

    text_key = "nothing_filed"


class RecordsUnknownError(PlatformError):
    """The rows of the filed year were not kept as they were understood."""

    text_key = "records_unknown"


class NotReproducedError(PlatformError):
    """The filed run does not recompute to what was filed; nothing is explained from there."""

    text_key = "not_reproduced"


@dataclass(frozen=True, slots=True)
class RestatementOrder:
    """What to take in place of what was filed; empty means as filed."""

    organization_id: int
    year: int
    known_on: date
    gwp_set: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True)
class Restatement:
    """A restated run beside the filed one, and what each cause changes, in tCO2e.

    `findings` say where the restated run disagrees with itself.
    """

    filed: RunSummary
    restated: RunSummary
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Filed:
    """What was filed and what is known of it now: the newest rows and their submission.

    `own` are the organization's own values known on the day that is asked for.
    """

    run: StoredRun
    request: CalculationRequest
    corrected: Sequence[Record]
    submission_id: UUID
    own: tuple[OwnValue, ...]


@dataclass(frozen=True, slots=True)
class _Explained:
    """What is wanted, computed, and how it came about; records where they are not as submitted."""

    calculation: Calculation
    steps: tuple[Step, ...]
    records: Sequence[Record] | None


def restate(
    actor: Actor, database: Database, catalog: Catalog, order: RestatementOrder
) -> Restatement:
    """Compute a filed year as of another day of knowledge, store it beside, and explain it."""
    with database.work(scope_for(actor, Action.RESTATE)) as work:
        subject, filed = _subject(work, actor, order), _filed(work, order)
        _raise_unless_reproduced(catalog, filed)
        explained = _explain(catalog, filed, order)
        restated = _kept(work, actor, catalog, (subject, filed, explained))
        made = _restatement(work, subject, restated)
        work.commit()
    return made


def restate_within(
    work: Work, actor: Actor, catalog: Catalog, order: RestatementOrder
) -> StoredRun | None:
    """Store a restatement in an open transaction, or return None where nothing would change.

    The filed total is taken as it stands: with a newer library it may not come out any more.
    """
    subject, filed = _subject(work, actor, order), _filed(work, order)
    explained = _explain(catalog, filed, order)
    if not any(step.change for step in explained.steps):
        return None
    return _kept(work, actor, catalog, (subject, filed, explained))


def _subject(work: Work, actor: Actor, order: RestatementOrder) -> Organization:
    subject = organizations.get(work, order.organization_id)
    require(actor, Action.RESTATE, subject.access_path)
    return subject


def _kept(
    work: Work, actor: Actor, catalog: Catalog, found: tuple[Organization, _Filed, _Explained]
) -> StoredRun:
    """Store a restatement, check it as it is stored, and return it."""
    subject, filed, explained = found
    run_id = _store(work, actor, subject, (filed, explained))
    restated = runs.get(work, subject.organization_id, run_id)
    check_run(work, catalog, subject, restated)
    return restated


def restatements_of(
    actor: Actor, database: Database, organization_id: int, year: int
) -> tuple[Restatement, ...]:
    """Return the restatements of a year, the newest first."""
    with database.work(scope_for(actor, Action.VIEW_RESULT)) as work:
        subject = organizations.get(work, organization_id)
        require(actor, Action.VIEW_RESULT, subject.access_path)
        found = tuple(
            _restatement(work, subject, run)
            for run in runs.restatements(work, organization_id, year)
        )
    if found:
        deed = Deed("view_restatements", f"{organization_id} {year}")
        note_view(database, actor, Action.VIEW_RESULT, subject, deed)
    return found


def _restatement(work: Work, subject: Organization, run: StoredRun) -> Restatement:
    place = subject.organization_id
    base = runs.get(work, place, run.restates) if run.restates else run
    return Restatement(
        filed=summary_of(subject, base),
        restated=summary_of(subject, run),
        steps=steps_of(run),
        findings=tuple(map(finding_of, findings.standing_of_run(work, place, run.run_id))),
    )


def newest_change(
    actor: Actor, database: Database, organization_id: int, year: int
) -> Restatement | None:
    """Return the newest restatement of what is filed that comes to another total, if any."""
    filed = filed_run(actor, database, organization_id, year)
    if filed is None:
        return None
    for found in restatements_of(actor, database, organization_id, year):
        if found.filed.run_id == filed.run_id and found.restated.total_t != filed.total_t:
            return found
    return None


def filed_run(
    actor: Actor, database: Database, organization_id: int, year: int
) -> RunSummary | None:
    """Return the filed run of a year, or None while nothing is approved."""
    with database.work(scope_for(actor, Action.VIEW_RESULT)) as work:
        subject = organizations.get(work, organization_id)
        require(actor, Action.VIEW_RESULT, subject.access_path)
        pointer = runs.pointer(work, organization_id, year)
        if pointer is None or pointer.filed_run is None:
            return None
        return summary_of(subject, runs.get(work, organization_id, pointer.filed_run))


def steps_of(run: StoredRun) -> tuple[Step, ...]:
    """Return the stored bridge of a restated run."""
    return tuple(Step(cause, exact_value(change)) for cause, change in run.bridge)


def steps_between(
    catalog: Catalog,
    filed: CalculationRequest,
    wanted: CalculationRequest,
    renewed: Sequence[Record] | None = None,
    filed_t: float | None = None,
) -> tuple[Calculation, tuple[Step, ...]]:
    """Return the calculation of what is wanted, and what each cause changes on the way there.

    The causes are taken in a fixed order: factors, own values, warming potentials, edition,
    sources that came or went, amounts. An edition with other sources takes the last three in one
    step. `renewed` are the filed records with the own values of the wanted day; `filed_t` is the
    filed total where the library of that day is gone, so that a newer one counts as factors.
    """
    base_t = calculate(catalog, filed).total_t if filed_t is None else filed_t
    totals: list[tuple[str, float]] = []
    for cause, request in _way(filed, wanted, renewed):
        last = calculate(catalog, request)
        totals.append((cause, last.total_t))
    return last, bridge(base_t, totals)


def _way(
    filed: CalculationRequest, wanted: CalculationRequest, renewed: Sequence[Record] | None
) -> Iterator[tuple[str, CalculationRequest]]:
    at = replace(filed, known_on=wanted.known_on)
    yield FACTOR, at
    if renewed is not None and renewed != filed.records:
        at = replace(at, records=renewed)
        yield OWN, at
    at = replace(at, gwp_set=wanted.gwp_set)
    yield GWP, at
    if wanted.method != filed.method:
        # Another edition names its sources otherwise, so rows and method change together.
        yield METHOD, wanted
        return
    same_sources = _within(at.records, wanted.records)
    yield BOUNDARY, replace(at, records=same_sources)
    yield ACTIVITY, wanted


def _within(before: Sequence[Record], after: Sequence[Record]) -> list[Record]:
    """Return the rows of the sources of `after`, with the amounts of `before` where it has them.

    A year told by months, in other months than before or for the first time, is no other source:
    of whatever is told by months, all rows of `before` stand for all rows of `after`.
    """
    amounts = dict(_keyed(before))
    dated = {_named(record) for record in (*before, *after) if record.get(MONTH)}
    whole: dict[tuple[object, ...], list[Record]] = {}
    for record in before:
        if _named(record) in dated:
            whole.setdefault(_named(record), []).append(record)
    found: list[Record] = []
    for key, record in _keyed(after):
        if key[:-1] not in whole:
            found.append(amounts.get(key, record))
        elif key[-1] == 1:
            found += whole[key[:-1]]
    return found


def _keyed(records: Sequence[Record]) -> Iterator[tuple[tuple[object, ...], Record]]:
    """Yield each row under its source, item, keys and number among those alike."""
    seen: dict[tuple[object, ...], int] = {}
    for record in records:
        key = _named(record)
        seen[key] = seen.get(key, 0) + 1
        yield (*key, seen[key]), record


def _named(record: Record) -> tuple[object, ...]:
    return tuple(record.get(name) or "" for name in ("source", "item", *KEYS))


def _filed(work: Work, order: RestatementOrder) -> _Filed:
    pointer = runs.pointer(work, order.organization_id, order.year)
    if pointer is None or pointer.filed_run is None:
        raise NothingFiledError("year", value=order.year)
    run = runs.get(work, order.organization_id, pointer.filed_run)
    records = submissions.records_of(work, order.organization_id, run.submission_id)
    if not records:
        raise RecordsUnknownError("year", value=order.year)
    newest = runs.get(work, order.organization_id, pointer.current_run)
    corrected = submissions.records_of(work, order.organization_id, newest.submission_id)
    own = known_values(work, order.organization_id, order.known_on)
    return _Filed(run, request_of(run, records), corrected, newest.submission_id, own)


def request_of(run: StoredRun, records: Sequence[Record]) -> CalculationRequest:
    """Return the order that gives a stored run again."""
    return CalculationRequest(
        method=run.method,
        year=run.year,
        region=run.region,
        records=records,
        known_on=run.known_on,
        purpose=run.purpose,
        period=run.period,
        gwp_set=run.gwp_set,
    )


def _raise_unless_reproduced(catalog: Catalog, filed: _Filed) -> None:
    again = calculate(catalog, filed.request).total_t
    if again != filed.run.total_t:
        raise NotReproducedError("run", value=filed.run.total_t, again=again)


def _explain(catalog: Catalog, filed: _Filed, order: RestatementOrder) -> _Explained:
    method = order.method or filed.run.method
    records = _renewed(catalog, filed, method, filed.corrected)
    wanted = replace(
        filed.request,
        known_on=order.known_on,
        gwp_set=order.gwp_set or ("" if order.method else filed.request.gwp_set),
        method=method,
        records=records,
    )
    renewed = _renewed(catalog, filed, filed.run.method, filed.request.records)
    last, steps = steps_between(catalog, filed.request, wanted, renewed, filed.run.total_t)
    return _Explained(last, steps, None if records == filed.corrected else records)


def _renewed(
    catalog: Catalog, filed: _Filed, method: str, records: Sequence[Record]
) -> list[Record]:
    """Return records with the own values of the wanted day in place of what they hold of them."""
    place = YearByMethod(filed.run.organization_id, filed.run.year, method)
    return with_own_values(catalog, place, without_own(records), filed.own)


def _store(
    work: Work, actor: Actor, subject: Organization, found: tuple[_Filed, _Explained]
) -> UUID:
    filed, explained = found
    last = explained.calculation
    changed = [] if explained.records is None else [explained.records]
    hashed = fingerprint([filed.run.input_hash, last.known_on.isoformat(), last.gwp_set, *changed])
    by, at = actor.person_id, clock.now()
    new = NewRun(filed.submission_id, hashed, by, at, explained.records)
    told = [(step.cause, exact_text(step.change)) for step in explained.steps]
    restates = Restates(filed.run.run_id, told)
    run_id = runs.add_restatement(work, Restated(subject, new, last, restates))
    after = {"run": str(run_id), "restates": str(filed.run.run_id)}
    record_deed(work, actor.person_id, subject, Deed("restate", str(run_id), after=after))
    return run_id
