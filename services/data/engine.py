"""The connection to PostgreSQL: every transaction carries its scope, and none means no rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from select import POLLIN, poll
from typing import Any

from psycopg import OperationalError
from psycopg.errors import InvalidSqlStatementName
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, create_engine, event, pool
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError

from services.data.arrays import Array, ArrayDumper
from services.data.asking import Question, answers, prepare
from services.data.orders import Order, carry_out
from services.data.work import EVERY_ENGAGEMENT, Scope, Seals, Work
from services.errors import PlatformError
from services.labels import EVERYTHING

APP_ROLE = "shuangtan_app"
ROOT_PATH = "cn"
# For processes of the platform itself: finding jobs, loading base data. Never for a person.
SYSTEM_SCOPE = Scope((ROOT_PATH,), readable=EVERYTHING, engagements=EVERY_ENGAGEMENT)
_PATH = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*")
# The questions that a connection has been told.
KNOWN = "shuangtan.questions"
_DATA_SET = re.compile(r"[a-z_]+")
_ENGAGEMENT = re.compile(r"[0-9a-f-]{36}")
_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]*")


class ScopeError(PlatformError):
    """A place path holds characters that cannot be part of one."""

    text_key = "scope"


class DatabaseRoleError(PlatformError):
    """The role of the application could switch off row-level security."""

    text_key = "database_role"


class Database:
    """A pool of connections that act as the application's role, which owns nothing."""

    def __init__(
        self,
        url: str,
        app_role: str = APP_ROLE,
        pool_size: int = 5,
        sealing: Seals | None = None,
    ) -> None:
        if not _IDENTIFIER.fullmatch(app_role):
            raise DatabaseRoleError("app_role", value=app_role)
        self._role, self._sealing = app_role, sealing
        self._engine = create_engine(driver_url(url), pool_size=pool_size, max_overflow=5)
        event.listen(self._engine, "connect", self._become_app)
        event.listen(self._engine, "checkout", _refuse_dead)

    @property
    def engine(self) -> Engine:
        """Return the pool itself, for tests and measurements; use cases take `work`."""
        return self._engine

    @contextmanager
    def work(self, scope: Scope) -> Iterator[Work]:
        """Open a transaction that sees only the scope; leaving without commit undoes all."""
        with self._connected() as connection:
            # One round trip opens the transaction and binds it. The statement form is what
            # reaches the shards of Citus; set_config() does not.
            connection.exec_driver_sql(f"BEGIN; {scope_statements(scope)}")
            yield Work(connection, seals=self._sealing)

    def ask(self, scope: Scope, asked: Question, **values: object) -> list[Any]:
        """Return the rows that answer a question, as named tuples; nothing can be changed by it."""
        with self._connected() as connection:
            driver: Any = connection.connection.driver_connection
            known = connection.info.setdefault(KNOWN, set())
            if asked.name not in known:
                prepare(driver, asked)
                known.add(asked.name)
            try:
                return answers(driver, scope_statements(scope), asked, values)
            except InvalidSqlStatementName:
                # After a DROP, and a ROLLBACK of its own, the driver lets all be forgotten.
                _undo(connection)
                known.clear()
                prepare(driver, asked)
                known.add(asked.name)
                return answers(driver, scope_statements(scope), asked, values)

    def carry_out(self, scope: Scope, given: Sequence[Order]) -> None:
        """Carry out statements in one transaction and one round trip, all of them or none.

        OrdersRefusedError says that the server would not; DisconnectionError that it is away.
        """
        with self._connected() as connection:
            driver: Any = connection.connection.driver_connection
            try:
                carry_out(driver, scope_statements(scope).split("; "), given)
            finally:
                if driver.closed:
                    connection.invalidate()

    def dispose(self) -> None:
        """Close every pooled connection, after a fork or at the end."""
        self._engine.dispose()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            try:
                yield connection
            finally:
                _undo(connection)

    def _become_app(self, connection: Any, _record: object) -> None:
        # work() opens transactions itself, in the same round trip as the scope.
        connection.autocommit = True
        connection.adapters.register_dumper(Array, ArrayDumper)
        with connection.cursor() as cursor:
            cursor.execute(f'SET ROLE "{self._role}"')
            # Whoever signed in could go back from the role to what it is itself.
            cursor.execute(
                "SELECT bool_or(rolsuper OR rolbypassrls) FROM pg_roles"
                " WHERE rolname IN (current_user, session_user)"
            )
            row = cursor.fetchone()
        if row is None or row[0]:
            raise DatabaseRoleError("DATABASE_URL", value=self._role)


