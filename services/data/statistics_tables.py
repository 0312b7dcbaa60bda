"""Statistics database (4.4 d): emission lines with their inputs, and readings rolled up."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Double,
    Integer,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, JSONB, UUID

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


def _of_bin() -> tuple[Column[Any], ...]:
    """Return the key of a span of a point, and its place."""
    return (
        owner_columns()[0],
        Column("point_id", BigInteger, primary_key=True, autoincrement=False),
        Column("begins_at", DateTime(timezone=True), primary_key=True),
        owner_columns()[1],
        Column("device_id", BigInteger, nullable=False),
    )


def _rolled_up() -> tuple[Column[Any], ...]:
    """Return what is told of a span: `amount` is what was counted, or a rate held for hours.

    `leap` is what a counter counted until `leap_to` in another span, nobody knows when.
    """
    return (
        Column("readings", Integer, nullable=False),
        Column("suspect", Integer, nullable=False),
        Column("total", Double, nullable=False),
        Column("low", Double),
        Column("high", Double),
        Column("last_value", Double),
        Column("last_at", DateTime(timezone=True)),
        Column("amount", Double, nullable=False),
        Column("amount_s", Double, nullable=False),
        Column("covered_s", Double, nullable=False),
        Column("steps_back", Integer, nullable=False),
        Column("leap", Double, nullable=False),
        Column("leap_to", DateTime(timezone=True)),
        Column("computed_at", DateTime(timezone=True), nullable=False),
    )


reading_quarter = Table(
    "reading_quarter",
    metadata,
    *_of_bin(),
    Column("first_value", Double),
    Column("first_at", DateTime(timezone=True)),
    Column("first_segment", DateTime(timezone=True)),
    Column("last_segment", DateTime(timezone=True)),
    Column("inner_amount", Double, nullable=False),
    Column("inner_amount_s", Double, nullable=False),
    Column("inner_covered_s", Double, nullable=False),
    Column("inner_steps_back", Integer, nullable=False),
    *_rolled_up(),
    schema="statistics",
)
reading_hour = Table("reading_hour", metadata, *_of_bin(), *_rolled_up(), schema="statistics")
reading_day = Table("reading_day", metadata, *_of_bin(), *_rolled_up(), schema="statistics")
reading_month = Table(
    "reading_month",
    metadata,
    *_of_bin(),
    Column("reopened_at", DateTime(timezone=True)),
    *_rolled_up(),
    schema="statistics",
)

# Quarters to be made anew: readings came, or somebody told what a counter showed.
touched_bin = Table("touched_bin", metadata, *_of_bin(), schema="statistics")

# One row, of the platform: up to which message everything is rolled up.
roll_up_progress = Table(
    "roll_up_progress",
    metadata,
    *owner_columns(),
    Column("settled", BigInteger, nullable=False),
    Column("middle", BigInteger, nullable=False),
    Column("middle_at", DateTime(timezone=True), nullable=False),
    Column("newest", BigInteger, nullable=False),
    Column("missing", INT8MULTIRANGE, nullable=False, server_default="{}"),
    schema="statistics",
)
