"""Collected database, telemetry (4.2 c, 4.4 b): devices, their messages and readings."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    Identity,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE

from services.data.metadata import metadata, owner_columns

device = Table(
    "device",
    metadata,
    owner_columns()[0],
    Column("device_id", BigInteger, Identity(), primary_key=True),
    owner_columns()[1],
    Column("code", Text, nullable=False),
    Column("gateway", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("interval_s", Integer, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("registered_by", BigInteger),
    Column("registered_at", DateTime(timezone=True), nullable=False),
    Column("retired_at", DateTime(timezone=True)),
    Column("replaces", BigInteger),
    Column("protocol", Text, nullable=False, server_default="signed"),
    schema="collected",
)

point = Table(
    "point",
    metadata,
    owner_columns()[0],
    Column("point_id", BigInteger, Identity(), primary_key=True),
    owner_columns()[1],
    Column("device_id", BigInteger, nullable=False),
    Column("code", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("kind", Text, nullable=False),
    schema="collected",
)

message = Table(
    "message",
    metadata,
    owner_columns()[0],
    Column("device_id", BigInteger, primary_key=True),
    Column("boot", Text, primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    owner_columns()[1],
    Column("message_id", BigInteger, Identity(), nullable=False),
    Column("stream", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("historical", Boolean, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("integrity", Text, nullable=False, server_default="signed"),
    Column("gateway_at", DateTime(timezone=True)),
    schema="collected",
)

# Range-partitioned by taken_at, one partition a month; no key, for a key costs 4 to 8 times the
# speed of loading: a message is recognized by the key above, written in the same transaction.
reading = Table(
    "reading",
    metadata,
    Column("organization_id", BigInteger, nullable=False),
    owner_columns()[1],
    Column("device_id", BigInteger, nullable=False),
    Column("point_id", BigInteger, nullable=False),
    Column("taken_at", DateTime(timezone=True), nullable=False),
    Column("value", Double, nullable=False),
    Column("quality", SmallInteger, nullable=False),
    Column("time_quality", SmallInteger, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    schema="collected",
)

latest_reading = Table(
    "latest_reading",
    metadata,
    owner_columns()[0],
    Column("device_id", BigInteger, primary_key=True),
    Column("point_id", BigInteger, primary_key=True),
    owner_columns()[1],
    Column("taken_at", DateTime(timezone=True), nullable=False),
    Column("value", Double, nullable=False),
    Column("quality", SmallInteger, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    schema="collected",
)

quarantine = Table(
    "quarantine",
    metadata,
    owner_columns()[0],
    Column("digest", LargeBinary, primary_key=True),
    owner_columns()[1],
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Column("first_at", DateTime(timezone=True), nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
    Column("arrivals", BigInteger, nullable=False),
    Column("redriven_at", DateTime(timezone=True)),
    schema="collected",
)

device_clock = Table(
    "device_clock",
    metadata,
    owner_columns()[0],
    Column("device_id", BigInteger, primary_key=True),
    owner_columns()[1],
    Column("lags", ARRAY(Double), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    schema="collected",
)

# Of the receipts of one start of a device, which messages they named; noted a little later than
# sent, so that a reading whose receipt left may still count as stored alone, never the reverse.
receipt = Table(
    "receipt",
    metadata,
    owner_columns()[0],
    Column("device_id", BigInteger, primary_key=True),
    Column("boot", Text, primary_key=True),
    owner_columns()[1],
    Column("sequences", INT8MULTIRANGE, nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
    schema="collected",
)
