"""Campaigns: who is called to fill in which year until when, and how far everybody is (4.2 a).

A campaign holds nothing of what is filled in: how far an organization is follows from its draft,
its newest submission and the decision on that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from services import clock
from services.collection.years import check_year
from services.data import campaign_progress, campaigns, messages, organizations
from services.data.campaign_progress import (
    ACCEPTED,
    OPEN_STATES,
    STATES,
    SUBMITTED,
    CalledState,
    Sought,
)
from services.data.campaigns import NewCampaign, StoredCampaign, Wanted
from services.data.engine import Database
from services.data.messages import NewMessage
from services.data.organizations import Organization
from services.data.work import Scope, Work
from services.errors import ConflictError, NotFoundError, PlatformError
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for, scope_of_progress
from services.security.trail import Deed, Place, record_deed
from services.standards.catalog import Catalog

__all__ = ["OPEN_STATES", "STATES", "CalledState", "Sought", "StoredCampaign"]

LONGEST_NAME, LONGEST_INSTRUCTION = 120, 4_000
MOST_DAYS, MOST_REMINDERS, MOST_CODES = 60, 10, 5_000
FIRST_NAMES, MOST_TASKS, PAGE = 5, 50, 50
# The state that nobody writes down: the day has passed, and nothing was handed in.
OVERDUE = "overdue"
# By whom the next step of an organization is done.
WORKING = (Action.EDIT_ACTIVITY, Action.CHECK_ACTIVITY, Action.APPROVE_ACTIVITY)


class CampaignError(PlatformError):
    """A campaign cannot be so: its name, days, reminders or instruction."""

    text_key = "campaign_form"


class NobodyCalledError(PlatformError):
    """No organization fits what a campaign asks for."""

    text_key = "campaign_nobody"


class UnknownCodesError(PlatformError):
    """Codes were given that name no organization below the issuer."""

    text_key = "campaign_codes"


class CampaignClosedError(PlatformError):
    """The campaign was ended, so nobody is reminded of it any more."""

    text_key = "campaign_closed"


@dataclass(frozen=True, slots=True)
class CampaignOrder:
    """What somebody wants to open; an empty `place` is the issuer's own, `codes` are a list."""

    issuer_id: int
    name: str
    year: int
    opens_on: date
    due_on: date
    method: str = ""
    instruction: str = ""
    remind_days: tuple[int, ...] = ()
    needs_check: bool = False
    place: str = ""
    industry: str = ""
    codes: tuple[str, ...] = ()
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Calls:
    """How many organizations would be called, and the first names by language code."""

    count: int
    names: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Standing:
    """A campaign with how many of those that the reader sees are in which state, overdue too."""

    campaign: StoredCampaign
    counts: Mapping[str, int]
    may_manage: bool

    @property
    def total(self) -> int:
        """Return how many are called."""
        return sum(self.counts.values())

    @property
    def state(self) -> str:
        """Return planned, open, over or closed."""
        return state_of(self.campaign)


@dataclass(frozen=True, slots=True)
class Progress:
    """A campaign with a part of those it calls, of `found` that fit what is sought."""

    standing: Standing
    called: tuple[CalledState, ...]
    found: int
    sought: Sought


@dataclass(frozen=True, slots=True)
class Task:
    """What an organization was called to do, how far it is, and what the reader does next.

    `step` is enter, check or decide, and empty where it is another's turn.
    """

    campaign: StoredCampaign
    called: CalledState
    step: str

    @property
    def is_overdue(self) -> bool:
        """Return whether the day has passed and nothing was handed in."""
        return shown_state(self.campaign, self.called.state) == OVERDUE


def preview_campaign(actor: Actor, database: Database, order: CampaignOrder) -> Calls:
    """Return whom a campaign would call; nothing is written."""
    with database.work(scope_for(actor, Action.MANAGE_CAMPAIGNS)) as work:
        issuer = _issuer(work, actor, order)
        return Calls(
            *campaigns.fitting(work, _wanted(work, issuer, order), order.year, FIRST_NAMES)
        )


def open_campaign(
    actor: Actor, database: Database, catalog: Catalog, order: CampaignOrder
) -> StoredCampaign:
    """Open a campaign, settle whom it calls, and tell them; return it."""
    new = _new(actor, catalog, order)
    with database.work(scope_for(actor, Action.MANAGE_CAMPAIGNS)) as work:
        issuer = _issuer(work, actor, order)
        wanted = _wanted(work, issuer, order)
        (opened,) = campaigns.of_ids(work, [campaigns.add(work, issuer, new)])
        count = campaigns.call(work, opened, wanted)
        if not count:
            raise NobodyCalledError("codes", value=new.name)
        called, _ = campaign_progress.page(work, [opened.campaign_id], Sought())
        messages.send(work, [told_of(opened, each, "campaign_opened") for each in called])
        after = {"name": new.name, "year": new.year, "due_on": str(new.due_on), "calls": count}
        deed = Deed("open_campaign", str(opened.campaign_id), after=after)
        record_deed(work, actor.person_id, issuer, deed)
        work.commit()
    return opened


