"""What is filed below a place, computed anew as it is known on a day: a batch of restatements.

No filed number changes. Every run of a batch knows the same day and the same library; they
count together when the last is there, and not before. A batch that was cut off goes on after
the last organization it had stored.
"""

from __future__ import annotations

import gc
import math
import sys
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services import clock, jobs
from services.accounting.checking import check_batch
from services.accounting.filing import fingerprint
from services.accounting.left_out import filed_below, may_count
from services.accounting.restatement import FACTOR, request_of
from services.algorithms.bridge import bridge, exact_text
from services.data import filed, organizations, runs
from services.data import jobs as job_rows
from services.data.engine import Database
from services.data.filed import Change, FiledYear
from services.data.jobs import StoredJob
from services.data.runs import NewRun, Restated, Restates, Written
from services.errors import PlatformError
from services.i18n.texts import LANGUAGES, language, use_language
from services.jobs import JobQueue
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.standards.calculate import Calculator
from services.standards.catalog import Catalog

__all__ = ["Change", "Recalculation", "RecalculationOrder", "recalculate"]

# Organizations computed and stored in one transaction: what a cut costs, and what memory holds.
CHUNK = 40
TURN_SECONDS = 0.0005
# More objects than two parts hold, so that the search for cycles starts when some are left over.
OBJECTS_LEFT = 500_000


class NothingFiledBelowError(PlatformError):
    """Nothing is filed below the place for the year."""

    text_key = "nothing_filed_below"


class LibraryChangedError(PlatformError):
    """The library of factors is another than when the batch was ordered."""

    text_key = "library_changed"


@dataclass(frozen=True, slots=True)
class RecalculationOrder:
    """Which filed year below which place to compute anew, as known on which day."""

    organization_id: int
    year: int
    known_on: date


@dataclass(frozen=True, slots=True)
class Recalculation:
    """A batch: how far it is and, when it is done, what it changes.

    `refused` names each organization that could not be computed, with the reason;
    `inconsistent` says in how many runs totals and lines disagree, and `left_out` how many filed
    years bear a label above who ordered it; None where even that may not be told.
    """

    batch: UUID
    year: int
    known_on: date
    state: str
    progress: float
    ordered_at: datetime
    changes: tuple[Change, ...]
    refused: tuple[tuple[str, str], ...]
    inconsistent: int
    left_out: int | None
    told: str

    @property
    def filed_t(self) -> float:
        """Return what the organizations filed, in tCO2e."""
        return math.fsum(change.filed_t for change in self.changes)

    @property
    def restated_t(self) -> float:
        """Return what the same organizations come to as known on the day, in tCO2e."""
        return math.fsum(change.restated_t for change in self.changes)


def order_recalculation(
    actor: Actor, database: Database, catalog: Catalog, queue: JobQueue, order: RecalculationOrder
) -> StoredJob:
    """Order a batch; the same order with the same library is the same batch."""
    with database.work(scope_for(actor, Action.RECALCULATE)) as work:
        place = organizations.get(work, order.organization_id)
        require(actor, Action.RECALCULATE, place.access_path)
        if not filed.keys(work, place.access_path, order.year):
            raise NothingFiledBelowError("year", value=order.year)
        arguments = {
            "organization_id": order.organization_id,
            "year": order.year,
            "known_on": order.known_on.isoformat(),
            "library": catalog.fingerprint,
        }
        key = f"{jobs.RECALCULATION}:{fingerprint(arguments)}"
        ordered = jobs.order_job(work, actor, jobs.RECALCULATION, arguments, key)
        work.commit()
    queue.enqueue(ordered.job_id)
    return ordered


def recalculations_of(
    actor: Actor, database: Database, organization_id: int
) -> tuple[Recalculation, ...]:
    """Return the batches of a place, the newest first."""
    with database.work(scope_for(actor, Action.RECALCULATE)) as work:
        place = organizations.get(work, organization_id)
        require(actor, Action.RECALCULATE, place.access_path)
        found = job_rows.of_organization(work, organization_id, jobs.RECALCULATION)
        changes = {
            job.job_id: filed.of_batch(work, job.job_id) if job.state == job_rows.DONE else ()
            for job in found
        }
    told = [_recalculation(job, changes[job.job_id]) for job in found]
    if not may_count(actor, place.access_path):
        told = [replace(each, left_out=None) for each in told]
    return tuple(told)


def years_filed(actor: Actor, database: Database, organization_id: int) -> tuple[int, ...]:
    """Return the years for which something below a place is filed, the newest first."""
    with database.work(scope_for(actor, Action.RECALCULATE)) as work:
        place = organizations.get(work, organization_id)
        require(actor, Action.RECALCULATE, place.access_path)
        return filed.years(work, place.access_path)


def recalculate(database: Database, catalog: Catalog, actor: Actor, job: StoredJob) -> None:
    """Compute an ordered batch and end its job; goes on where an earlier attempt was cut off."""
    if job.arguments["library"] != catalog.fingerprint:
        raise LibraryChangedError("library", value=str(job.arguments["known_on"]))
    batch = Batch(database, catalog, actor, job)
    # While the database stores one part and reads the one after the next, the next is computed.
    with _undisturbed(), ThreadPoolExecutor(2) as others:
        parts = batch.parts()
        stored, coming = others.submit(_nothing), others.submit(next, parts, ())
        while part := coming.result():
            coming = others.submit(next, parts, ())
            computed = batch.computed(part)
            stored.result()
            stored = others.submit(batch.store, computed)
        stored.result()
    batch.finish()


