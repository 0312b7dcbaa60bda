"""People, their credentials, their memberships and their settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Join, Row, Table, bindparam, delete, func, insert, select, update

from services.data.identity_tables import (
    credential,
    membership,
    old_password,
    person,
    second_factor,
)
from services.data.labels import clearance_columns, clearance_from
from services.data.memberships import held_on
from services.data.work import Work
from services.labels import Clearance

_TODAY = bindparam("today", type_=Date)


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """A person with their own settings: language zh-CN or en; theme system, light or dark.

    `opened_at` is when they last came in with both factors; no device counts as known that they
    came in on before `devices_from`.
    """

    person_id: int
    login: str
    name: str
    language: str
    theme: str
    is_active: bool
    opened_at: datetime | None = None
    devices_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredMembership:
    """A role on an organization and what lies below it."""

    role: str
    organization_id: int
    access_path: str


@dataclass(frozen=True, slots=True)
class StoredIdentity:
    """Who somebody is and where they act; `must_change` while the password is a one-time one."""

    person: StoredPerson
    must_change: bool
    changed_at: datetime
    has_factor: bool
    memberships: tuple[StoredMembership, ...]
    clearance: Clearance


# What identity_from reads from a table joined by with_identity.
IDENTITY_COLUMNS = (
    person,
    credential.c.must_change,
    credential.c.changed_at,
    select(second_factor.c.factor_id)
    .where(
        second_factor.c.person_id == credential.c.person_id,
        second_factor.c.confirmed_at.is_not(None),
        second_factor.c.ended_at.is_(None),
    )
    .exists()
    .label("has_factor"),
    *clearance_columns(credential.c.person_id, _TODAY),
    membership.c.role,
    membership.c.organization_id,
    membership.c.access_path,
)


def with_identity(named: Table) -> Join:
    """Return a table that names a person, joined with the person and what the person holds.

    The query needs `today`, the day on which the memberships count.
    """
    return (
        named.join(person, person.c.person_id == named.c.person_id)
        .join(credential, credential.c.person_id == named.c.person_id)
        .outerjoin(
            membership,
            (membership.c.person_id == named.c.person_id) & held_on(_TODAY),
        )
    )


@dataclass(frozen=True, slots=True)
class StoredCredential:
    """The salted hash of a password and whether it must be changed before anything else."""

    password_hash: str
    must_change: bool


def by_login(work: Work, login: str) -> StoredPerson | None:
    """Return the person with this sign-in name, or None."""
    row = work.connection.execute(select(person).where(person.c.login == login)).one_or_none()
    return None if row is None else _person(row)


def get(work: Work, person_id: int) -> StoredPerson | None:
    """Return the person, or None."""
    query = select(person).where(person.c.person_id == person_id)
    row = work.connection.execute(query).one_or_none()
    return None if row is None else _person(row)


def count(work: Work) -> int:
    """Return how many people there are; none means that this is the first start."""
    return int(work.connection.scalar(select(func.count()).select_from(person)) or 0)


def add(work: Work, login: str, name: str, is_sample: bool = False) -> int:
    """Add a person without a password and return the id."""
    query = insert(person).values(login=login, name=name, is_sample=is_sample)
    return int(work.connection.scalar(query.returning(person.c.person_id)) or 0)


def memberships(work: Work, person_id: int, day: date) -> tuple[StoredMembership, ...]:
    """Return the memberships of a person that count on a day."""
    query = (
        select(membership)
        .where(membership.c.person_id == person_id, held_on(day))
        .order_by(membership.c.organization_id, membership.c.role)
    )
    return tuple(
        StoredMembership(row.role, row.organization_id, row.access_path)
        for row in work.connection.execute(query)
    )


def identity_from(rows: Sequence[Any]) -> StoredIdentity:
    """Return whom the rows of IDENTITY_COLUMNS describe: one person, a membership in each row."""
    held = (row for row in rows if row.role is not None)
    return StoredIdentity(
        _person(rows[0]),
        rows[0].must_change,
        rows[0].changed_at,
        rows[0].has_factor,
        tuple(StoredMembership(row.role, row.organization_id, row.access_path) for row in held),
        clearance_from(rows[0]),
    )


def credential_of(work: Work, person_id: int) -> StoredCredential | None:
    """Return the credential; the scope must be that person's own."""
    query = select(credential).where(credential.c.person_id == person_id)
    row = work.connection.execute(query).one_or_none()
    return None if row is None else StoredCredential(row.password_hash, row.must_change)


