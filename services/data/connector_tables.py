"""Tables of connectors to other systems (4.2 b)."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Integer, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.data.metadata import metadata, owner_columns, random_key

connector = Table(
    "connector",
    metadata,
    owner_columns()[0],
    random_key("connector_id"),
    owner_columns()[1],
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("settings", JSONB, nullable=False),
    Column("secrets", LargeBinary),
    Column("every", Text, nullable=False),
    Column("hour", Integer, nullable=False),
    Column("years", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("next_at", DateTime(timezone=True)),
    Column("made_by", BigInteger, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("started_by", BigInteger),
    schema="business",
)

connector_fetch = Table(
    "connector_fetch",
    metadata,
    owner_columns()[0],
    Column("fetch_id", UUID, primary_key=True),
    owner_columns()[1],
    Column("connector_id", UUID, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("year", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("new_rows", Integer, nullable=False),
    Column("waiting", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("error", JSONB, nullable=False),
    schema="business",
)
