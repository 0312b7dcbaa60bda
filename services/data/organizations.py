"""The tree of organizations: country, provinces, cities, parks, groups, enterprises and sites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, cast, insert, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from services.data.base_tables import organization, organization_ownership, organization_place
from services.data.metadata import Ltree
from services.data.work import Work
from services.errors import NotFoundError

PLACE_KINDS = ("country", "province", "city", "county")
ACCOUNTED_KINDS = ("park", "group", "enterprise", "site")
# The tree begins before any period that is accounted here.
BEGINNING = date(1978, 1, 1)


@dataclass(frozen=True, slots=True)
class Organization:
    """A region or a firm that can be accounted; names by language code.

    `closed_on` is its last day, None while it goes on;
    `factor_region` is the adcode whose grid factors apply; `method` the designation of the
    accounting method in use, empty where none is chosen.
    """

    organization_id: int
    public_id: UUID
    kind: str
    code: str
    parent_id: int | None
    access_path: str
    names: Mapping[str, str]
    industry_code: str
    factor_region: str
    method: str
    is_sample: bool
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class NewOrganization:
    """What is needed to add an organization below a parent."""

    kind: str
    code: str
    parent_id: int
    names: Mapping[str, str]
    factor_region: str
    method: str = ""
    industry_code: str = ""
    is_sample: bool = False
    sort_order: int = 0


def get(work: Work, organization_id: int) -> Organization:
    """Return the organization, or raise NotFoundError when it is not in scope."""
    return _one(
        work, _rows().where(organization.c.organization_id == organization_id), organization_id
    )


def by_code(work: Work, code: str) -> Organization:
    """Return the organization of an adcode or a credit code, or raise NotFoundError."""
    return _one(work, _rows().where(organization.c.code == code), code)


def children(work: Work, organization_id: int) -> tuple[Organization, ...]:
    """Return what lies directly below, in the order of codes."""
    return _all(work, _rows().where(organization.c.parent_id == organization_id))


def ancestors(work: Work, organization_id: int) -> tuple[Organization, ...]:
    """Return the places above the organization, the country first, itself last."""
    path = get(work, organization_id).access_path
    above = _rows().where(organization.c.access_path.op("@>")(cast(path, Ltree)))
    return tuple(sorted(_all(work, above), key=lambda o: o.access_path.count(".")))


def below(
    work: Work, access_path: str, kinds: Iterable[str] = ACCOUNTED_KINDS
) -> tuple[Organization, ...]:
    """Return the organizations of these kinds at the path or below it."""
    return of_paths(work, (access_path,), kinds)


def of_paths(
    work: Work, access_paths: Iterable[str], kinds: Iterable[str] = ACCOUNTED_KINDS
) -> tuple[Organization, ...]:
    """Return the organizations of these kinds at one of the paths or below it."""
    paths = cast(bindparam("paths", list(access_paths), ARRAY(Ltree)), ARRAY(Ltree))
    found = _rows().where(
        organization.c.access_path.op("<@")(paths), organization.c.kind.in_(tuple(kinds))
    )
    return _all(work, found)


def page(
    work: Work, access_paths: Iterable[str], after: int, limit: int
) -> tuple[Organization, ...]:
    """Return what lies at one of the paths or below it, in the order of numbers, from one on."""
    paths = cast(bindparam("paths", list(access_paths), ARRAY(Ltree)), ARRAY(Ltree))
    columns = organization.c
    query = select(organization).where(
        columns.access_path.op("<@")(paths), columns.organization_id > after
    )
    return _all(work, query.order_by(columns.organization_id).limit(limit))


def search(work: Work, words: str, limit: int = 20) -> tuple[Organization, ...]:
    """Return organizations in scope whose name or code contains the words."""
    pattern = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    columns = (organization.c.name_zh, organization.c.name_en, organization.c.code)
    found = _rows().where(or_(*(column.ilike(pattern) for column in columns)))
    return _all(work, found.limit(limit))


def add(work: Work, new: NewOrganization, applies_from: date = BEGINNING) -> Organization:
    """Add an organization below its parent and remember its place from that day on."""
    parent = get(work, new.parent_id)
    organization_id = _next_id(work, new)
    values = {
        "organization_id": organization_id,
        "kind": new.kind,
        "code": new.code,
        "parent_id": new.parent_id,
        "access_path": f"{parent.access_path}.{_label(new, organization_id)}",
        "name_zh": new.names["zh-CN"],
        "name_en": new.names["en"],
        "sort_order": new.sort_order,
        "industry_code": new.industry_code,
        "factor_region": new.factor_region,
        "method": new.method,
        "is_sample": new.is_sample,
    }
    work.connection.execute(insert(organization).values(values))
    place = {key: values[key] for key in ("organization_id", "parent_id", "access_path")}
    work.connection.execute(
        insert(organization_place).values(place | {"applies_from": applies_from})
    )
    return get(work, organization_id)


def add_owner(work: Work, owned: Organization, owner_id: int, share: float = 1.0) -> None:
    """Remember that a group owns a share of an organization."""
    work.connection.execute(
        insert(organization_ownership).values(
            organization_id=owned.organization_id,
            applies_from=BEGINNING,
            owner_id=owner_id,
            share=share,
            access_path=owned.access_path,
        )
    )


def choose_method(work: Work, organization_id: int, method: str) -> None:
    """Set the accounting method that the organization's next entries begin with."""
    work.connection.execute(
        organization.update()
        .where(organization.c.organization_id == organization_id)
        .values(method=method)
    )


def _next_id(work: Work, new: NewOrganization) -> int:
    # A region keeps its adcode as its number; a firm gets the next free one.
    if new.kind in PLACE_KINDS:
        return int(new.code)
    sequence = text("SELECT nextval(pg_get_serial_sequence('base.organization', :column))")
    return int(work.connection.scalar(sequence, {"column": "organization_id"}) or 0)


def _label(new: NewOrganization, organization_id: int) -> str:
    prefixes = {"province": "p", "city": "c", "county": "d"}
    return f"{prefixes.get(new.kind, 'o')}{organization_id}"


def _rows() -> Select[Any]:
    return select(organization).order_by(organization.c.sort_order, organization.c.code)


def _all(work: Work, query: Select[Any]) -> tuple[Organization, ...]:
    return tuple(_organization(row) for row in work.connection.execute(query))


def _one(work: Work, query: Select[Any], wanted: object) -> Organization:
    row = work.connection.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("organization", value=wanted)
    return _organization(row)


def _organization(row: Row[Any]) -> Organization:
    return Organization(
        organization_id=row.organization_id,
        public_id=row.public_id,
        kind=row.kind,
        code=row.code,
        parent_id=row.parent_id,
        access_path=row.access_path,
        names={"zh-CN": row.name_zh, "en": row.name_en},
        industry_code=row.industry_code,
        factor_region=row.factor_region,
        method=row.method,
        is_sample=row.is_sample,
        closed_on=row.closed_on,
    )