def add_credential(work: Work, person_id: int, password_hash: str) -> None:
    """Store the hash of a one-time password; the scope must be that person's own."""
    work.connection.execute(
        insert(credential)
        .values(person_id=person_id, password_hash=password_hash, must_change=True)
        .inline()
    )


def replace_credential(
    work: Work, person_id: int, password_hash: str, must_change: bool, at: datetime
) -> None:
    """Replace the hash of a password; the scope must be that person's own."""
    work.connection.execute(
        update(credential)
        .where(credential.c.person_id == person_id)
        .values(password_hash=password_hash, must_change=must_change, changed_at=at)
    )


def remove_credential(work: Work, person_id: int) -> None:
    """Remove the hash of a password, for good; the scope must be that person's own."""
    work.connection.execute(delete(credential).where(credential.c.person_id == person_id))


def old_passwords(work: Work, person_id: int, count: int) -> list[str]:
    """Return the hashes of a person's last passwords, newest first."""
    query = (
        select(old_password.c.password_hash)
        .where(old_password.c.person_id == person_id)
        .order_by(old_password.c.replaced_at.desc())
        .limit(count)
    )
    return list(work.connection.scalars(query))


def keep_old_password(work: Work, person_id: int, password_hash: str, at: datetime) -> None:
    """Remember the hash of a password that is replaced."""
    work.connection.execute(
        insert(old_password)
        .values(person_id=person_id, replaced_at=at, password_hash=password_hash)
        .inline()
    )


def forget_old_passwords(work: Work, person_id: int, kept: int) -> None:
    """Remove all but the newest old passwords of a person."""
    newest = (
        select(old_password.c.replaced_at)
        .where(old_password.c.person_id == person_id)
        .order_by(old_password.c.replaced_at.desc())
        .limit(kept)
    )
    work.connection.execute(
        delete(old_password).where(
            old_password.c.person_id == person_id, old_password.c.replaced_at.not_in(newest)
        )
    )


def stand_in(work: Work, person_id: int, role: str) -> bool:
    """Act as another person until the transaction ends; return whether that is allowed.

    Only whoever holds the role nationwide may, which the database looks up by itself.
    """
    query = select(func.base.stand_in(person_id, role))
    return bool(work.connection.scalar(query))


def change_settings(work: Work, person_id: int, language: str, theme: str) -> None:
    """Set the language and the theme that a person sees."""
    work.connection.execute(
        update(person).where(person.c.person_id == person_id).values(language=language, theme=theme)
    )


def forget_devices(work: Work, person_id: int, at: datetime) -> None:
    """Let the devices on which a person came in before count as unknown from now on."""
    work.connection.execute(
        update(person).where(person.c.person_id == person_id).values(devices_from=at)
    )


def came_in(work: Work, person_id: int, at: datetime) -> None:
    """Remember when a person came in with both factors."""
    work.connection.execute(
        update(person).where(person.c.person_id == person_id).values(opened_at=at)
    )


def _person(row: Row[Any]) -> StoredPerson:
    return StoredPerson(
        row.person_id,
        row.login,
        row.name,
        row.language,
        row.theme,
        row.is_active,
        row.opened_at,
        row.devices_from,
    )


def deactivate(work: Work, person_id: int, at: datetime) -> None:
    """Let a person never come in again; the name stays taken until it is erased."""
    left = update(person).where(person.c.person_id == person_id)
    work.connection.execute(left.values(is_active=False, closed_at=at))
