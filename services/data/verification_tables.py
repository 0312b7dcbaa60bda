"""Verifications: who verifies a year, what they look at, find and say."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Double, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.data.metadata import metadata, owner_columns, random_key


def _of_verification() -> tuple[Column[Any], ...]:
    whose, where = owner_columns()
    return whose, Column("verification_id", UUID, primary_key=True), where


def _by(who: str, when: str, *, is_certain: bool = True) -> tuple[Column[Any], Column[Any]]:
    return (
        Column(who, BigInteger, nullable=not is_certain),
        Column(when, DateTime(timezone=True), nullable=not is_certain),
    )


verification = Table(
    "verification",
    metadata,
    owner_columns()[0],
    random_key("verification_id"),
    owner_columns()[1],
    Column("year", Integer, nullable=False),
    # The accepted submission that it began with; which one an opinion is about, the opinion says.
    Column("submission_id", UUID, nullable=False),
    Column("institution_id", UUID, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("note", Text, nullable=False),
    *_by("assigned_by", "assigned_at"),
    *_by("changed_by", "changed_at"),
    # Why it was withdrawn.
    Column("reason", Text, nullable=False),
    schema="business",
)

verification_member = Table(
    "verification_member",
    metadata,
    *_of_verification(),
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("is_lead", Boolean, nullable=False),
    *_by("added_by", "joined_at"),
    Column("left_at", DateTime(timezone=True)),
    schema="business",
)

verification_plan = Table(
    "verification_plan",
    metadata,
    *_of_verification(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("submission_id", UUID, nullable=False),
    Column("run_id", UUID, nullable=False),
    Column("parameters", JSONB, nullable=False),
    Column("picks", JSONB, nullable=False),
    *_by("made_by", "made_at"),
    schema="business",
)

verification_look = Table(
    "verification_look",
    metadata,
    *_of_verification(),
    Column("look_id", UUID, primary_key=True),
    Column("submission_id", UUID, nullable=False),
    # The row by what tells it from others over versions, and what it said when it was looked at.
    Column("row_key", Text, nullable=False),
    Column("row_hash", Text, nullable=False),
    Column("note", Text, nullable=False),
    *_by("looked_by", "looked_at"),
    schema="business",
)

verification_answer = Table(
    "verification_answer",
    metadata,
    *_of_verification(),
    Column("item", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("answer", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("files", ARRAY(Text), nullable=False),
    *_by("answered_by", "answered_at"),
    schema="business",
)

verification_finding = Table(
    "verification_finding",
    metadata,
    *_of_verification(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("submission_id", UUID, nullable=False),
    Column("grade", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("row_keys", ARRAY(Text), nullable=False),
    Column("files", ARRAY(Text), nullable=False),
    # Empty where the effect is not known; negative where too much was reported.
    Column("effect_t", Double),
    *_by("raised_by", "raised_at"),
    Column("answer", Text, nullable=False),
    *_by("answered_by", "answered_at", is_certain=False),
    Column("verdict", Text, nullable=False),
    *_by("closed_by", "closed_at", is_certain=False),
    schema="business",
)

verification_opinion = Table(
    "verification_opinion",
    metadata,
    *_of_verification(),
    Column("submission_id", UUID, nullable=False),
    Column("version", Integer, nullable=False),
    Column("rows_hash", Text, nullable=False),
    Column("run_id", UUID, nullable=False),
    Column("input_hash", Text, nullable=False),
    Column("total_t", Double, nullable=False),
    Column("plan", Integer, nullable=False),
    Column("form", Text, nullable=False),
    Column("conclusion", Text, nullable=False),
    Column("words", Text, nullable=False),
    *_by("issued_by", "issued_at"),
    schema="business",
)
