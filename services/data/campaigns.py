"""Campaigns as they were opened, and the organizations that each of them calls."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Row, Select, cast, func, insert, literal, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.data.base_tables import organization, organization_ownership
from services.data.campaign_tables import campaign, campaign_call, campaign_reminder
from services.data.identity_tables import person
from services.data.metadata import Ltree
from services.data.organizations import ACCOUNTED_KINDS, Organization
from services.data.work import Work

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom a campaign calls: all firms at a path that fit every word which is not empty.

    `industry` is the beginning of a code of GB/T 4754, `codes` name single organizations, and
    `owner_id` is a group which owns a share of them.
    """

    access_path: str
    industry: str = ""
    codes: tuple[str, ...] = ()
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """What a campaign asks for, until when, and how it is reminded of."""

    name: str
    year: int
    method: str
    opens_on: date
    due_on: date
    instruction: str
    remind_days: tuple[int, ...]
    needs_check: bool
    opened_by: int
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class StoredCampaign:
    """A campaign with who issued it; `closed_at` is None while it goes on."""

    campaign_id: UUID
    organization_id: int
    access_path: str
    issuer: Names
    name: str
    year: int
    method: str
    opens_on: date
    due_on: date
    instruction: str
    remind_days: tuple[int, ...]
    needs_check: bool
    opened_by_name: str
    opened_at: datetime
    closed_at: datetime | None


def add(work: Work, issuer: Organization, new: NewCampaign) -> UUID:
    """Store a campaign and return its id."""
    campaign_id = uuid4()
    place = {"organization_id": issuer.organization_id, "access_path": issuer.access_path}
    values = place | {name: getattr(new, name) for name in NewCampaign.__dataclass_fields__}
    values |= {"campaign_id": campaign_id, "remind_days": list(new.remind_days)}
    work.connection.execute(insert(campaign).values(values))
    return campaign_id


def call(work: Work, found: StoredCampaign, wanted: Wanted) -> int:
    """Write down whom a campaign calls, once and for all; return how many."""
    columns = organization.c
    chosen = select(
        columns.organization_id,
        literal(found.campaign_id),
        columns.access_path,
        cast(literal(found.access_path), Ltree),
        literal(found.year),
        literal(found.method),
        literal(found.needs_check),
    ).where(*_fitting(wanted, date(found.year, 12, 31)))
    names = [column.name for column in campaign_call.c]
    written = insert(campaign_call).from_select(names, chosen)
    return len(work.connection.execute(written.returning(campaign_call.c.organization_id)).all())


def fitting(work: Work, wanted: Wanted, year: int, most: int) -> tuple[int, list[Names]]:
    """Return how many organizations a campaign of a year would call, and the first names."""
    fits = _fitting(wanted, date(year, 12, 31))
    count = work.connection.scalar(select(func.count()).select_from(organization).where(*fits))
    columns = organization.c
    first = select(columns.name_zh, columns.name_en).where(*fits).order_by(columns.code)
    names = [_names(row) for row in work.connection.execute(first.limit(most))]
    return int(count or 0), names


def codes_in(work: Work, wanted: Wanted) -> set[str]:
    """Return which of the codes name an organization at the path."""
    found = select(organization.c.code).where(
        organization.c.code.in_(wanted.codes), _below(organization.c.access_path, wanted)
    )
    return set(work.connection.scalars(found))


def in_scope(work: Work) -> tuple[StoredCampaign, ...]:
    """Return the campaigns that were issued within the scope, the last to be due first."""
    newest = _rows().order_by(campaign.c.due_on.desc(), campaign.c.campaign_id)
    return tuple(map(_campaign, work.connection.execute(newest)))


def of_ids(work: Work, ids: Collection[UUID]) -> tuple[StoredCampaign, ...]:
    """Return those campaigns that were issued within the scope."""
    found = _rows().where(campaign.c.campaign_id.in_(ids))
    return tuple(map(_campaign, work.connection.execute(found)))


def calls(work: Work) -> dict[UUID, str]:
    """Return the campaigns that call somebody within the scope, with the path of their issuer."""
    columns = campaign_call.c
    found = select(columns.campaign_id, columns.issued_at_path).distinct()
    return {row.campaign_id: row.issued_at_path for row in work.connection.execute(found)}


def method_called(work: Work, organization_id: int, year: int) -> str:
    """Return the method that a campaign asks of an organization's year, empty where none does."""
    columns = campaign_call.c
    found = select(columns.method).where(
        columns.organization_id == organization_id, columns.year == year, columns.method != ""
    )
    return work.connection.scalar(found.order_by(columns.campaign_id).limit(1)) or ""


