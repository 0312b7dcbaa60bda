"""Findings of checks: totals that disagree, and how far the check of a night has come."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, DateTime, Double, Integer, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from services.data.metadata import metadata, owner_columns, random_key

finding = Table(
    "finding",
    metadata,
    owner_columns()[0],
    random_key("finding_id"),
    owner_columns()[1],
    Column("year", Integer, nullable=False),
    Column("run_id", UUID, nullable=False),
    Column("invariant", Text, nullable=False),
    Column("part", Text, nullable=False),
    Column("expected", Double, nullable=False),
    Column("found", Double, nullable=False),
    Column("found_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    Column("gone_at", DateTime(timezone=True)),
    Column("resolved_by", BigInteger),
    Column("resolved_at", DateTime(timezone=True)),
    Column("reason", Text, nullable=False),
    schema="business",
)

check_round = Table(
    "check_round",
    metadata,
    Column("day", Date, primary_key=True),
    Column("after_organization", BigInteger, nullable=False),
    Column("after_year", Integer, nullable=False),
    Column("checked", Integer, nullable=False),
    Column("findings", Integer, nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    schema="base",
)

discrepancy_entry = Table(
    "discrepancy_entry",
    metadata,
    owner_columns()[0],
    random_key("entry_id"),
    owner_columns()[1],
    Column("year", Integer, nullable=False),
    Column("estimate", Text, nullable=False),
    Column("gap_t", Double, nullable=False),
    Column("cause", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("signed_by", BigInteger, nullable=False),
    Column("signed_at", DateTime(timezone=True), nullable=False),
    schema="business",
)
