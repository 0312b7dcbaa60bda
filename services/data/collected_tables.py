"""Collected database (4.4 b): what organizations submitted, kept as it came and never changed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, DateTime, Double, Integer, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSON, JSONB, UUID

from services.data.metadata import metadata, owner_columns, random_key

submission = Table(
    "submission",
    metadata,
    owner_columns()[0],
    random_key("submission_id"),
    owner_columns()[1],
    Column("year", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("method", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("rows_hash", Text, nullable=False),
    Column("records", JSON, nullable=False),
    Column("corrects", UUID),
    Column("submitted_by", BigInteger, nullable=False),
    Column("submitted_at", DateTime(timezone=True), nullable=False),
    # Whoever typed rows of it, beside who submitted it.
    Column("typed_by", ARRAY(BigInteger), nullable=False, server_default="{}"),
    schema="collected",
)

activity = Table(
    "activity",
    metadata,
    owner_columns()[0],
    Column("submission_id", UUID, primary_key=True),
    Column("record", Integer, primary_key=True),
    owner_columns()[1],
    Column("source", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("cells", JSONB, nullable=False),
    Column("note", Text, nullable=False),
    schema="collected",
)

energy_balance = Table(
    "energy_balance",
    metadata,
    owner_columns()[0],
    random_key("balance_id"),
    owner_columns()[1],
    Column("year", Integer, nullable=False),
    Column("rows", JSON, nullable=False),
    Column("electricity_mwh", Double),
    Column("note", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("recorded_by", BigInteger, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    schema="collected",
)

attachment = Table(
    "attachment",
    metadata,
    owner_columns()[0],
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("sha256", Text, primary_key=True),
    owner_columns()[1],
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("added_by", BigInteger, nullable=False),
    Column("added_at", DateTime(timezone=True), nullable=False),
    schema="collected",
)

own_value = Table(
    "own_value",
    metadata,
    owner_columns()[0],
    random_key("value_id"),
    owner_columns()[1],
    Column("item", Text, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("value", Double, nullable=False),
    Column("unit", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("laboratory", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("file_year", Integer, nullable=False),
    Column("files", ARRAY(Text), nullable=False),
    Column("supersedes", UUID),
    Column("proposed_by", BigInteger, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False),
    schema="collected",
)

own_value_decision = Table(
    "own_value_decision",
    metadata,
    owner_columns()[0],
    Column("value_id", UUID, primary_key=True),
    owner_columns()[1],
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("proposed_by", BigInteger, nullable=False),
    Column("decided_by", BigInteger, nullable=False),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    Column("known_from", Date, nullable=False),
    schema="collected",
)