def needs_check(work: Work, organization_id: int, year: int) -> bool:
    """Return whether a campaign wants the year to be checked before it is submitted."""
    columns = campaign_call.c
    found = select(func.bool_or(columns.needs_check)).where(
        columns.organization_id == organization_id, columns.year == year
    )
    return bool(work.connection.scalar(found))


def is_called(work: Work, campaign_id: UUID, organization_id: int) -> bool:
    """Return whether a campaign calls an organization within the scope."""
    columns = campaign_call.c
    found = select(func.count()).where(
        columns.organization_id == organization_id, columns.campaign_id == campaign_id
    )
    return bool(work.connection.scalar(found))


def close(work: Work, found: StoredCampaign, person_id: int, at: datetime) -> bool:
    """End a campaign; False when somebody had ended it before."""
    done = work.connection.execute(
        campaign.update()
        .where(
            campaign.c.organization_id == found.organization_id,
            campaign.c.campaign_id == found.campaign_id,
            campaign.c.closed_at.is_(None),
        )
        .values(closed_by=person_id, closed_at=at)
    )
    return done.rowcount == 1


def reminding(work: Work, day: date) -> tuple[tuple[StoredCampaign, int], ...]:
    """Return campaigns for which a reminder is due on a day and not sent, with its days before.

    Of several that were missed only the last is sent.
    """
    open_ones = _rows().where(
        campaign.c.closed_at.is_(None), campaign.c.opens_on <= day, campaign.c.due_on >= day
    )
    found = [_campaign(row) for row in work.connection.execute(open_ones)]
    sent = _sent(work, [each.campaign_id for each in found])
    due = []
    for each in found:
        left = (each.due_on - day).days
        reached = min((n for n in each.remind_days if n >= left), default=None)
        if reached is not None and (each.campaign_id, reached) not in sent:
            due.append((each, reached))
    return tuple(due)


def keep_reminder(work: Work, found: StoredCampaign, days_before: int, at: datetime) -> bool:
    """Write down that a reminder goes out; False when it went before."""
    values = {
        "organization_id": found.organization_id,
        "access_path": found.access_path,
        "campaign_id": found.campaign_id,
        "days_before": days_before,
        "sent_at": at,
    }
    fresh = upsert(campaign_reminder).values(values).on_conflict_do_nothing()
    written = work.connection.execute(fresh.returning(campaign_reminder.c.campaign_id))
    return written.one_or_none() is not None


def _sent(work: Work, ids: Sequence[UUID]) -> set[tuple[UUID, int]]:
    columns = campaign_reminder.c
    found = select(columns.campaign_id, columns.days_before).where(columns.campaign_id.in_(ids))
    return {(row.campaign_id, row.days_before) for row in work.connection.execute(found)}


def _fitting(wanted: Wanted, last: date) -> list[ColumnElement[bool]]:
    columns = organization.c
    fits: list[ColumnElement[bool]] = [
        _below(columns.access_path, wanted),
        columns.kind.in_(ACCOUNTED_KINDS),
        or_(columns.closed_on.is_(None), columns.closed_on >= last),
    ]
    if wanted.industry:
        fits.append(columns.industry_code.startswith(wanted.industry, autoescape=True))
    if wanted.codes:
        fits.append(columns.code.in_(wanted.codes))
    if wanted.owner_id is not None:
        fits.append(_owned_by(wanted.owner_id, last))
    return fits


def _owned_by(owner_id: int, last: date) -> ColumnElement[bool]:
    """Return the condition that a group is among the owners of an organization on a day."""
    columns, newer = organization_ownership.c, organization_ownership.alias("newer")
    newest = select(func.max(newer.c.applies_from)).where(
        newer.c.organization_id == columns.organization_id, newer.c.applies_from <= last
    )
    owned = select(columns.organization_id).where(
        columns.owner_id == owner_id, columns.applies_from == newest.scalar_subquery()
    )
    return organization.c.organization_id.in_(owned)


def _below(path: Any, wanted: Wanted) -> ColumnElement[bool]:
    below: ColumnElement[bool] = path.op("<@")(cast(wanted.access_path, Ltree))
    return below


def _rows() -> Select[Any]:
    return (
        select(
            campaign,
            organization.c.name_zh,
            organization.c.name_en,
            person.c.name.label("opened_by_name"),
        )
        .join(organization, organization.c.organization_id == campaign.c.organization_id)
        .outerjoin(person, person.c.person_id == campaign.c.opened_by)
    )


def _campaign(row: Row[Any]) -> StoredCampaign:
    own = set(StoredCampaign.__dataclass_fields__) - {"issuer", "remind_days", "opened_by_name"}
    return StoredCampaign(
        issuer=_names(row),
        remind_days=tuple(row.remind_days),
        opened_by_name=row.opened_by_name or "",
        **{name: getattr(row, name) for name in own},
    )


def _names(row: Any) -> Names:
    return {"zh-CN": row.name_zh, "en": row.name_en}
