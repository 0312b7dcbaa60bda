"""Statistics database (4.4 d): emission lines with their inputs, and what CO2 meters measured."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Double, Integer, SmallInteger, Table, Text
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
    # Empty where the value is of the whole year.
    Column("month", SmallInteger),
    schema="statistics",
)

measured_co2 = Table(
    "measured_co2",
    metadata,
    owner_columns()[0],
    Column("device_id", BigInteger, primary_key=True, autoincrement=False),
    Column("point_id", BigInteger, primary_key=True, autoincrement=False),
    Column("year", Integer, primary_key=True, autoincrement=False),
    owner_columns()[1],
    Column("tonnes", Double, nullable=False),
    Column("covered_s", Double, nullable=False),
    Column("readings", BigInteger, nullable=False),
    Column("computed_at", DateTime(timezone=True), nullable=False),
    schema="statistics",
)
