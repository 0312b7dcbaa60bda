"""Published series of the base database (4.4 a): statistics others made, with their licence."""

from __future__ import annotations

from sqlalchemy import Column, Date, Double, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.data.metadata import instant, metadata

series = Table(
    "series",
    metadata,
    Column("series_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("retrieved_on", Date, nullable=False),
    Column("texts", JSONB, nullable=False),
    Column("content_hash", Text, nullable=False),
    instant("loaded_at"),
    schema="base",
)

series_value = Table(
    "series_value",
    metadata,
    Column("series_id", Text, primary_key=True),
    Column("region_code", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("indicator", Text, primary_key=True),
    # Without a value the flag says why; with one it may still warn.
    Column("value", Double),
    Column("flag", Text, nullable=False),
    schema="base",
)
