"""Business database: webhooks and each try to tell one of them something."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Integer,
    LargeBinary,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import UUID

from services.data.metadata import Ltree, metadata, random_key


def _moment(name: str, needed: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=not needed)


webhook = Table(
    "webhook",
    metadata,
    Column("organization_id", BigInteger, primary_key=True),
    random_key("webhook_id"),
    Column("access_path", Ltree, nullable=False),
    Column("made_by", BigInteger, nullable=False),
    Column("address", Text, nullable=False),
    Column("events", ARRAY(Text), nullable=False),
    Column("secret", LargeBinary, nullable=False),
    _moment("made_at", needed=True),
    _moment("ended_at"),
    Column("ended_why", Text, nullable=False, server_default=""),
    schema="business",
)

webhook_delivery = Table(
    "webhook_delivery",
    metadata,
    Column("organization_id", BigInteger, primary_key=True),
    random_key("delivery_id"),
    Column("access_path", Ltree, nullable=False),
    Column("webhook_id", UUID, nullable=False),
    Column("position", BigInteger),
    Column("event", Text, nullable=False),
    Column("body", Text, nullable=False),
    _moment("made_at", needed=True),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    _moment("next_at", needed=True),
    _moment("tried_at"),
    Column("status", Integer),
    Column("reason", Text, nullable=False, server_default=""),
    Column("milliseconds", Integer),
    schema="business",
)

webhook_reach = Table(
    "webhook_reach",
    metadata,
    Column("is_one", Boolean, primary_key=True),
    Column("position", BigInteger, nullable=False),
    schema="base",
)
