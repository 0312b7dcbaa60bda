"""Base database (4.4 a): divisions, industries, gases, factors and the tree of organizations."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    Identity,
    Integer,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.data.metadata import Ltree, instant, metadata

division = Table(
    "division",
    metadata,
    Column("code", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("parent_code", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("short_zh", Text, nullable=False),
    Column("grid_region", Text, nullable=False),
    Column("sort_order", Integer, nullable=False),
    schema="base",
)

industry = Table(
    "industry",
    metadata,
    Column("code", Text, primary_key=True),
    Column("parent_code", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("methods", ARRAY(Text), nullable=False),
    Column("status", Text, nullable=False),
    schema="base",
)

gas = Table(
    "gas",
    metadata,
    Column("gas", Text, primary_key=True),
    Column("family", Text, nullable=False),
    schema="base",
)

gwp = Table(
    "gwp",
    metadata,
    Column("gwp_set", Text, primary_key=True),
    Column("gas", Text, primary_key=True),
    Column("value", Double, nullable=False),
    Column("status", Text, nullable=False),
    schema="base",
)

fuel = Table(
    "fuel",
    metadata,
    Column("fuel", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    schema="base",
)

factor = Table(
    "factor",
    metadata,
    Column("code", Text, primary_key=True),
    Column("applies_from", Date, primary_key=True),
    Column("known_from", Date, primary_key=True),
    Column("published", Date),
    Column("value", Double, nullable=False),
    Column("unit", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("status", Text, nullable=False),
    schema="base",
)

standard_load = Table(
    "standard_load",
    metadata,
    Column("content_hash", Text, primary_key=True),
    Column("summary", JSONB, nullable=False),
    instant("loaded_at"),
    schema="base",
)

organization = Table(
    "organization",
    metadata,
    Column("organization_id", BigInteger, Identity(start=10_000_000), primary_key=True),
    Column("public_id", UUID, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False, unique=True),
    Column("parent_id", BigInteger),
    Column("access_path", Ltree, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("sort_order", Integer, nullable=False),
    Column("industry_code", Text, nullable=False),
    Column("factor_region", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("is_sample", Boolean, nullable=False),
    Column("closed_on", Date),
    instant("recorded_at"),
    schema="base",
)

organization_place = Table(
    "organization_place",
    metadata,
    Column("organization_id", BigInteger, primary_key=True),
    Column("applies_from", Date, primary_key=True),
    Column("parent_id", BigInteger),
    Column("access_path", Ltree, nullable=False),
    schema="base",
)

organization_ownership = Table(
    "organization_ownership",
    metadata,
    Column("organization_id", BigInteger, primary_key=True),
    Column("applies_from", Date, primary_key=True),
    Column("owner_id", BigInteger, nullable=False),
    Column("share", Double, nullable=False),
    Column("access_path", Ltree, nullable=False),
    schema="base",
)

finished_batch = Table(
    "finished_batch",
    metadata,
    Column("batch", UUID, primary_key=True),
    instant("finished_at"),
    schema="base",
)

known_library = Table(
    "known_library",
    metadata,
    Column("fingerprint", Text, primary_key=True),
    instant("seen_at"),
    schema="base",
)
