"""Whole columns as PostgreSQL takes them in binary: one parameter, however many rows there are.

The driver would write each value of a list on its own, which costs several times what the database
does with it. The form is that of array_recv() in the server's source: dimensions, whether there
are NULLs, the type, the length, the first index; then each value after its length in bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from psycopg.adapt import Dumper
from psycopg.pq import Format

from services.instants import EPOCH

_HEAD = struct.Struct("!iiIii")
_LENGTH = struct.Struct("!i")
_INSTANT = struct.Struct("!iq")
_NULL = _LENGTH.pack(-1)
# Microseconds from the beginning of 1970 to that of 2000, where PostgreSQL begins.
_FROM_2000 = 946_684_800_000_000


@dataclass(frozen=True, slots=True)
class Array:
    """A column ready to be sent; `oid` is the type of the array."""

    oid: int
    content: bytes


class ArrayDumper(Dumper):
    """Hands a ready column to the driver as it is."""

    format = Format.BINARY

    def __init__(self, cls: type, context: Any = None, oid: int = 0) -> None:
        super().__init__(cls, context)
        self.oid = oid

    def get_key(self, obj: Any, format: Any) -> Any:
        """Return what columns of one type have in common."""
        return (Array, obj.oid)

    def upgrade(self, obj: Any, format: Any) -> Dumper:
        """Return the dumper of a type of column."""
        return ArrayDumper(Array, None, obj.oid)

    def dump(self, obj: Any) -> bytes:
        """Return the column."""
        content: bytes = obj.content
        return content


def bigints(values: ArrayLike) -> Array:
    """Return whole numbers of 64 bits."""
    return _fixed(values, ">i8", (20, 1016))


def integers(values: ArrayLike) -> Array:
    """Return whole numbers of 32 bits."""
    return _fixed(values, ">i4", (23, 1007))


def smallints(values: ArrayLike) -> Array:
    """Return whole numbers of 16 bits."""
    return _fixed(values, ">i2", (21, 1005))


def doubles(values: ArrayLike) -> Array:
    """Return floating numbers, every digit kept."""
    return _fixed(values, ">f8", (701, 1022))


def booleans(values: ArrayLike) -> Array:
    """Return truth values."""
    return _fixed(values, ">i1", (16, 1000))


def instants(milliseconds: ArrayLike) -> Array:
    """Return instants given in milliseconds since 1970."""
    microseconds = np.asarray(milliseconds, dtype=np.int64) * 1000 - _FROM_2000
    return _fixed(microseconds, ">i8", (1184, 1185))


def moments(values: Sequence[datetime | None]) -> Array:
    """Return instants, some of them unknown; the same one may come many times."""
    has_null = None in values
    return _joined(map(_moment, values), len(values), has_null, (1184, 1185))


def texts(values: Sequence[str]) -> Array:
    """Return texts, few of them different."""
    return _joined(map(_text, values), len(values), False, (25, 1009))


def bytestrings(values: Sequence[bytes]) -> Array:
    """Return strings of bytes."""
    items = (_LENGTH.pack(len(value)) + value for value in values)
    return _joined(items, len(values), False, (17, 1001))


@lru_cache(4096)
def _text(value: str) -> bytes:
    content = value.encode()
    return _LENGTH.pack(len(content)) + content


@lru_cache(4096)
def _moment(value: datetime | None) -> bytes:
    if value is None:
        return _NULL
    passed = value - EPOCH
    microseconds = (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds
    return _INSTANT.pack(_INSTANT.size - _LENGTH.size, microseconds - _FROM_2000)


def _fixed(values: ArrayLike, kind: str, oids: tuple[int, int]) -> Array:
    given = np.asarray(values)
    rows = np.empty(len(given), dtype=[("length", ">i4"), ("value", kind)])
    rows["length"], rows["value"] = rows.dtype["value"].itemsize, given
    return Array(oids[1], _head(len(given), False, oids[0]) + rows.tobytes())


def _joined(items: Iterable[bytes], count: int, has_null: bool, oids: tuple[int, int]) -> Array:
    return Array(oids[1], _head(count, has_null, oids[0]) + b"".join(items))


def _head(count: int, has_null: bool, oid: int) -> bytes:
    return _HEAD.pack(1, has_null, oid, count, 1)
