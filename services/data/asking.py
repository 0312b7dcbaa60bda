"""Questions asked at nearly every request: prepared once on a connection, one round trip each.

A transaction of several statements costs a round trip for each of them, for its beginning and for
its end. On a busy machine every one of these is a chance to wait for a processor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.rows import namedtuple_row
from psycopg.sql import Literal
from sqlalchemy import Select
from sqlalchemy.dialects import postgresql


@dataclass(frozen=True, slots=True)
class Question:
    """A query that connections know by a name; `parameters` are in the order of $1, $2 …"""

    name: str
    sql: str
    parameters: tuple[str, ...]


def question(name: str, query: Select[Any]) -> Question:
    """Return a query ready to be prepared under a name."""
    numbered = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
    compiled = query.compile(dialect=numbered)
    return Question(name, str(compiled), tuple(compiled.positiontup or ()))


def prepare(connection: Connection[Any], asked: Question) -> None:
    """Let a connection know the question, before a transaction begins."""
    # The text is one compiled here from our own tables, and holds no value of anybody.
    connection.execute(f"PREPARE {asked.name} AS {asked.sql}".encode())


def answers(
    connection: Connection[Any], scope: str, asked: Question, values: Mapping[str, object]
) -> list[Any]:
    """Return the rows as named tuples, read in a transaction of its own bound by `scope`."""
    given = ", ".join(Literal(values[name]).as_string(connection) for name in asked.parameters)
    cursor = connection.cursor(row_factory=namedtuple_row)
    values_given = f"({given})" if given else ""
    statements = f"BEGIN READ ONLY; {scope}; EXECUTE {asked.name}{values_given}; COMMIT"
    cursor.execute(statements.encode())
    while cursor.description is None:
        cursor.nextset()
    return cursor.fetchall()
