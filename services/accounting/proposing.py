"""Restatements that nobody asks for: a newer library, or an own value for a year already filed.

What was filed stays. A newer library orders a batch for each region with a bureau, and for each
organization outside of them a restatement of its own; an accepted value orders those of the
filed years that it, or the value it replaces, holds for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from services import clock, jobs
from services.accounting.filing import fingerprint
from services.accounting.restatement import RestatementOrder, restate_within
from services.data import libraries, runs
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.jobs import StoredJob
from services.data.libraries import FiledAt, Keeper
from services.data.own_values import StoredOwnValue
from services.data.work import Work
from services.jobs import JobQueue
from services.security.actors import actor_of_person
from services.security.permissions import PERMISSIONS, Action, Actor, is_below
from services.security.scopes import scope_for
from services.standards.catalog import Catalog
from services.standards.months import LAST_MONTH, days_of_month

Order = tuple[int, str, dict[str, object]]


def order_after_value(
    work: Work, actor: Actor, values: Iterable[StoredOwnValue]
) -> tuple[UUID, ...]:
    """Order the restatements of the filed years that an accepted value and its like hold for."""
    first, *others = values
    ordered = []
    for pointer in runs.pointers(work, first.organization_id):
        if pointer.filed_run is None or not any(_holds(v, pointer.year) for v in (first, *others)):
            continue
        arguments = _arguments(first.organization_id, pointer.year)
        key = f"{jobs.RESTATEMENT}:{first.value_id}:{pointer.year}"
        ordered.append(jobs.order_job(work, actor, jobs.RESTATEMENT, arguments, key).job_id)
    return tuple(ordered)


def order_after_upgrade(database: Database, catalog: Catalog, queue: JobQueue) -> int:
    """Order what a newer library may change of what is filed, once; return how many jobs.

    The library is noted and the orders are written together, so that nothing is lost or doubled.
    """
    with database.work(SYSTEM_SCOPE) as work:
        if not libraries.note(work, catalog.fingerprint):
            work.commit()
            return 0
        actors: dict[int, Actor] = {}
        ordered = []
        for person_id, kind, arguments in _orders(work, catalog):
            actor = actors.setdefault(person_id, actor_of_person(database, person_id))
            key = f"{kind}:{fingerprint(arguments)}"
            ordered.append(jobs.order_by_platform(work, actor, kind, arguments, key).job_id)
        work.commit()
    for job_id in ordered:
        queue.enqueue(job_id)
    return len(ordered)


def restate_ordered(database: Database, catalog: Catalog, actor: Actor, job: StoredJob) -> None:
    """Restate the year of a job beside the filed one; nothing is stored where nothing changes."""
    arguments = job.arguments
    known_on = date.fromisoformat(str(arguments["known_on"]))
    order = RestatementOrder(int(arguments["organization_id"]), int(arguments["year"]), known_on)
    with database.work(scope_for(actor, Action.RESTATE)) as work:
        found = restate_within(work, actor, catalog, order)
        jobs.finish(work, job, {"run": str(found.run_id) if found else ""})
        work.commit()


def _orders(work: Work, catalog: Catalog) -> Iterator[Order]:
    """Yield who orders what: batches below the widest bureaus, the rest one by one."""
    bureaus = _outermost(libraries.keepers(work, _roles(Action.RECALCULATE)))
    keepers = libraries.keepers(work, _roles(Action.RESTATE))
    library = {"library": catalog.fingerprint}
    years: dict[tuple[int, int], Keeper] = {}
    for filed in libraries.filed_years(work):
        above = next((b for b in bureaus if is_below(filed.access_path, b.access_path)), None)
        if above is not None:
            years[above.organization_id, filed.year] = above
        elif (own := _keeper_of(filed, keepers)) is not None:
            arguments = _arguments(filed.organization_id, filed.year)
            yield own.person_id, jobs.RESTATEMENT, arguments | library
    for (organization_id, year), bureau in sorted(years.items(), key=lambda pair: pair[0]):
        yield bureau.person_id, jobs.RECALCULATION, _arguments(organization_id, year) | library


def _roles(action: Action) -> list[str]:
    return [role.value for role, actions in PERMISSIONS.items() if action in actions]


def _outermost(found: Iterable[Keeper]) -> list[Keeper]:
    """Return one keeper for each place that lies in no other's; the widest come first."""
    chosen: list[Keeper] = []
    for keeper in found:
        if not any(is_below(keeper.access_path, other.access_path) for other in chosen):
            chosen.append(keeper)
    return chosen


def _keeper_of(filed: FiledAt, keepers: Iterable[Keeper]) -> Keeper | None:
    return next((k for k in keepers if is_below(filed.access_path, k.access_path)), None)


def _holds(value: StoredOwnValue, year: int) -> bool:
    """Return whether a value holds for a month of the year at least."""
    last = value.valid_to or date.max
    months = (days_of_month(year, month) for month in range(1, LAST_MONTH + 1))
    return any(value.valid_from <= start and end <= last for start, end in months)


def _arguments(organization_id: int, year: int) -> dict[str, object]:
    known_on = clock.today().isoformat()
    return {"organization_id": organization_id, "year": year, "known_on": known_on}
