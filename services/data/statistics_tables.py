"""Statistics database (4.4 d): emission lines with every input and where it comes from."""

from __future__ import annotations

from sqlalchemy import Column, Double, Integer, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.data.metadata import metadata, owner_columns

emission_line = Table(
    "emission_line",
    metadata,
    owner_columns()[0],
    Column("run_id", UUID, primary_key=True),
    Column("line", Integer, primary_key=True),
    owner_columns()[1],
    Column("year", Integer, nullable=False),
    Column("record", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("gas", Text, nullable=False),
    Column("gas_t", Double, nullable=False),
    Column("gwp", Double, nullable=False),
    Column("co2e_t", Double, nullable=False),
    Column("emission_scope", Text, nullable=False),
    Column("sign", SmallInteger, nullable=False),
    Column("formula", Text, nullable=False),
    Column("inputs", JSONB, nullable=False),
    Column("warnings", JSONB, nullable=False),
    schema="statistics",
)
