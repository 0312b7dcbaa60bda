"""What reviewers say of single rows, and accepted years that were opened to be corrected."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, Integer, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from services.data.metadata import metadata, owner_columns, random_key

row_comment = Table(
    "row_comment",
    metadata,
    owner_columns()[0],
    random_key("comment_id"),
    owner_columns()[1],
    Column("year", Integer, nullable=False),
    Column("submission_id", UUID, nullable=False),
    # The row by what tells it from others, so that a comment stays with it over versions.
    Column("row_key", Text, nullable=False),
    Column("line", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("made_by", BigInteger, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("answer", Text, nullable=False),
    Column("answered_by", BigInteger),
    Column("answered_at", DateTime(timezone=True)),
    Column("settled_by", BigInteger),
    Column("settled_at", DateTime(timezone=True)),
    schema="business",
)

correction = Table(
    "correction",
    metadata,
    owner_columns()[0],
    # The accepted submission that a new version will correct.
    Column("submission_id", UUID, primary_key=True),
    owner_columns()[1],
    Column("year", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("opened_by", BigInteger, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    schema="business",
)
