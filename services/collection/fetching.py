"""One run of a connector: its table goes the way of a file, by preview and import (4.2 b).

Good rows come in, rows that are wrong or stand otherwise in the draft wait for a person, and what a
person typed is never overwritten. The file is kept where anything came in or waits.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from services import clock, jobs
from services.collection import attachments, manual
from services.collection.attachments import EntryYear, Limits
from services.collection.connecting import (
    FAILED,
    kind_of,
    note_failure,
    years_of,
)
from services.collection.connectors.kinds import ConnectorAnswerError, Kinds, Period, Table
from services.collection.imports import Place, Preview, SentRows, preview, take_over
from services.collection.manual import Entry, NoMethodError
from services.collection.receiving import received
from services.connectors import Fetch, StoredConnector
from services.data import connectors
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.jobs import StoredJob
from services.errors import PlatformError
from services.security.permissions import Actor
from services.security.trail import Deed, record_deed
from services.standards.catalog import Catalog

LOG = logging.getLogger(__name__)
IMPORTED, UNCHANGED, WAITING = "imported", "unchanged", "waiting"
LOOKED, CLOSED = "looked", "closed"
# How a fetch can end, the failed one aside.
STATES = (IMPORTED, UNCHANGED, WAITING, LOOKED, CLOSED, FAILED)
LONGEST_TOLD = 200


@dataclass(frozen=True, slots=True)
class Fetcher:
    """What a fetch works with; `folder` holds a file while it is taken in."""

    database: Database
    catalog: Catalog
    kinds: Kinds
    limits: Limits
    folder: Path | None = None


def run_fetch(tools: Fetcher, actor: Actor, job: StoredJob) -> None:
    """Fetch what a job orders and end the job, in one transaction with what is told of it."""
    place = (job.organization_id, UUID(str(job.arguments["connector_id"])))
    with tools.database.work(SYSTEM_SCOPE) as work:
        held = connectors.get(work, *place)
    looks, now = "year" in job.arguments, clock.now()
    years = (int(job.arguments["year"]),) if looks else years_of(held.schedule, now)
    done: list[Fetch] = []
    try:
        for at, year in enumerate(years):
            # A fetch and its import together take less than the lease.
            _renew(tools, job, at / len(years))
            done.append(_fetch(tools, actor, held, (year, looks)))
    except PlatformError as error:
        _end(tools, job, held, done, (Fetch(held.connector_id, now, year, FAILED), error))
    else:
        _end(tools, job, held, done, None)


def _renew(tools: Fetcher, job: StoredJob, share: float) -> None:
    with tools.database.work(SYSTEM_SCOPE) as work:
        jobs.progress(work, job, share)
        work.commit()


def _end(
    tools: Fetcher,
    job: StoredJob,
    held: StoredConnector,
    done: list[Fetch],
    failed: tuple[Fetch, PlatformError] | None,
) -> None:
    with tools.database.work(SYSTEM_SCOPE) as work:
        # It may have been changed or removed while the other system answered.
        held = connectors.get(work, held.organization_id, held.connector_id)
        for each in done:
            connectors.add_fetch(work, held, each)
        told = {str(each.year): each.state for each in done}
        if failed is not None:
            note_failure(work, held, *failed)
            jobs.fail(work, job, failed[1])
            told[str(failed[0].year)] = FAILED
        else:
            connectors.write(work, held, failures=0)
            jobs.finish(work, job, told)
        deed = Deed("fetch_connector", str(held.connector_id), after=told)
        record_deed(work, jobs.on_behalf_of(job), held, deed)
        work.commit()


def _fetch(tools: Fetcher, actor: Actor, held: StoredConnector, asked: tuple[int, bool]) -> Fetch:
    year, looks = asked
    at = clock.now()
    entry = manual.read_entry(actor, tools.database, held.organization_id, year)
    if not entry.may_edit:
        # A year that was submitted takes nothing; that is no failure of the other system.
        return Fetch(held.connector_id, at, year, CLOSED)
    if not entry.method:
        raise NoMethodError("method", value=year)
    table = _table(tools, held, year)
    if not table.rows:
        return Fetch(held.connector_id, at, year, UNCHANGED)
    file = SentRows(_named(held, year, at), table.as_csv(), {"connector": str(held.connector_id)})
    if looks:
        _keep(tools, actor, entry, file)
        return Fetch(held.connector_id, at, year, LOOKED, len(table.rows), sha256=file.sha256)
    return _take_in(tools, actor, entry, (file, Fetch(held.connector_id, at, year, "")))


def _take_in(tools: Fetcher, actor: Actor, entry: Entry, given: tuple[SentRows, Fetch]) -> Fetch:
    file, fetch = given
    place = Place(entry.subject.code, entry.year)
    found = preview(actor, tools.database, tools.catalog, file, place)
    new, differing = _counts(found)
    waiting = differing + len(found.bad)
    state = WAITING if waiting else IMPORTED if new else UNCHANGED
    if state != UNCHANGED:
        _keep(tools, actor, entry, file)
        take_over(actor, tools.database, file, found)
    rows = sum(len(part.good) for part in found.parts) + len(found.bad)
    kept = file.sha256 if state != UNCHANGED else ""
    return Fetch(fetch.connector_id, fetch.at, fetch.year, state, rows, new, waiting, kept)


def _counts(found: Preview) -> tuple[int, int]:
    """Return how many rows are new, and how many stand otherwise in a draft."""
    merges = [part.merge for part in found.parts]
    return sum(len(m.new) for m in merges), sum(len(m.differing) for m in merges)


def _table(tools: Fetcher, held: StoredConnector, year: int) -> Table:
    """Return what the other system has of a year; whatever goes wrong is a PlatformError."""
    kind = kind_of(tools.kinds, held.kind)
    with tools.database.work(SYSTEM_SCOPE) as work:
        secrets = connectors.secrets_of(work, held)
    try:
        kind.check(held.settings)
        return kind.fetch(held.settings, secrets, Period.of_year(year))
    except PlatformError:
        raise
    except Exception as error:
        # A kind may be somebody else's code; what it did wrong counts as a failed fetch.
        number = uuid4().hex[:8].upper()
        LOG.exception("Connector %s (%s) failed, number %s", held.connector_id, held.kind, number)
        told = f"{type(error).__name__}: {error}"[:LONGEST_TOLD]
        raise ConnectorAnswerError(held.kind, "broken", detail=told, number=number) from error


def _keep(tools: Fetcher, actor: Actor, entry: Entry, file: SentRows) -> None:
    place = EntryYear(entry.version.organization_id, entry.year)
    with received(file.name, [file.content], tools.folder, tools.limits.file_mb) as upload:
        attachments.attach(actor, tools.database, place, upload, tools.limits)


def _named(held: StoredConnector, year: int, at: datetime) -> str:
    stamp = at.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H%M%S")
    name = "".join(each if each.isalnum() or each in " -_" else " " for each in held.name)
    return f"{name.strip() or held.kind} {year} {stamp}.csv"
