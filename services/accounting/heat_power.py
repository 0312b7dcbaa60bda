"""What of a power plant's stored year belongs to heat, and what to power (4.5, 5.2.1 b).

The quantities are kept with the submission of the year, version by version, until it is approved;
after that only a correction, which is a submission of its own, can state others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services import clock
from services.accounting.results import RunResult
from services.data import heat_power as splits
from services.data import organizations, runs, submissions
from services.data.engine import Database
from services.data.heat_power import NewSplit, StoredSplit
from services.data.organizations import Organization
from services.data.runs import StoredRun
from services.data.submissions import StoredSubmission
from services.data.work import Work
from services.errors import ConflictError, NotFoundError
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed
from services.standards.catalog import Catalog
from services.standards.heat_power import HeatPower, HeatPowerRule, read_heat_power, split


class SplitDecidedError(ConflictError):
    """The year is approved, so that its quantities stay as they are."""

    text_key = "split_decided"


@dataclass(frozen=True, slots=True)
class HeatPowerOrder:
    """The current run of a year is split by these quantities."""

    organization_id: int
    year: int
    quantities: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class KeptHeatPower:
    """The split of a run by what was kept with its submission, and the rule with its names."""

    stored: StoredSplit
    split: HeatPower
    rule: HeatPowerRule

    def as_json(self) -> dict[str, object]:
        """Return quantities, figures and who says how, with the version and who kept it."""
        return {**self.split.as_json(), **self.stored.about()}


@dataclass(frozen=True, slots=True)
class HeatPowerState:
    """What the result page shows: what is kept, else what the submission before had."""

    kept: KeptHeatPower | None
    earlier: StoredSplit | None
    is_decided: bool
    may_keep: bool


def heat_power_of(
    actor: Actor, database: Database, catalog: Catalog, order: HeatPowerOrder
) -> HeatPower:
    """Return the split of a year's total, beside it; nothing is stored."""
    with database.work(scope_for(actor, Action.VIEW_RESULT)) as work:
        subject = organizations.get(work, order.organization_id)
        require(actor, Action.VIEW_RESULT, subject.access_path)
        run = _current(work, order)
    return _split(catalog, run, order.quantities)


def keep_heat_power(
    actor: Actor, database: Database, catalog: Catalog, order: HeatPowerOrder
) -> KeptHeatPower:
    """Check the quantities and keep them with the year's submission; the same ones once."""
    with database.work(scope_for(actor, Action.SUBMIT_ACTIVITY)) as work:
        subject = organizations.get(work, order.organization_id)
        require(actor, Action.SUBMIT_ACTIVITY, subject.access_path)
        run = _current(work, order)
        found = _split(catalog, run, order.quantities)
        sent = submissions.get(work, run.organization_id, run.submission_id)
        if sent.state == submissions.APPROVED:
            raise SplitDecidedError("heat_power", value=sent.year, name=sent.decided_by_name)
        stored = _kept(work, sent)
        if stored is None or dict(stored.quantities) != dict(found.quantities):
            stored = _keep(work, actor, subject, (sent, found))
        work.commit()
    return KeptHeatPower(stored, found, catalog.heat_power)


def heat_power_state(
    actor: Actor, database: Database, catalog: Catalog, result: RunResult
) -> HeatPowerState | None:
    """Return what is kept for a result; None where its method splits nothing."""
    summary, sent = result.summary, result.filing
    if summary.method not in catalog.heat_power.references:
        return None
    subject = summary.subject
    require(actor, Action.VIEW_RESULT, subject.access_path)
    with database.work(scope_for(actor, Action.VIEW_RESULT)) as work:
        newest = splits.of_year(work, subject.organization_id, summary.year)
        stored = splits.of_submission(work, subject.organization_id, sent.submission_id)
    is_decided = sent.state == submissions.APPROVED
    return HeatPowerState(
        kept=_kept_with(catalog, result, stored),
        earlier=newest if stored is None else None,
        is_decided=is_decided,
        may_keep=not is_decided and actor.may(Action.SUBMIT_ACTIVITY, subject.access_path),
    )


def kept_heat_power(
    actor: Actor,
    database: Database,
    catalog: Catalog,
    result: RunResult,
    version: int | None,
) -> KeptHeatPower | None:
    """Return a version of what was kept for a result; None where none is named."""
    subject = result.summary.subject
    require(actor, Action.VIEW_RESULT, subject.access_path)
    if version is None:
        return None
    with database.work(scope_for(actor, Action.VIEW_RESULT)) as work:
        where = (subject.organization_id, result.filing.submission_id)
        stored = splits.of_submission(work, *where, version)
    return _kept_with(catalog, result, stored)


def split_of_run(work: Work, catalog: Catalog, run: StoredRun) -> KeptHeatPower | None:
    """Return the split of a stored run by what is kept with its submission."""
    if run.method not in catalog.heat_power.references:
        return None
    stored = splits.of_submission(work, run.organization_id, run.submission_id)
    if stored is None:
        return None
    found = _split(catalog, run, stored.quantities)
    return KeptHeatPower(stored, found, catalog.heat_power)


def _current(work: Work, order: HeatPowerOrder) -> StoredRun:
    current = runs.current(work, order.organization_id)
    if order.year not in current:
        raise NotFoundError("year", value=order.year)
    return current[order.year]


def _split(catalog: Catalog, run: StoredRun, quantities: Mapping[str, object]) -> HeatPower:
    rule = catalog.heat_power
    return split(rule, run.method, read_heat_power(rule, run.method, quantities), run.total_t)


def _kept_with(
    catalog: Catalog, result: RunResult, stored: StoredSplit | None
) -> KeptHeatPower | None:
    if stored is None:
        return None
    run = result.summary
    found = split(catalog.heat_power, run.method, stored.quantities, run.total_t)
    return KeptHeatPower(stored, found, catalog.heat_power)


def _kept(work: Work, sent: StoredSubmission) -> StoredSplit | None:
    return splits.of_submission(work, sent.organization_id, sent.submission_id)


def _keep(
    work: Work, actor: Actor, subject: Organization, what: tuple[StoredSubmission, HeatPower]
) -> StoredSplit:
    (sent, found), at = what, clock.now()
    path = subject.access_path
    splits.add(work, NewSplit(sent, path, found.quantities, actor.person_id, at))
    stored = _kept(work, sent)
    if stored is None:
        raise NotFoundError("heat_power", value=sent.year)
    resource = f"{sent.submission_id}/{stored.version}"
    told = {"year": sent.year, **found.quantities}
    record_deed(
        work, actor.person_id, subject, Deed("keep_heat_power", resource, after=told, at=at)
    )
    return stored
