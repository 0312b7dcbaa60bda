"""Runs, their lines and what disagrees in them, page by page, for programs (4.2 b)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from services.accounting.finding import Finding, finding_of
from services.alert_facts import Alert, AlertFilter
from services.data import alert_lists, findings, organizations, runs
from services.data import lines as line_rows
from services.data.engine import Database
from services.data.organizations import Organization
from services.data.runs import Pointer, StoredRun
from services.data.work import Work
from services.paging import Asked, Page
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.standards.results import EmissionLine

Warned: TypeAlias = tuple[Finding, UUID] | Alert


@dataclass(frozen=True, slots=True)
class ListedRun:
    """A run, and whether its year points to it as the current one or as the filed one."""

    run: StoredRun
    is_current: bool
    is_filed: bool


def run_page(
    actor: Actor, database: Database, organization_id: int, asked: Asked
) -> tuple[Organization, Page[ListedRun]]:
    """Return an organization and a page of its runs, the newest first."""
    before = asked.moment()
    with database.work(scope_for(actor, Action.VIEW_RESULT)) as work:
        subject = _visible(work, actor, organization_id)
        found = runs.page(work, organization_id, before, asked.limit + 1)
        pointers = {each.year: each for each in runs.pointers(work, organization_id)}
    listed = [_listed(run, pointers.get(run.year)) for run in found]
    return subject, asked.page(
        listed, lambda each: (each.run.computed_at.isoformat(), str(each.run.run_id))
    )


def run_of_id(actor: Actor, database: Database, run_id: UUID) -> tuple[Organization, ListedRun]:
    """Return a run and whose it is."""
    with database.work(scope_for(actor, Action.VIEW_RESULT)) as work:
        run = runs.find(work, run_id)
        subject = _visible(work, actor, run.organization_id)
        pointer = runs.pointer(work, run.organization_id, run.year)
    return subject, _listed(run, pointer)


def line_page(
    actor: Actor, database: Database, run_id: UUID, asked: Asked
) -> tuple[Organization, Page[tuple[int, EmissionLine]]]:
    """Return whose a run is and a page of its lines, in their order."""
    after = asked.after(int) or (-1,)
    with database.work(scope_for(actor, Action.VIEW_RESULT)) as work:
        run = runs.find(work, run_id)
        subject = _visible(work, actor, run.organization_id)
        found = line_rows.page(work, run.organization_id, run_id, int(after[0]), asked.limit + 1)
    return subject, asked.page(found, lambda each: (each[0],))


def alert_page(
    actor: Actor, database: Database, organization_id: int, asked: Asked
) -> tuple[Organization, Page[Warned]]:
    """Return an organization and a page of what is wrong there, what was found last first.

    That is what disagrees in its runs, with the run of each, and its alerts.
    """
    before, most = asked.moment(), asked.limit + 1
    with database.work(scope_for(actor, Action.VIEW_RESULT)) as work:
        subject = _visible(work, actor, organization_id)
        stored = findings.page(work, organization_id, before, most)
    found: list[Warned] = [(finding_of(each), each.run_id) for each in stored]
    if actor.may(Action.VIEW_ALERTS, subject.access_path):
        wanted = AlertFilter(organization_id, state="")
        with database.work(scope_for(actor, Action.VIEW_ALERTS)) as work:
            found += alert_lists.page(work, wanted, before, most)
    return subject, asked.page(sorted(found, key=_place, reverse=True)[:most], _place_told)


def _place(each: Warned) -> tuple[datetime, UUID]:
    """Return what the listing is in order by."""
    if isinstance(each, Alert):
        return each.opened_at, each.alert_id
    return each[0].found_at, each[0].finding_id


def _place_told(each: Warned) -> tuple[str, str]:
    at, number = _place(each)
    return at.isoformat(), str(number)


def _visible(work: Work, actor: Actor, organization_id: int) -> Organization:
    subject = organizations.get(work, organization_id)
    require(actor, Action.VIEW_RESULT, subject.access_path)
    return subject


def _listed(run: StoredRun, pointer: Pointer | None) -> ListedRun:
    if pointer is None:
        return ListedRun(run, is_current=False, is_filed=False)
    return ListedRun(run, pointer.current_run == run.run_id, pointer.filed_run == run.run_id)
