"""The one collection of tables and the column types they share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, MetaData, func
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.types import UserDefinedType

SCHEMAS = ("base", "collected", "business", "statistics")
metadata = MetaData()


class Ltree(UserDefinedType[str]):
    """A path of labels, as the extension ltree keeps it."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        """Return the name of the type in SQL."""
        return "ltree"


def owner_columns() -> tuple[Column[Any], Column[Any]]:
    """Return what each table with organization data starts with: whose row, and where."""
    return (
        Column("organization_id", BigInteger, primary_key=True, autoincrement=False),
        Column("access_path", Ltree, nullable=False),
    )


def instant(name: str) -> Column[Any]:
    """Return a column for an instant that is set when the row is written."""
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())


def random_key(name: str) -> Column[Any]:
    """Return the second part of a key: a random uuid, so that nobody can count on."""
    return Column(name, UUID, primary_key=True, server_default=func.gen_random_uuid())