def close_campaign(actor: Actor, database: Database, campaign_id: UUID) -> None:
    """End a campaign: it stays to be read, and nobody is reminded any more."""
    with database.work(scope_for(actor, Action.MANAGE_CAMPAIGNS)) as work:
        found = managed(work, actor, campaign_id)
        if not campaigns.close(work, found, actor.person_id, clock.now()):
            raise ConflictError("campaign", value=found.name)
        deed = Deed("close_campaign", str(campaign_id), after={"name": found.name})
        record_deed(work, actor.person_id, Place(found.organization_id, found.access_path), deed)
        work.commit()


def campaigns_of(actor: Actor, database: Database) -> tuple[Standing, ...]:
    """Return the campaigns that the actor issued, may see or is called by, the last due first."""
    require(actor, Action.VIEW_CAMPAIGNS)
    found = _seen(actor, database, Action.VIEW_CAMPAIGNS)
    with database.work(scope_of_progress(actor, Action.VIEW_CAMPAIGNS)) as work:
        counted = campaign_progress.counts(work, found.keys())
    newest = sorted(found.values(), key=lambda c: (c.due_on, str(c.campaign_id)), reverse=True)
    return tuple(_standing(actor, each, counted[each.campaign_id]) for each in newest)


def progress_of(actor: Actor, database: Database, campaign_id: UUID, sought: Sought) -> Progress:
    """Return how far those are whom a campaign calls and whom the actor sees.

    Of the states sought `overdue` stands for all that have not handed in after the last day.
    """
    require(actor, Action.VIEW_CAMPAIGNS)
    found = _seen(actor, database, Action.VIEW_CAMPAIGNS).get(campaign_id)
    if found is None:
        raise NotFoundError("campaign", value=campaign_id)
    with database.work(scope_of_progress(actor, Action.VIEW_CAMPAIGNS)) as work:
        counted = campaign_progress.counts(work, [campaign_id])[campaign_id]
        called, count = campaign_progress.page(work, [campaign_id], _stored(found, sought))
    return Progress(_standing(actor, found, counted), called, count, sought)


def take_progress(actor: Actor, database: Database, campaign_id: UUID, sought: Sought) -> Progress:
    """Return everybody who is sought, for a file, and write down that it was taken out."""
    whole = Sought(sought.states, sought.words)
    found = progress_of(actor, database, campaign_id, whole)
    with database.work(scope_for(actor, Action.VIEW_CAMPAIGNS)) as work:
        # The file holds what the actor sees, so that it is told at the actor's own place.
        own = next(m for m in actor.memberships if actor.may(Action.VIEW_CAMPAIGNS, m.access_path))
        deed = Deed("export_campaign", str(campaign_id), after={"rows": len(found.called)})
        record_deed(work, actor.person_id, own, deed)
        work.commit()
    return found


def tasks_of(actor: Actor, database: Database) -> tuple[Task, ...]:
    """Return what the actor's organizations are called to do and is not accepted, by last day."""
    open_ones = {
        each.campaign_id: each
        for each in _seen(actor, database, *WORKING).values()
        if each.closed_at is None and each.opens_on <= clock.today()
    }
    sought = Sought(tuple(s for s in STATES if s != ACCEPTED), size=MOST_TASKS)
    with database.work(scope_of_progress(actor, *WORKING)) as work:
        called, _ = campaign_progress.page(work, open_ones.keys(), sought)
    tasks = [Task(open_ones[c.campaign_id], c, _step(actor, c)) for c in called]
    return tuple(sorted(tasks, key=lambda task: task.campaign.due_on))


def issuers_of(actor: Actor, database: Database) -> tuple[Organization, ...]:
    """Return the places for which the actor may open a campaign."""
    with database.work(scope_for(actor, Action.MANAGE_CAMPAIGNS)) as work:
        own = {m.organization_id for m in actor.memberships if _manages(actor, m.access_path)}
        return tuple(organizations.get(work, each) for each in sorted(own))


def state_of(found: StoredCampaign) -> str:
    """Return planned, open, over or closed, as of today."""
    if found.closed_at is not None:
        return "closed"
    if found.opens_on > clock.today():
        return "planned"
    return "open" if clock.today() <= found.due_on else "over"


def shown_state(found: StoredCampaign, state: str) -> str:
    """Return the state, or overdue where the last day has passed and nothing was handed in."""
    return OVERDUE if state in OPEN_STATES and found.due_on < clock.today() else state


