"""Rounds of the radar over submissions, what each says is worth a look, and what people found."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Double, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.data.metadata import metadata, owner_columns, random_key

radar_round = Table(
    "radar_round",
    metadata,
    # Its owner is the place over which it went.
    owner_columns()[0],
    random_key("round_id"),
    owner_columns()[1],
    Column("year", Integer, nullable=False),
    Column("rules", Text, nullable=False),
    Column("parameters", JSONB, nullable=False),
    Column("judged", Integer, nullable=False),
    Column("listed", Integer, nullable=False),
    # How many submissions each test could not judge.
    Column("unable", JSONB, nullable=False),
    Column("ordered_by", BigInteger, nullable=False),
    Column("ordered_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True), nullable=False),
    schema="business",
)

radar_hit = Table(
    "radar_hit",
    metadata,
    # Its owner is the organization whose submission it is about.
    owner_columns()[0],
    Column("round_id", UUID, primary_key=True),
    Column("submission_id", UUID, primary_key=True),
    owner_columns()[1],
    Column("year", Integer, nullable=False),
    Column("method", Text, nullable=False),
    Column("place", Integer, nullable=False),
    Column("chance", Double, nullable=False),
    Column("rate", Double, nullable=False),
    Column("reasons", JSONB, nullable=False),
    Column("unable", ARRAY(Text), nullable=False),
    schema="business",
)

radar_mark = Table(
    "radar_mark",
    metadata,
    owner_columns()[0],
    random_key("mark_id"),
    owner_columns()[1],
    Column("round_id", UUID, nullable=False),
    Column("submission_id", UUID, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("marked_by", BigInteger, nullable=False),
    Column("marked_at", DateTime(timezone=True), nullable=False),
    schema="business",
)
