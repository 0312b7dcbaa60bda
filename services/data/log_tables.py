"""Base database: the transparency log, its leaves, tree and signed checkpoints."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Identity, Integer, LargeBinary, Table, Text
from sqlalchemy.types import UserDefinedType

from services.data.metadata import Ltree, instant, metadata


class TransactionId(UserDefinedType[str]):
    """The number of a transaction, which never comes back: xid8."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        """Return the name of the type in SQL."""
        return "xid8"


log_leaf = Table(
    "log_leaf",
    metadata,
    Column("leaf_id", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("access_path", Ltree, nullable=False),
    Column("salt", LargeBinary),
    Column("commitment", LargeBinary, nullable=False),
    Column("xid", TransactionId, nullable=False),
    instant("recorded_at"),
    schema="base",
)

log_entry = Table(
    "log_entry",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("leaf_id", BigInteger, nullable=False, unique=True),
    Column("hash", LargeBinary, nullable=False),
    schema="base",
)

log_node = Table(
    "log_node",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    schema="base",
)

log_checkpoint = Table(
    "log_checkpoint",
    metadata,
    Column("checkpoint_id", BigInteger, Identity(always=True), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("sealed_before", TransactionId, nullable=False),
    Column("note", Text, nullable=False),
    instant("sealed_at"),
    schema="base",
)

log_key = Table(
    "log_key",
    metadata,
    Column("key", Text, primary_key=True),
    Column("origin", Text, nullable=False),
    instant("began_at"),
    schema="base",
)

log_cosignature = Table(
    "log_cosignature",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, primary_key=True),
    Column("witness", Text, primary_key=True),
    Column("line", Text, nullable=False),
    Column("cosigned_at", DateTime(timezone=True), nullable=False),
    schema="base",
)
