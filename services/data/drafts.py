"""Entry drafts: everything a person typed, kept as typed, with an optimistic revision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from services.data.business_tables import draft
from services.data.organizations import Organization
from services.data.work import Work
from services.errors import ConflictError

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DraftVersion:
    """Which draft somebody looked at: revision 0 means that none was stored yet."""

    organization_id: int
    year: int
    revision: int


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A draft as it lies in the database; `editors` changed rows since there were none."""

    method: str
    rows: tuple[dict[str, str], ...]
    revision: int
    edited_by: int
    edited_at: datetime
    editors: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftContent:
    """What is to be stored, by whom and when."""

    method: str
    rows: Sequence[Cells]
    edited_by: int
    edited_at: datetime


def get(work: Work, organization_id: int, year: int) -> StoredDraft | None:
    """Return the draft of a year, or None when nobody began one."""
    return _read(work, organization_id, year, lock=False)


def years(work: Work, organization_id: int) -> set[int]:
    """Return the years for which a draft exists."""
    query = select(draft.c.year).where(draft.c.organization_id == organization_id)
    return set(work.connection.scalars(query))


def lock(work: Work, version: DraftVersion) -> StoredDraft:
    """Return the draft and keep others from changing it, or raise ConflictError when older."""
    found = _read(work, version.organization_id, version.year, lock=True)
    if found is None or found.revision != version.revision:
        raise ConflictError("draft", value=version.year)
    return found


def save(
    work: Work, organization: Organization, version: DraftVersion, content: DraftContent
) -> int:
    """Store the rows and return the new revision; ConflictError when somebody was faster."""
    values = {
        "method": content.method,
        "rows": [dict(row) for row in content.rows],
        "revision": version.revision + 1,
        "edited_by": content.edited_by,
        "edited_at": content.edited_at,
    }
    written = (
        _update(work, version, values)
        if version.revision
        else _insert(work, organization, version, values)
    )
    if not written:
        raise ConflictError("draft", value=version.year)
    return version.revision + 1


def _update(work: Work, version: DraftVersion, values: Mapping[str, Any]) -> bool:
    result = work.connection.execute(
        update(draft)
        .where(
            draft.c.organization_id == version.organization_id,
            draft.c.year == version.year,
            draft.c.revision == version.revision,
        )
        .values({**values, "editors": _editors_after(values)})
    )
    return result.rowcount == 1


def _editors_after(values: Mapping[str, Any]) -> ColumnElement[Any]:
    """Return who typed what there is: whoever saves it unchanged typed nothing."""
    who = literal([values["edited_by"]], ARRAY(BigInteger))
    rows = literal(values["rows"], JSONB)
    is_same = (draft.c.rows == rows) & (draft.c.method == values["method"])
    return case(
        (is_same, draft.c.editors),
        (draft.c.rows == literal([], JSONB), who),
        (draft.c.editors.contains(who), draft.c.editors),
        else_=draft.c.editors.concat(who),
    )


def _insert(
    work: Work, organization: Organization, version: DraftVersion, values: Mapping[str, Any]
) -> bool:
    place = {
        "organization_id": organization.organization_id,
        "year": version.year,
        "access_path": organization.access_path,
    }
    begun = {**place, **values, "editors": [values["edited_by"]]}
    fresh = insert(draft).values(begun).on_conflict_do_nothing()
    return work.connection.execute(fresh.returning(draft.c.year)).one_or_none() is not None


def _read(work: Work, organization_id: int, year: int, lock: bool) -> StoredDraft | None:
    query = select(draft).where(draft.c.organization_id == organization_id, draft.c.year == year)
    row = work.connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        return None
    return StoredDraft(
        row.method,
        tuple(row.rows),
        row.revision,
        row.edited_by,
        row.edited_at,
        tuple(row.editors),
    )