def _undo(connection: Connection) -> None:
    """Undo what was not committed, beside the driver.

    At a ROLLBACK of its own the driver forgets what it has prepared, and our questions with it.
    Most reads end with one, and each query would be planned anew, with the policies of its tables.
    """
    if connection.closed or connection.invalidated:
        return
    driver: Any = connection.connection.driver_connection
    if driver.pgconn.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
        driver.pgconn.exec_(b"ROLLBACK")


def _refuse_dead(connection: Any, _record: object, _proxy: object) -> None:
    """Try a connection before it is used when its server has said something; the pool replaces it.

    A server that ends a connection closes its end, which makes the socket readable. Looking costs
    nothing; asking every time would be one more round trip for every transaction.
    """
    waiting = poll()
    waiting.register(connection.fileno(), POLLIN)
    if not waiting.poll(0):
        return
    try:
        connection.execute("SELECT 1")
    except OperationalError as error:
        raise DisconnectionError("The server has closed the connection.") from error


@contextmanager
def owner_work(owner_url: str, scope: Scope = SYSTEM_SCOPE) -> Iterator[Work]:
    """Open a transaction as the owner, for base data and removal; row security holds it too."""
    engine = create_engine(driver_url(owner_url), poolclass=pool.NullPool)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(scope_statements(scope))
            yield Work(connection)
    finally:
        engine.dispose()


def driver_url(url: str) -> str:
    """Return the address with the driver we ship, whatever short form was given."""
    parsed = make_url(url)
    if parsed.get_backend_name() not in ("postgresql", "postgres"):
        raise DatabaseRoleError("DATABASE_URL", value=parsed.get_backend_name())
    return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def scope_statements(scope: Scope) -> str:
    """Return the statements that bind a transaction to a scope, safely quoted."""
    person = "" if scope.person_id is None else str(int(scope.person_id))
    settings = {"access": _paths(scope.access_paths), "person": person}
    if scope.access_paths:
        # The first alone, so that a row of it is known without a search (protection.in_scope).
        settings["place"] = _paths(scope.access_paths[:1])
    closed = dict(scope.readable.closed)
    # Between spaces, and marked where some places are closed (protection.open_to_reader).
    said = [_data_set(n) + ("!" if n in closed else "") for n in scope.readable.data_sets]
    if said:
        settings["readable"] = f" {' '.join(said)} "
    if scope.engagements:
        settings["engagements"] = " ".join(map(_engagement, scope.engagements))
    for name, paths in closed.items():
        settings[f"closed_{_data_set(name)}"] = _paths(paths)
    return "; ".join(f"SET LOCAL app.{name} = '{value}'" for name, value in settings.items())


def _paths(paths: tuple[str, ...]) -> str:
    for path in paths:
        if not _PATH.fullmatch(path):
            raise ScopeError("access_path", value=path)
    return " ".join(paths)


def _engagement(name: str) -> str:
    if (name,) != EVERY_ENGAGEMENT and not _ENGAGEMENT.fullmatch(name):
        raise ScopeError("engagement", value=name)
    return name


def _data_set(name: str) -> str:
    if not _DATA_SET.fullmatch(name):
        raise ScopeError("data_set", value=name)
    return name
