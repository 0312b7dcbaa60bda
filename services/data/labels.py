"""Labels of data sets and clearances, each with the day from which it counts; rows are added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, literal_column, select
from sqlalchemy.dialects.postgresql import distinct_on

from services.data.base_tables import organization
from services.data.identity_tables import person
from services.data.label_tables import data_label, person_clearance, role_clearance
from services.data.work import Work
from services.labels import Clearance


@dataclass(frozen=True, slots=True)
class NewLabel:
    """A label for a data set at a place and below, from a day on, and why."""

    data_set: str
    organization_id: int
    access_path: str
    label: int
    applies_from: date
    reason: str
    set_by: int
    set_at: datetime


@dataclass(frozen=True, slots=True)
class StoredLabel:
    """A label as it is kept; names of the place by language code, `login` of who set it."""

    data_set: str
    access_path: str
    names: dict[str, str]
    label: int
    applies_from: date
    reason: str
    source: str
    status: str
    login: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class NewClearance:
    """The level of one person instead of the roles'; None goes back to those."""

    person_id: int
    clearance: int | None
    reason: str
    set_by: int
    set_at: datetime


@dataclass(frozen=True, slots=True)
class StoredClearance:
    """The level that a person was given, and why."""

    login: str
    clearance: int
    reason: str
    set_at: datetime


def clearance_columns(person_id: Any, day: Any) -> tuple[ColumnElement[Any], ...]:
    """Return the columns that clearance_from reads, for the person and the day of a query."""
    return (
        _own(person_id).scalar_subquery().label("clearance_own"),
        _of_roles(day).scalar_subquery().label("clearance_roles"),
        _of_data(day).scalar_subquery().label("clearance_labels"),
    )


def clearance_from(row: Any) -> Clearance:
    """Return what a row of clearance_columns says."""
    roles, labels = row.clearance_roles or {}, row.clearance_labels or []
    return Clearance(
        row.clearance_own, tuple(roles.items()), tuple((s, p, int(n)) for s, p, n in labels)
    )


def clearance_of(work: Work, person_id: int, day: date) -> Clearance:
    """Return the clearance of a person on a day; the scope must be that person's own."""
    row = work.connection.execute(select(*clearance_columns(person_id, day))).one()
    return clearance_from(row)


def add(work: Work, new: NewLabel) -> None:
    """Write a label; the newest that applies counts."""
    values = {name: getattr(new, name) for name in NewLabel.__dataclass_fields__}
    work.connection.execute(insert(data_label).values(values | {"source": "", "status": ""}))


def add_clearance(work: Work, new: NewClearance) -> None:
    """Write a person's level; the newest counts."""
    values = {name: getattr(new, name) for name in NewClearance.__dataclass_fields__}
    work.connection.execute(insert(person_clearance).values(values).inline())


def newest(work: Work, day: date) -> list[StoredLabel]:
    """Return the labels that count on a day or will later, by data set and place."""
    columns = data_label.c
    found = (
        select(data_label, person.c.login, organization.c.name_zh, organization.c.name_en)
        .join(organization, organization.c.organization_id == columns.organization_id)
        .outerjoin(person, person.c.person_id == columns.set_by)
        .where(columns.label_id.in_(_counting(day)) | (columns.applies_from > day))
        .order_by(columns.data_set, columns.access_path, columns.applies_from)
    )
    return [_stored(row) for row in work.connection.execute(found)]


def role_levels(work: Work, day: date) -> dict[str, int]:
    """Return the level of each role on a day."""
    return dict(work.connection.scalar(_of_roles(day)) or {})


def own_levels(work: Work) -> list[StoredClearance]:
    """Return who was given a level of their own, by sign-in name, within the scope."""
    columns = person_clearance.c
    found = (
        select(person.c.login, columns.clearance, columns.reason, columns.set_at)
        .join(person, person.c.person_id == columns.person_id)
        .ext(distinct_on(person.c.login))
        .order_by(person.c.login, columns.set_at.desc())
    )
    rows = work.connection.execute(found)
    return [StoredClearance(*row) for row in rows if row.clearance is not None]


def _own(person_id: Any) -> Select[Any]:
    columns = person_clearance.c
    return (
        select(columns.clearance)
        .where(columns.person_id == person_id)
        .order_by(columns.set_at.desc())
        .limit(literal_column("1"))
    )


def _of_roles(day: Any) -> Select[Any]:
    columns = role_clearance.c
    counting = (
        select(columns.role, columns.clearance)
        .where(columns.applies_from <= day)
        .ext(distinct_on(columns.role))
        .order_by(columns.role, columns.applies_from.desc())
        .subquery()
    )
    return select(func.json_object_agg(counting.c.role, counting.c.clearance))


def _of_data(day: Any) -> Select[Any]:
    columns = data_label.c
    entry = func.json_build_array(
        columns.data_set, literal_column("access_path::text"), columns.label
    )
    return select(func.json_agg(entry)).where(columns.label_id.in_(_counting(day)))


def _counting(day: Any) -> Select[Any]:
    columns = data_label.alias().c
    return (
        select(columns.label_id)
        .where(columns.applies_from <= day)
        .ext(distinct_on(columns.data_set, columns.access_path))
        .order_by(
            columns.data_set,
            columns.access_path,
            columns.applies_from.desc(),
            columns.set_at.desc(),
        )
    )


def _stored(row: Any) -> StoredLabel:
    same = ("data_set", "access_path", "label", "applies_from", "reason", "source", "status")
    return StoredLabel(
        **{name: getattr(row, name) for name in same},
        names={"zh-CN": row.name_zh, "en": row.name_en},
        login=row.login or "",
        set_at=row.set_at,
    )
