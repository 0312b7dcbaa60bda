"""Statements whose answers nobody needs: one transaction and one round trip for all of them.

Each round trip is a chance to wait for a processor, and the server waits meanwhile for us.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from psycopg import Connection, DatabaseError, InterfaceError, OperationalError
from sqlalchemy import TextClause
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DisconnectionError

from services.errors import PlatformError


class OrdersRefusedError(PlatformError):
    """The database answers, and does not carry these statements out."""

    text_key = "rows_refused"


class Order(NamedTuple):
    """A statement with its values by name."""

    statement: TextClause
    values: Mapping[str, object]


def carry_out(connection: Connection[Any], scope: Sequence[str], orders: Sequence[Order]) -> None:
    """Carry out all within a scope and commit; OrdersRefusedError with nothing done."""
    try:
        with connection.pipeline():
            for words in ("BEGIN", *scope):
                connection.execute(words.encode())
            for order in orders:
                connection.execute(_spelled(order.statement), order.values, prepare=True)
            connection.execute(b"COMMIT")
    except (OperationalError, InterfaceError) as error:
        raise DisconnectionError(type(error).__name__) from error
    except DatabaseError as error:
        raise OrdersRefusedError(reason=str(error)[:200]) from error


_DIALECT: Any = PGDialect_psycopg()  # type: ignore[no-untyped-call]


@lru_cache(64)
def _spelled(statement: TextClause) -> bytes:
    return str(statement.compile(dialect=_DIALECT)).encode()
