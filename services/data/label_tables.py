"""Base database: labels of data sets, and up to which label roles and people may read."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, DateTime, SmallInteger, Table, Text

from services.data.metadata import Ltree, metadata, random_key

data_label = Table(
    "data_label",
    metadata,
    random_key("label_id"),
    Column("data_set", Text, nullable=False),
    Column("organization_id", BigInteger, nullable=False),
    Column("access_path", Ltree, nullable=False),
    Column("label", SmallInteger, nullable=False),
    Column("applies_from", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("set_by", BigInteger),
    Column("set_at", DateTime(timezone=True), nullable=False),
    schema="base",
)

role_clearance = Table(
    "role_clearance",
    metadata,
    Column("role", Text, primary_key=True),
    Column("applies_from", Date, primary_key=True),
    Column("clearance", SmallInteger, nullable=False),
    Column("source", Text, nullable=False),
    Column("status", Text, nullable=False),
    schema="base",
)

person_clearance = Table(
    "person_clearance",
    metadata,
    random_key("clearance_id"),
    Column("person_id", BigInteger, nullable=False),
    Column("access_path", Ltree, nullable=False),
    Column("clearance", SmallInteger),
    Column("reason", Text, nullable=False),
    Column("set_by", BigInteger, nullable=False),
    Column("set_at", DateTime(timezone=True), nullable=False),
    schema="base",
)
