"""Findings of checks: totals that disagree, and how far the check of a night has come."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, DateTime, Double, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.data.metadata import metadata, owner_columns, random_key

finding = Table(
    "finding",
    metadata,
    owner_columns()[0],
    random_key("finding_id"),
    owner_columns()[1],
    Column("year", Integer, nullable=False),
    # Of totals that disagree it is the run; of what a rule finds in rows it is their submission.
    Column("run_id", UUID),
    Column("submission_id", UUID),
    # The name of the rule that is broken, its version, and how grave that is.
    Column("invariant", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("severity", Text, nullable=False, server_default="error"),
    Column("part", Text, nullable=False),
    Column("expected", Double),
    Column("found", Double),
    # What was compared, with its origin; the limits used; what is said in each language.
    Column("evidence", JSONB, nullable=False, server_default="{}"),
    Column("found_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    Column("gone_at", DateTime(timezone=True)),
    Column("resolved_by", BigInteger),
    Column("resolved_at", DateTime(timezone=True)),
    Column("reason", Text, nullable=False),
    schema="business",
)

finding_clearing = Table(
    "finding_clearing",
    metadata,
    owner_columns()[0],
    random_key("clearing_id"),
    owner_columns()[1],
    Column("finding_id", UUID, nullable=False),
    Column("expected", Double),
    Column("found", Double),
    Column("version", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("cleared_by", BigInteger, nullable=False),
    Column("cleared_at", DateTime(timezone=True), nullable=False),
    schema="business",
)

check_limit = Table(
    "check_limit",
    metadata,
    owner_columns()[0],
    random_key("limit_id"),
    owner_columns()[1],
    Column("rule", Text, nullable=False),
    Column("limit", Text, nullable=False),
    Column("point", Text, nullable=False),
    Column("value", Double),
    Column("reason", Text, nullable=False),
    Column("set_by", BigInteger, nullable=False),
    Column("set_at", DateTime(timezone=True), nullable=False),
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
