"""Base database, people: who they are, where they act, and which sessions are open."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Identity, Integer, Table, Text

from services.data.metadata import Ltree, instant, metadata

person = Table(
    "person",
    metadata,
    Column("person_id", BigInteger, Identity(), primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("theme", Text, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("is_sample", Boolean, nullable=False),
    instant("recorded_at"),
    schema="base",
)

credential = Table(
    "credential",
    metadata,
    Column("person_id", BigInteger, primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("must_change", Boolean, nullable=False),
    instant("changed_at"),
    schema="base",
)

membership = Table(
    "membership",
    metadata,
    Column("organization_id", BigInteger, primary_key=True),
    Column("person_id", BigInteger, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("access_path", Ltree, nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    instant("recorded_at"),
    schema="base",
)

session = Table(
    "session",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("person_id", BigInteger, nullable=False),
    Column("channel", Text, nullable=False),
    Column("began_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    schema="base",
)

sign_in_guard = Table(
    "sign_in_guard",
    metadata,
    Column("login", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("locked_until", DateTime(timezone=True)),
    Column("failed_at", DateTime(timezone=True), nullable=False),
    schema="base",
)
