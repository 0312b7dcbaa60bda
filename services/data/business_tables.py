"""Business database (4.4 c): drafts, decisions, runs, jobs, reports and the audit trail."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Integer,
    LargeBinary,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON, JSONB, UUID

from services.data.metadata import instant, metadata, owner_columns, random_key

draft = Table(
    "draft",
    metadata,
    owner_columns()[0],
    Column("year", Integer, primary_key=True, autoincrement=False),
    owner_columns()[1],
    Column("method", Text, nullable=False),
    Column("rows", JSONB, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("edited_by", BigInteger, nullable=False),
    Column("edited_at", DateTime(timezone=True), nullable=False),
    # Whoever changed rows since there were none.
    Column("editors", ARRAY(BigInteger), nullable=False, server_default="{}"),
    schema="business",
)

import_layout = Table(
    "import_layout",
    metadata,
    owner_columns()[0],
    Column("fingerprint", Text, primary_key=True),
    owner_columns()[1],
    Column("columns", JSONB, nullable=False),
    Column("saved_by", BigInteger, nullable=False),
    Column("saved_at", DateTime(timezone=True), nullable=False),
    schema="business",
)

balance_draft = Table(
    "balance_draft",
    metadata,
    owner_columns()[0],
    Column("year", Integer, primary_key=True, autoincrement=False),
    owner_columns()[1],
    Column("rows", JSONB, nullable=False),
    Column("document", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("edited_by", BigInteger, nullable=False),
    Column("edited_at", DateTime(timezone=True), nullable=False),
    schema="business",
)

decision = Table(
    "decision",
    metadata,
    owner_columns()[0],
    Column("submission_id", UUID, primary_key=True),
    owner_columns()[1],
    Column("state", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("decided_by", BigInteger, nullable=False),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    schema="business",
)

run = Table(
    "run",
    metadata,
    owner_columns()[0],
    random_key("run_id"),
    owner_columns()[1],
    Column("submission_id", UUID, nullable=False),
    Column("year", Integer, nullable=False),
    Column("period_start", Date, nullable=False),
    Column("period_end", Date, nullable=False),
    Column("method", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("known_on", Date, nullable=False),
    Column("gwp_set", Text, nullable=False),
    Column("input_hash", Text, nullable=False),
    Column("supersedes", UUID),
    Column("total_t", Double, nullable=False),
    Column("direct_t", Double, nullable=False),
    Column("indirect_t", Double, nullable=False),
    Column("deducted_t", Double, nullable=False),
    Column("memo", JSONB, nullable=False),
    Column("warnings", JSONB, nullable=False),
    Column("restates", UUID),
    Column("bridge", JSON, nullable=False),
    Column("batch", UUID),
    # Empty where it was computed from the records of its submission.
    Column("own_records", JSON),
    Column("missing", JSON, nullable=False),
    Column("completeness", Double, nullable=False),
    Column("estimated_share", Double),
    # Empty where no line is of a month.
    Column("by_month", JSONB(none_as_null=True)),
    # Over its lines as services/data/line_digest.py has them; empty before there was a log.
    Column("lines_digest", Text),
    Column("computed_by", BigInteger, nullable=False),
    Column("computed_at", DateTime(timezone=True), nullable=False),
    schema="business",
)

heat_power_split = Table(
    "heat_power_split",
    metadata,
    owner_columns()[0],
    Column("submission_id", UUID, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    owner_columns()[1],
    Column("year", Integer, nullable=False),
    Column("heat_supplied", Double, nullable=False),
    Column("heat_generated", Double, nullable=False),
    Column("power_supplied", Double, nullable=False),
    Column("recorded_by", BigInteger, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    schema="business",
)

run_pointer = Table(
    "run_pointer",
    metadata,
    owner_columns()[0],
    Column("year", Integer, primary_key=True, autoincrement=False),
    owner_columns()[1],
    Column("current_run", UUID, nullable=False),
    Column("filed_run", UUID),
    Column("revision", Integer, nullable=False),
    schema="business",
)

job = Table(
    "job",
    metadata,
    owner_columns()[0],
    random_key("job_id"),
    owner_columns()[1],
    Column("kind", Text, nullable=False),
    Column("arguments", JSONB, nullable=False),
    Column("effect_key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("lease_until", DateTime(timezone=True), nullable=False),
    Column("progress", Double, nullable=False),
    Column("result", JSONB, nullable=False),
    Column("error", JSONB, nullable=False),
    Column("stop_asked", Boolean, nullable=False),
    Column("ordered_by", BigInteger, nullable=False),
    Column("ordered_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    schema="business",
)

report = Table(
    "report",
    metadata,
    owner_columns()[0],
    random_key("report_id"),
    owner_columns()[1],
    Column("run_id", UUID, nullable=False),
    Column("job_id", UUID, nullable=False),
    Column("language", Text, nullable=False),
    Column("template_version", Text, nullable=False),
    Column("made_by", BigInteger, nullable=False),
    instant("made_at"),
    schema="business",
)

report_file = Table(
    "report_file",
    metadata,
    owner_columns()[0],
    Column("report_id", UUID, primary_key=True),
    Column("format", Text, primary_key=True),
    owner_columns()[1],
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    schema="business",
)

audit_event = Table(
    "audit_event",
    metadata,
    owner_columns()[0],
    random_key("event_id"),
    owner_columns()[1],
    Column("person_id", BigInteger),
    Column("action", Text, nullable=False),
    Column("resource", Text, nullable=False),
    Column("before", JSONB, nullable=False),
    Column("after", JSONB, nullable=False),
    Column("channel", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("address", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("before_digest", Text, nullable=False),
    Column("after_digest", Text, nullable=False),
    schema="business",
)
