"""Tables of alerts, of the limits of measuring points, and of what checks remember (4.2 c, 4.6)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    Integer,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, JSONB, UUID

from services.data.metadata import metadata, owner_columns, random_key


def _moment(name: str, *, needed: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=not needed)


alert = Table(
    "alert",
    metadata,
    owner_columns()[0],
    random_key("alert_id"),
    owner_columns()[1],
    Column("rule", Text, nullable=False),
    Column("rule_version", Integer, nullable=False),
    Column("severity", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("state", Text, nullable=False),
    _moment("opened_at", needed=True),
    # Since when nobody has taken notice: of being opened, or of coming back.
    _moment("waiting_since", needed=True),
    _moment("seen_at", needed=True),
    _moment("clear_since"),
    Column("occurrences", BigInteger, nullable=False),
    Column("owner_id", BigInteger),
    _moment("escalated_at"),
    _moment("resolved_at"),
    Column("resolved_by", BigInteger),
    schema="business",
)

alert_event = Table(
    "alert_event",
    metadata,
    owner_columns()[0],
    random_key("event_id"),
    owner_columns()[1],
    Column("alert_id", UUID, nullable=False),
    Column("kind", Text, nullable=False),
    _moment("at", needed=True),
    Column("made_by", BigInteger),
    Column("owner_id", BigInteger),
    Column("body", Text, nullable=False, server_default=""),
    schema="business",
)

alert_evidence = Table(
    "alert_evidence",
    metadata,
    owner_columns()[0],
    Column("alert_id", UUID, primary_key=True),
    owner_columns()[1],
    Column("subject", JSONB, nullable=False),
    Column("first_seen", JSONB, nullable=False),
    Column("last_seen", JSONB, nullable=False),
    schema="business",
)

point_limit = Table(
    "point_limit",
    metadata,
    owner_columns()[0],
    random_key("limit_id"),
    owner_columns()[1],
    Column("device_id", BigInteger, nullable=False),
    Column("point_id", BigInteger, nullable=False),
    Column("low", Double),
    Column("high", Double),
    Column("margin", Double, nullable=False),
    Column("change_per_minute", Double),
    Column("same_readings", Integer),
    Column("late_s", Integer),
    Column("silent_reports", Integer),
    Column("severity", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("recorded_by", BigInteger),
    _moment("recorded_at", needed=True),
    schema="collected",
)

# The newest reading that was checked of a point, and how many in a row were the same as it.
point_check = Table(
    "point_check",
    metadata,
    owner_columns()[0],
    Column("point_id", BigInteger, primary_key=True, autoincrement=False),
    owner_columns()[1],
    _moment("last_at", needed=True),
    Column("last_value", Double, nullable=False),
    Column("same_readings", BigInteger, nullable=False),
    schema="collected",
)

watch_progress = Table(
    "watch_progress",
    metadata,
    Column("is_one", Boolean, primary_key=True),
    Column("settled", BigInteger, nullable=False),
    Column("middle", BigInteger, nullable=False),
    _moment("middle_at", needed=True),
    Column("newest", BigInteger, nullable=False),
    Column("missing", INT8MULTIRANGE, nullable=False, server_default="{}"),
    schema="base",
)

notice_wish = Table(
    "notice_wish",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("address", Text, nullable=False),
    # From which severity on; empty for none.
    Column("severity", Text, nullable=False),
    Column("quiet_from", SmallInteger),
    Column("quiet_until", SmallInteger),
    _moment("changed_at", needed=True),
    schema="base",
)

alert_mail = Table(
    "alert_mail",
    metadata,
    owner_columns()[0],
    random_key("mail_id"),
    owner_columns()[1],
    Column("person_id", BigInteger, nullable=False),
    Column("alert_id", UUID, nullable=False),
    Column("kind", Text, nullable=False),
    _moment("due_at", needed=True),
    Column("tries", Integer, nullable=False, server_default="0"),
    _moment("sent_at"),
    Column("given_up", Boolean, nullable=False, server_default="false"),
    schema="business",
)
