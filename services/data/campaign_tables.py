"""Campaigns, whom they call, their reminders, checks of drafts, and messages to organizations."""

from __future__ import annotations

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, DateTime, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.data.metadata import Ltree, metadata, owner_columns, random_key

campaign = Table(
    "campaign",
    metadata,
    # Its owner is who issued it: a bureau, a park or a group.
    owner_columns()[0],
    random_key("campaign_id"),
    owner_columns()[1],
    Column("name", Text, nullable=False),
    Column("year", Integer, nullable=False),
    # Empty where each firm keeps its own method.
    Column("method", Text, nullable=False),
    Column("opens_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("instruction", Text, nullable=False),
    # So many days before it is due who is late is reminded.
    Column("remind_days", ARRAY(Integer), nullable=False),
    Column("needs_check", Boolean, nullable=False),
    Column("opened_by", BigInteger, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("closed_by", BigInteger),
    Column("closed_at", DateTime(timezone=True)),
    schema="business",
)

campaign_call = Table(
    "campaign_call",
    metadata,
    owner_columns()[0],
    Column("campaign_id", UUID, primary_key=True),
    owner_columns()[1],
    Column("issued_at_path", Ltree, nullable=False),
    Column("year", Integer, nullable=False),
    Column("method", Text, nullable=False),
    Column("needs_check", Boolean, nullable=False),
    schema="business",
)

campaign_reminder = Table(
    "campaign_reminder",
    metadata,
    owner_columns()[0],
    Column("campaign_id", UUID, primary_key=True),
    Column("days_before", Integer, primary_key=True, autoincrement=False),
    owner_columns()[1],
    Column("sent_at", DateTime(timezone=True), nullable=False),
    schema="business",
)

draft_check = Table(
    "draft_check",
    metadata,
    owner_columns()[0],
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    owner_columns()[1],
    Column("comment", Text, nullable=False),
    Column("checked_by", BigInteger, nullable=False),
    Column("checked_at", DateTime(timezone=True), nullable=False),
    schema="business",
)

message = Table(
    "message",
    metadata,
    owner_columns()[0],
    random_key("message_id"),
    owner_columns()[1],
    # Empty where it is for everybody who works on the organization's data.
    Column("person_id", BigInteger),
    Column("kind", Text, nullable=False),
    Column("told", JSONB, nullable=False),
    Column("link", Text, nullable=False),
    # Of two messages about the same occasion only the first is kept.
    Column("occasion", Text, nullable=False),
    Column("sent_at", DateTime(timezone=True), nullable=False),
    schema="business",
)

message_reading = Table(
    "message_reading",
    metadata,
    owner_columns()[0],
    Column("message_id", UUID, primary_key=True),
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    owner_columns()[1],
    Column("read_at", DateTime(timezone=True), nullable=False),
    schema="business",
)
