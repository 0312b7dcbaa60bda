"""Personal data: what a person was told and consented to, how long what is kept, erasing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert

from services.data import notices
from services.data.connector_tables import connector_fetch
from services.data.identity_tables import (
    consent,
    membership,
    notice_acceptance,
    person,
    retention,
    session,
    sign_in_guard,
)
from services.data.log_rules import NOBODY
from services.data.memberships import held_on
from services.data.metadata import metadata
from services.data.webhook_tables import webhook_delivery
from services.data.work import Work

# No sign-in name holds a colon.
TOMBSTONE = NOBODY
_PSEUDONYMISE = text("SELECT base.pseudonymise(:person_id)")
_FORGET_TRAIL = text("SELECT base.forget_trail(:until)")
_FORGET_ANSWERS = text("SELECT base.forget_api_answers(:until)")
_FORGET_MEANS = text("SELECT base.forget_ended_means(:until)")


@dataclass(frozen=True, slots=True)
class Rule:
    """How many days a kind of record is kept, and the fewest that may be set, by what source."""

    kind: str
    applies_from: date
    days: int
    floor_days: int
    source: str
    status: str
    reason: str
    set_by: int | None
    set_at: datetime


@dataclass(frozen=True, slots=True)
class OwnPerson:
    """What a person may correct of what is known of them, and since when it is known."""

    login: str
    name: str
    contact: str
    recorded_at: datetime


def own_person(work: Work, person_id: int) -> OwnPerson:
    """Return what is known of a person."""
    columns = person.c
    query = select(columns.login, columns.name, columns.contact, columns.recorded_at)
    return OwnPerson(*work.connection.execute(query.where(columns.person_id == person_id)).one())


def correct(work: Work, person_id: int, name: str, contact: str) -> None:
    """Write name and contact of a person."""
    work.connection.execute(
        update(person).where(person.c.person_id == person_id).values(name=name, contact=contact)
    )


def accepted(work: Work, person_id: int) -> dict[str, datetime]:
    """Return the versions of the notice that a person accepted, and when."""
    columns = notice_acceptance.c
    query = select(columns.version, columns.accepted_at).where(columns.person_id == person_id)
    return {row.version: row.accepted_at for row in work.connection.execute(query)}


def accept(work: Work, person_id: int, version: str, at: datetime, address: str) -> None:
    """Write that a person accepted a version of the notice; the first time stays."""
    values = {"person_id": person_id, "version": version, "accepted_at": at, "address": address}
    work.connection.execute(upsert(notice_acceptance).values(values).on_conflict_do_nothing())


def consented(work: Work, person_id: int, purpose: str) -> datetime | None:
    """Return since when a person consents to a purpose, or None."""
    columns = consent.c
    query = select(columns.given_at).where(
        columns.person_id == person_id,
        columns.purpose == purpose,
        columns.withdrawn_at.is_(None),
    )
    found: datetime | None = work.connection.scalar(query.order_by(columns.given_at).limit(1))
    return found


def give_consent(work: Work, person_id: int, purpose: str, at: datetime) -> None:
    """Write that a person consents to a purpose."""
    values = {"person_id": person_id, "purpose": purpose, "given_at": at}
    work.connection.execute(insert(consent).values(values).inline())


def withdraw_consent(work: Work, person_id: int, purpose: str, at: datetime) -> None:
    """Write that a person takes a consent back."""
    columns = consent.c
    work.connection.execute(
        update(consent)
        .where(
            columns.person_id == person_id,
            columns.purpose == purpose,
            columns.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at)
    )


def rows_of(
    work: Work, table: str, columns: Sequence[str], whose: tuple[str, Any]
) -> list[dict[str, Any]]:
    """Return the rows of a table that tell of a person, with these columns, in a fixed order."""
    found = metadata.tables[table]
    chosen = [found.c[name] for name in columns]
    query = select(*chosen).where(found.c[whose[0]] == whose[1]).order_by(*found.primary_key)
    return [dict(row) for row in work.connection.execute(query).mappings()]


def others_with_role(work: Work, role: str, person_id: int, day: date) -> int:
    """Return how many other people who may sign in hold a role on a day, within the scope."""
    query = (
        select(func.count(membership.c.person_id.distinct()))
        .join(person, person.c.person_id == membership.c.person_id)
        .where(
            membership.c.role == role,
            held_on(day),
            person.c.is_active,
            membership.c.person_id != person_id,
        )
    )
    return int(work.connection.scalar(query) or 0)


def pseudonymise(work: Work, person_id: int) -> int:
    """Put a tombstone for a person's names, in the trail too; return how many events changed.

    Where the person was told by e-mail is forgotten.
    """
    notices.forget_wish(work, person_id)
    return int(work.connection.scalar(_PSEUDONYMISE, {"person_id": person_id}) or 0)


def closed_before(work: Work, until: datetime) -> list[int]:
    """Return the people whose account was closed before an instant and who are named still."""
    query = select(person.c.person_id).where(
        person.c.closed_at < until, ~person.c.login.startswith(TOMBSTONE, autoescape=True)
    )
    return list(work.connection.scalars(query.order_by(person.c.person_id)))


def tombstone_of(person_id: int) -> str:
    """Return what stands for the names of a person who is gone; nobody can sign in with it."""
    return f"{TOMBSTONE}{person_id}"


def rules(work: Work, day: date) -> dict[str, Rule]:
    """Return for each kind the rule that counts on a day."""
    columns = retention.c
    query = (
        select(*(columns[name] for name in Rule.__dataclass_fields__))
        .where(columns.applies_from <= day)
        .ext(distinct_on(columns.kind))
        .order_by(columns.kind, columns.applies_from.desc(), columns.set_at.desc())
    )
    return {row.kind: Rule(*row) for row in work.connection.execute(query)}


def add_rule(work: Work, rule: Rule) -> None:
    """Write a rule; the newest that applies counts."""
    values = {name: getattr(rule, name) for name in Rule.__dataclass_fields__}
    work.connection.execute(insert(retention).values(values))


def forget(work: Work, kind: str, now: datetime, days: int) -> int:
    """Remove what is older than its days; return how many rows. Carbon records always stay."""
    until = now - timedelta(days=days)
    if kind == "sessions":
        return work.connection.execute(delete(session).where(session.c.expires_at < until)).rowcount
    if kind == "failed_sign_ins":
        old = delete(sign_in_guard).where(sign_in_guard.c.failed_at < until)
        return work.connection.execute(old).rowcount
    if kind == "trail":
        return int(work.connection.scalar(_FORGET_TRAIL, {"until": until}) or 0)
    if kind == "ended_means":
        return int(work.connection.scalar(_FORGET_MEANS, {"until": until}) or 0)
    if kind == "deliveries":
        told = delete(webhook_delivery).where(webhook_delivery.c.made_at < until)
        return work.connection.execute(told.where(webhook_delivery.c.state != "waiting")).rowcount
    if kind == "fetches":
        # The database lets go only of those of which no row came.
        old = delete(connector_fetch).where(connector_fetch.c.at < until)
        return work.connection.execute(old).rowcount
    if kind == "api_answers":
        return int(work.connection.scalar(_FORGET_ANSWERS, {"until": until}) or 0)
    return 0
