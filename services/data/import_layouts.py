"""Layouts of files that an organization has told once, found again by their headings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from services.data.business_tables import import_layout
from services.data.organizations import Organization
from services.data.work import Work

Columns = Sequence[Mapping[str, str]]


def of_organization(work: Work, organization_id: int) -> dict[str, list[dict[str, str]]]:
    """Return the columns of every known layout by the fingerprint of its headings."""
    query = select(import_layout.c.fingerprint, import_layout.c.columns).where(
        import_layout.c.organization_id == organization_id
    )
    return {row.fingerprint: row.columns for row in work.connection.execute(query)}


def save(
    work: Work,
    organization: Organization,
    layout: tuple[str, Columns],
    saved: tuple[int, datetime],
) -> None:
    """Keep a layout, in place of the one of the same headings."""
    fingerprint, columns = layout
    saved_by, saved_at = saved
    told = [dict(column) for column in columns]
    values: dict[str, object] = {"columns": told, "saved_by": saved_by, "saved_at": saved_at}
    place = {
        "organization_id": organization.organization_id,
        "access_path": func.text2ltree(organization.access_path),
        "fingerprint": fingerprint,
    }
    added = insert(import_layout).values(place | values)
    key = [import_layout.c.organization_id, import_layout.c.fingerprint]
    work.connection.execute(added.on_conflict_do_update(index_elements=key, set_=values))
