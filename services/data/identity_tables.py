"""Base database, people: who they are, where they act, and which sessions are open."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Identity,
    Integer,
    LargeBinary,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.data.metadata import Ltree, instant, metadata, random_key


def _moment(name: str, needed: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=not needed)


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
    Column("contact", Text, nullable=False),
    _moment("closed_at"),
    # When somebody last came in with both factors, and since when devices count as known.
    _moment("opened_at"),
    _moment("devices_from"),
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
    random_key("membership_id"),
    Column("person_id", BigInteger, nullable=False),
    Column("role", Text, nullable=False),
    Column("access_path", Ltree, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("granted_by", BigInteger),
    Column("delegated_from", UUID),
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
    Column("session_id", UUID, nullable=False),
    Column("address", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("stepped_up_at", DateTime(timezone=True)),
    Column("challenge", Text, nullable=False),
    Column("ended_why", Text, nullable=False),
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


second_factor = Table(
    "second_factor",
    metadata,
    random_key("factor_id"),
    Column("person_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("credential_id", LargeBinary),
    Column("counter", BigInteger, nullable=False),
    _moment("made_at", needed=True),
    _moment("confirmed_at"),
    _moment("used_at"),
    _moment("ended_at"),
    schema="base",
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("person_id", BigInteger, primary_key=True),
    Column("code_hash", Text, primary_key=True),
    _moment("made_at", needed=True),
    _moment("used_at"),
    schema="base",
)

old_password = Table(
    "old_password",
    metadata,
    Column("person_id", BigInteger, primary_key=True),
    Column("replaced_at", DateTime(timezone=True), primary_key=True),
    Column("password_hash", Text, nullable=False),
    schema="base",
)

api_token = Table(
    "api_token",
    metadata,
    random_key("token_id"),
    Column("person_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("actions", ARRAY(Text), nullable=False),
    _moment("made_at", needed=True),
    _moment("expires_at", needed=True),
    _moment("used_at"),
    _moment("ended_at"),
    schema="base",
)

api_answer = Table(
    "api_answer",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True),
    Column("operation", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    _moment("begun_at", needed=True),
    Column("status", Integer),
    Column("headers", JSONB, nullable=False, server_default="[]"),
    Column("document", Text, nullable=False, server_default=""),
    schema="base",
)

wall_device = Table(
    "wall_device",
    metadata,
    Column("organization_id", BigInteger, primary_key=True),
    random_key("wall_id"),
    Column("access_path", Ltree, nullable=False),
    Column("person_id", BigInteger, nullable=False),
    Column("membership_id", UUID, nullable=False),
    Column("name", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("invited_hash", Text, nullable=False),
    _moment("invited_until", needed=True),
    Column("token_hash", Text, nullable=False),
    _moment("expires_at", needed=True),
    Column("made_by", BigInteger, nullable=False),
    _moment("made_at", needed=True),
    _moment("enrolled_at"),
    _moment("seen_at"),
    Column("address", Text, nullable=False),
    Column("agent", Text, nullable=False),
    _moment("ended_at"),
    Column("networks", Text, nullable=False, server_default=""),
    Column("generation", Integer, nullable=False, server_default="0"),
    _moment("rotated_at"),
    _moment("taken_at"),
    Column("is_settled", Boolean, nullable=False, server_default="true"),
    Column("ended_why", Text, nullable=False, server_default=""),
    Column("invited_by", BigInteger),
    schema="base",
)

saved_view = Table(
    "saved_view",
    metadata,
    random_key("view_id"),
    Column("person_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("query", JSONB, nullable=False),
    _moment("made_at", needed=True),
    schema="base",
)

notice_acceptance = Table(
    "notice_acceptance",
    metadata,
    Column("person_id", BigInteger, primary_key=True),
    Column("version", Text, primary_key=True),
    _moment("accepted_at", needed=True),
    Column("address", Text, nullable=False),
    schema="base",
)

consent = Table(
    "consent",
    metadata,
    random_key("consent_id"),
    Column("person_id", BigInteger, nullable=False),
    Column("purpose", Text, nullable=False),
    _moment("given_at", needed=True),
    _moment("withdrawn_at"),
    schema="base",
)

retention = Table(
    "retention",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("applies_from", Date, primary_key=True),
    Column("set_at", DateTime(timezone=True), primary_key=True),
    Column("days", Integer, nullable=False),
    Column("floor_days", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("set_by", BigInteger),
    schema="base",
)
