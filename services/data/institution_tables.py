"""Base database: institutions of the carbon market, their staff, and for whom they act."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Computed, Date, DateTime, Integer, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from services.data.metadata import Ltree, instant, metadata, random_key


def _days() -> tuple[Column[Any], ...]:
    return (
        Column("valid_from", Date, nullable=False),
        Column("valid_to", Date),
        Column("withdrawn_at", DateTime(timezone=True)),
        Column("recorded_by", BigInteger),
        instant("recorded_at"),
    )


institution = Table(
    "institution",
    metadata,
    random_key("institution_id"),
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False, unique=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("recorded_by", BigInteger),
    instant("recorded_at"),
    schema="base",
)

institution_staff = Table(
    "institution_staff",
    metadata,
    random_key("staff_id"),
    Column("institution_id", UUID, nullable=False),
    Column("person_id", BigInteger, nullable=False),
    Column("access_path", Ltree, nullable=False),
    *_days(),
    schema="base",
)

institution_tie = Table(
    "institution_tie",
    metadata,
    Column("organization_id", BigInteger, primary_key=True),
    random_key("tie_id"),
    Column("access_path", Ltree, nullable=False),
    Column("institution_id", UUID, nullable=False),
    Column("relation", Text, nullable=False),
    Column("first_year", Integer),
    Column("last_year", Integer),
    *_days(),
    Column("province", Text, Computed("ltree2text(access_path)"), nullable=False),
    schema="base",
)