def _nothing() -> None:
    """Stand for what is stored before the first part."""


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let threads that talk to the database have their turns soon, and search seldom for cycles.

    At the usual 5 ms, sending a part waits longer for the thread that computes than the database
    takes to store it. A part is many objects without a cycle; to search it again and again takes a
    quarter of the time.
    """
    turns, (objects, *older) = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(TURN_SECONDS)
    gc.set_threshold(OBJECTS_LEFT, *older)
    try:
        yield
    finally:
        sys.setswitchinterval(turns)
        gc.set_threshold(objects, *older)


class Batch:
    """One attempt at a batch."""

    def __init__(self, database: Database, catalog: Catalog, actor: Actor, job: StoredJob) -> None:
        self._database, self._catalog, self._actor, self._job = database, catalog, actor, job
        self._calculator = Calculator(catalog)
        self._known_on = date.fromisoformat(str(job.arguments["known_on"]))
        self._place = job.access_path, int(job.arguments["year"])
        self._scope = scope_for(actor, Action.RECALCULATE)
        self._refused: dict[str, Mapping[str, str]] = dict(job.result.get("refused", {}))
        self._inconsistent = int(job.result.get("inconsistent", 0))
        self._done = self._whole = 0
        self._below: int | None = None

    def parts(self, size: int = CHUNK) -> Iterator[Sequence[FiledYear]]:
        """Yield what is filed, some organizations at a time, after those already stored."""
        path, year = self._place
        with self._database.work(self._scope) as work:
            last = filed.last_of_batch(work, self._job.job_id)
            keys = filed.keys(work, path, year)
        self._whole, self._done = len(keys), bisect_right(keys, last)
        # Now, and not at the end: what is filed meanwhile is no part of the batch.
        self._below = filed_below(self._database, self._actor, self._job)
        for start in range(self._done, len(keys), size):
            with self._database.work(self._scope) as work:
                part = filed.some(work, keys[start : start + size], year)
            # Of some only the result may be read; where that is a whole part, others follow.
            if part:
                yield part

    def computed(self, part: Sequence[FiledYear]) -> Written:
        """Return the restatements of a part; what cannot be computed is noted with its reason."""
        found = []
        for year in part:
            try:
                found.append(self._restated(year))
            except PlatformError as error:
                self._refused[str(year.organization_id)] = _told(error)
        self._done += len(part)
        return runs.written(self._job.job_id, found)

    def _restated(self, year: FiledYear) -> Restated:
        request = replace(request_of(year.run, year.records), known_on=self._known_on)
        calculation = self._calculator.calculate(request)
        steps = bridge(year.run.total_t, [(FACTOR, calculation.total_t)])
        told = [(step.cause, exact_text(step.change)) for step in steps]
        hashed = fingerprint([year.run.input_hash, self._known_on.isoformat(), year.run.gwp_set])
        by, at = self._actor.person_id, clock.now()
        new = NewRun(year.run.submission_id, hashed, by, at)
        return Restated(year, new, calculation, Restates(year.run.run_id, told))

    def store(self, computed: Written) -> None:
        """Store and check a part, and how far the batch is; JobLostError when another has it."""
        share, told = self._done / self._whole, {"refused": dict(self._refused)}
        stored = [one["organization_id"] for one in computed.runs]
        batch = self._job.job_id
        with self._database.work(self._scope) as work:
            runs.may_be_lost(work)
            runs.add_written(work, computed)
            self._inconsistent += check_batch(work, self._catalog, batch, stored)
            jobs.progress(work, self._job, share, told | {"inconsistent": self._inconsistent})
            work.commit()

    def finish(self) -> None:
        """End the job, from which moment the runs of the batch count."""
        with self._database.work(self._scope) as work:
            runs.finish_batch(work, self._job.job_id)
            told = filed.count_of_batch(work, self._job.job_id) + len(self._refused)
            left = None if self._below is None else max(self._below - told, 0)
            counts = {"inconsistent": self._inconsistent, "left_out": left}
            result = {"refused": self._refused, **counts}
            jobs.finish(work, self._job, result)
            work.commit()


def _recalculation(job: StoredJob, changes: tuple[Change, ...]) -> Recalculation:
    refused = job.result.get("refused", {})
    return Recalculation(
        batch=job.job_id,
        year=int(job.arguments["year"]),
        known_on=date.fromisoformat(str(job.arguments["known_on"])),
        state=job.state,
        progress=job.progress,
        ordered_at=job.ordered_at,
        changes=changes,
        refused=tuple((key, told[language()]) for key, told in refused.items()),
        inconsistent=int(job.result.get("inconsistent", 0)),
        left_out=job.result.get("left_out", 0),
        told=str(job.error.get(language(), "")),
    )


def _told(error: PlatformError) -> dict[str, str]:
    told = {}
    for code in LANGUAGES:
        with use_language(code):
            told[code] = str(error)
    return told
