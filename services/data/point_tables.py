"""Collected database, dated facts of measuring points (4.2 c): the newest about a thing counts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Date, DateTime, Double, Table, Text

from services.data.metadata import metadata, owner_columns, random_key


def _of_point() -> tuple[Column[Any], ...]:
    return (
        owner_columns()[1],
        Column("device_id", BigInteger, nullable=False),
        Column("point_id", BigInteger, nullable=False),
    )


def _recorded() -> tuple[Column[Any], ...]:
    return (
        Column("recorded_by", BigInteger),
        Column("recorded_at", DateTime(timezone=True), nullable=False),
    )


# To which quantity of which source the amounts of a point go, from a day on; an empty source ends.
point_binding = Table(
    "point_binding",
    metadata,
    owner_columns()[0],
    random_key("binding_id"),
    *_of_point(),
    Column("source", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("scale", Double, nullable=False),
    Column("valid_from", Date, nullable=False),
    *_recorded(),
    schema="collected",
)

point_calibration = Table(
    "point_calibration",
    metadata,
    owner_columns()[0],
    random_key("calibration_id"),
    *_of_point(),
    Column("calibrated_on", Date, nullable=False),
    Column("next_due", Date, nullable=False),
    Column("document", Text, nullable=False),
    *_recorded(),
    schema="collected",
)

# What a counter showed last before an instant and first after it, and by how much its steps are
# multiplied from then on: it rolled over, was changed, taken away or put in.
counter_mark = Table(
    "counter_mark",
    metadata,
    owner_columns()[0],
    random_key("mark_id"),
    *_of_point(),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("kind", Text, nullable=False),
    Column("end_value", Double),
    Column("start_value", Double),
    Column("factor", Double, nullable=False),
    Column("note", Text, nullable=False),
    *_recorded(),
    schema="collected",
)