def managed(work: Work, actor: Actor, campaign_id: UUID) -> StoredCampaign:
    """Return a campaign that the actor may manage, or raise NotFoundError or NotAllowedError."""
    found = campaigns.of_ids(work, [campaign_id])
    if not found:
        raise NotFoundError("campaign", value=campaign_id)
    require(actor, Action.MANAGE_CAMPAIGNS, found[0].access_path)
    return found[0]


def told_of(
    found: StoredCampaign, called: CalledState, kind: str, occasion: str = ""
) -> tuple[CalledState, NewMessage]:
    """Return a message to one who is called, about the campaign on an occasion."""
    told = {"name": found.name, "year": found.year, "due_on": found.due_on.isoformat()}
    link = f"/collection/manual?organization={called.organization_id}&year={found.year}"
    about = f"{kind}:{found.campaign_id}:{occasion}"
    return called, NewMessage(kind, told, link, about, clock.now())


def _seen(actor: Actor, database: Database, *actions: Action) -> dict[UUID, StoredCampaign]:
    """Return the campaigns within the actor's places, and those that call somebody there."""
    with database.work(scope_for(actor, *actions)) as work:
        seen = {each.campaign_id: each for each in campaigns.in_scope(work)}
        calling = {key: path for key, path in campaigns.calls(work).items() if key not in seen}
    if calling:
        # Whoever is called reads who calls and what for, which lies above them: those alone.
        issued_at = tuple(sorted(set(calling.values())))
        with database.work(Scope(issued_at, actor.person_id)) as work:
            seen |= {each.campaign_id: each for each in campaigns.of_ids(work, calling.keys())}
    return seen


def _standing(actor: Actor, found: StoredCampaign, counted: Mapping[str, int]) -> Standing:
    counts = dict.fromkeys((*STATES, OVERDUE), 0)
    for state, count in counted.items():
        counts[shown_state(found, state)] += count
    return Standing(found, counts, _manages(actor, found.access_path))


def _stored(found: StoredCampaign, sought: Sought) -> Sought:
    """Return what is sought by the states that the database tells apart."""
    meant = [s for s in STATES if shown_state(found, s) in sought.states]
    return Sought(tuple(meant), sought.words, sought.start, sought.size)


def _step(actor: Actor, called: CalledState) -> str:
    if called.state == SUBMITTED:
        return "decide" if actor.may(Action.APPROVE_ACTIVITY, called.access_path) else ""
    if actor.may(Action.EDIT_ACTIVITY, called.access_path):
        return "enter"
    return "check" if actor.may(Action.CHECK_ACTIVITY, called.access_path) else ""


def _manages(actor: Actor, access_path: str) -> bool:
    return actor.may(Action.MANAGE_CAMPAIGNS, access_path)


def _issuer(work: Work, actor: Actor, order: CampaignOrder) -> Organization:
    issuer = organizations.get(work, order.issuer_id)
    require(actor, Action.MANAGE_CAMPAIGNS, issuer.access_path)
    return issuer


def _wanted(work: Work, issuer: Organization, order: CampaignOrder) -> Wanted:
    place = organizations.by_code(work, order.place) if order.place else issuer
    if not f"{place.access_path}.".startswith(f"{issuer.access_path}."):
        raise NotFoundError("organization", value=order.place)
    codes = tuple(dict.fromkeys(order.codes))
    owner = organizations.by_code(work, order.owner).organization_id if order.owner else None
    wanted = Wanted(place.access_path, order.industry, codes, owner)
    unknown = sorted(set(codes) - campaigns.codes_in(work, wanted)) if codes else []
    if unknown:
        raise UnknownCodesError("codes", value=", ".join(unknown[:5]), count=len(unknown))
    return wanted


def _new(actor: Actor, catalog: Catalog, order: CampaignOrder) -> NewCampaign:
    check_year(order.year)
    _check(order)
    return NewCampaign(
        name=order.name,
        year=order.year,
        method=catalog.describe(order.method).designation if order.method else "",
        opens_on=order.opens_on,
        due_on=order.due_on,
        instruction=order.instruction,
        remind_days=tuple(sorted(set(order.remind_days), reverse=True)),
        needs_check=order.needs_check,
        opened_by=actor.person_id,
        opened_at=clock.now(),
    )


def _check(order: CampaignOrder) -> None:
    """Raise CampaignError for what no campaign can be."""
    longest = clock.today() + timedelta(days=366)
    wrong = {
        "name": not order.name or len(order.name) > LONGEST_NAME,
        "instruction": len(order.instruction) > LONGEST_INSTRUCTION,
        "due_on": not max(order.opens_on, clock.today()) <= order.due_on <= longest,
        "remind_days": len(order.remind_days) > MOST_REMINDERS
        or not all(0 <= days <= MOST_DAYS for days in order.remind_days),
        "codes": len(order.codes) > MOST_CODES,
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise CampaignError(name, value=str(getattr(order, name))[:80])
