"""Rows from a named view of another system's PostgreSQL database, read only (4.2 b)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    URL,
    NullPool,
    Select,
    String,
    cast,
    column,
    create_engine,
    literal_column,
    select,
    table,
)
from sqlalchemy.exc import SQLAlchemyError

from services.collection.connectors.kinds import (
    MOST_ROWS,
    ConnectorAnswerError,
    ConnectorFieldError,
    Field,
    Names,
    Period,
    Settings,
    Table,
    in_languages,
    table_of,
)
from services.outbound import HIGHEST_PORT, LONGEST_TOLD, OpenLineError, Outbound

CONNECT_SECONDS, STATEMENT_SECONDS = 5, 20.0
# A view of a schema, each a plain name: what stands here is quoted, and is no SQL.
NAME = re.compile(r"[^\W\d]\w{0,62}")
WITH_TLS, WITHOUT = "verify-full", "disable"


class View:
    """Reads `SELECT * FROM` one view in a read-only transaction with a limit of time and rows."""

    name = "sql"

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound

    @property
    def labels(self) -> Names:
        """Return what people read, by language."""
        return in_languages("connector.sql.label")

    @property
    def fields(self) -> Sequence[Field]:
        """Return where the database is, which view, and who reads it."""
        lines = [(each, in_languages(f"connector.sql.tls_{each}")) for each in (WITH_TLS, WITHOUT)]
        return (
            _field("host"),
            _field("port", is_needed=False),
            _field("database"),
            _field("view"),
            _field("year_column", is_needed=False),
            _field("tls", choices=lines),
            _field("user"),
            _field("password", is_secret=True),
        )

    def check(self, settings: Settings) -> None:
        """Raise for a database that is not reached from here, and for names that are none."""
        _parts(settings["view"])
        if settings["year_column"] and not NAME.fullmatch(settings["year_column"]):
            raise ConnectorFieldError("year_column", value=settings["year_column"][:40])
        self._addresses(settings)

    def fetch(self, settings: Settings, secrets: Settings, period: Period) -> Table:
        """Return the rows of the view, of the year alone where a column of it is named."""
        engine = create_engine(
            URL.create("postgresql+psycopg", settings["user"], secrets.get("password", "")),
            poolclass=NullPool,
            connect_args=self._connecting(settings),
        )
        try:
            with engine.connect().execution_options(postgresql_readonly=True) as connection:
                found = connection.execute(_query(settings, period))
                rows = [_row(each._asdict()) for each in found]
        except SQLAlchemyError as error:
            told = str(getattr(error, "orig", None) or error).strip().splitlines()
            detail = (told or [type(error).__name__])[0][:LONGEST_TOLD]
            raise ConnectorAnswerError(settings["host"], "database", detail=detail) from error
        return table_of(settings["host"], rows)

    def _connecting(self, settings: Settings) -> dict[str, object]:
        addresses, port = self._addresses(settings), _port(settings)
        # The addresses that were judged; the name is for the certificate alone.
        hosts = ",".join([settings["host"]] * len(addresses))
        tls = {"sslrootcert": "system"} if settings["tls"] == WITH_TLS else {}
        seconds = int(STATEMENT_SECONDS * 1_000)
        return tls | {
            "host": hosts,
            "hostaddr": ",".join(addresses),
            "port": port,
            "dbname": settings["database"],
            "sslmode": settings["tls"],
            "connect_timeout": CONNECT_SECONDS,
            "options": f"-c statement_timeout={seconds} -c default_transaction_read_only=on",
            "application_name": "shuangtan",
            # Whoever stands between may not keep us: an answer that stays away ends the line.
            "tcp_user_timeout": seconds,
        }

    def _addresses(self, settings: Settings) -> tuple[str, ...]:
        host = settings["host"]
        if not re.fullmatch(r"[\w.:-]{1,253}", host):
            raise ConnectorFieldError("host", value=host[:40])
        found = self._outbound.admitted(host, _port(settings))
        if settings["tls"] == WITHOUT and not self._outbound.is_within(found):
            raise OpenLineError(host)
        return found


def _field(name: str, **given: Any) -> Field:
    labels, hints = (in_languages(f"connector.sql.{name}{end}") for end in ("", "_hint"))
    return Field(name, labels, hints, **given)


def _port(settings: Settings) -> int:
    text = settings["port"] or "5432"
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text[:9]) <= HIGHEST_PORT:
        raise ConnectorFieldError("port", value=text[:40])
    return int(text)


def _parts(view: str) -> tuple[str | None, str]:
    """Return schema and name; ConnectorFieldError for anything but plain names."""
    schema, _, name = view.rpartition(".")
    if not NAME.fullmatch(name) or (schema and not NAME.fullmatch(schema)):
        raise ConnectorFieldError("view", value=view[:40])
    return schema or None, name


def _query(settings: Settings, period: Period) -> Select[Any]:
    schema, name = _parts(settings["view"])
    query: Select[Any] = select(literal_column("*")).select_from(table(name, schema=schema))
    if settings["year_column"]:
        year = cast(column(settings["year_column"]), String)
        query = query.where(year == str(period.first.year))
    return query.limit(MOST_ROWS + 1)


def _row(found: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): "" if value is None else str(value) for name, value in found.items()}
