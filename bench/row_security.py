"""What row security by place and by label costs, against the same queries without it.

A province of 500 firms with 300,000 emission lines and a month of readings. Each query runs in
turn through the platform's own connection within the scope of the province's officer, and through
the same connection as a superuser whom row security does not hold and who sets no scope: same SQL,
same rows, alternating; a round compares the two, and what is printed is the median of the rounds.
Goal: at most 15 % more for each of the platform's own queries. What has no goal shows what a row
costs, which the platform never asks in such a way, and what it costs to open a unit of work with
its scope, which is done once for all of its queries.

Run: python3 run.py bench row_security
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from services.data.engine import Database
from services.data.statistics_tables import emission_line
from services.data.work import Scope, Work
from services.labels import DataSet, Readable
from services.preparation import bring_up_to_date
from workers.embedded.postgres import LOGIN, OWNER, SUPERUSER, Postgres

FIRMS, LINES, READINGS, ROUNDS, GOAL = 500, 600, 200_000, 21, 0.15
PLACE = "cn.p320000"
RUN = "md5('run' || f)::uuid"
FILL = (
    "SET session_replication_role = replica",
    f"""
    INSERT INTO base.organization (organization_id, public_id, kind, code, access_path, name_zh,
        name_en, sort_order, industry_code, factor_region, method, is_sample)
    SELECT f, gen_random_uuid(), 'enterprise', 'B' || f, ('{PLACE}.o' || f)::ltree, '', '', 0, '',
        '320000', '', false FROM generate_series(20000001, 20000000 + {FIRMS}) AS f
    """,
    f"""
    INSERT INTO business.run_pointer (organization_id, year, access_path, current_run, filed_run,
        revision) SELECT f, 2023, ('{PLACE}.o' || f)::ltree, {RUN}, {RUN}, 1
    FROM generate_series(20000001, 20000000 + {FIRMS}) AS f
    """,
    f"""
    INSERT INTO statistics.emission_line (organization_id, run_id, access_path, year, line, record,
        source, item, gas, gas_t, gwp, co2e_t, emission_scope, sign, formula, inputs, warnings)
    SELECT f, {RUN}, ('{PLACE}.o' || f)::ltree, 2023, n, n, 'fuel', 'coke', 'CO2', n, 1, n,
        'direct', 1, 'combustion', '[]', '[]'
    FROM generate_series(20000001, 20000000 + {FIRMS}) AS f, generate_series(0, {LINES} - 1) AS n
    """,
    "SELECT collected.ensure_reading_month('2026-05-01')",
    f"""
    INSERT INTO collected.reading (organization_id, access_path, device_id, point_id, taken_at,
        value, message_id, quality, time_quality)
    SELECT 20000001, '{PLACE}.o20000001', 1, 1 + n % 4,
        timestamptz '2026-05-01 00:00+00' + n * interval '10 seconds', n, 1, 0, 0
    FROM generate_series(0, {READINGS} - 1) AS n
    """,
    "SET session_replication_role = origin",
    "VACUUM ANALYZE",  # as it is kept: an index of blocks sums up those that were filled
)
OPEN = Readable(tuple(sorted(set(DataSet))))
# Somewhere else one firm's data are important: rows are then looked at one by one.
CLOSED = Readable(OPEN.data_sets, tuple((name, ("cn.p110000.o1",)) for name in OPEN.data_sets))
ONE_RUN = select(emission_line).where(
    emission_line.c.organization_id == 20000007, emission_line.c.run_id == "{run}"
)


@dataclass(frozen=True, slots=True)
class Query:
    """One query of the platform: its name, its SQL, how often a round asks it, and its goal."""

    name: str
    sql: str
    times: int
    has_goal: bool = True


QUERIES = (
    Query(
        "the 600 lines of a result",
        str(ONE_RUN.order_by(emission_line.c.line).compile(
            dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}  # type: ignore[no-untyped-call]
        )).replace("'{run}'", "md5('run' || 20000007)::uuid"),
        20,
    ),
    Query(
        "direct emissions of 500 firms from their lines",
        f"""
        SELECT l.organization_id, l.sign * l.co2e_t FROM statistics.emission_line l
        JOIN business.run_pointer p ON p.organization_id = l.organization_id
          AND p.filed_run = l.run_id
        JOIN base.organization o ON o.organization_id = l.organization_id
        WHERE p.year = 2023 AND l.access_path <@ '{PLACE}' AND l.emission_scope = 'direct'
          AND l.source IN ('fuel', 'coal') AND o.kind IN ('park', 'enterprise', 'site')
        ORDER BY l.organization_id, l.line
        """,
        1,
    ),
    Query(
        "the years of a firm",
        "SELECT * FROM business.run_pointer WHERE organization_id = 20000007",
        200,
    ),
    Query(
        "a day of readings by quarter of an hour",
        """
        SELECT date_bin('15 minutes', taken_at, '2000-01-01 00:00+00'), avg(value), min(value),
          max(value), count(*)
        FROM collected.reading WHERE organization_id = 20000001 AND device_id = 1 AND point_id = 2
          AND taken_at >= '2026-05-10 00:00+00' AND taken_at <= '2026-05-11 00:00+00'
        GROUP BY 1 ORDER BY 1
        """,
        20,
    ),
    Query("a count over all 300,000 lines", "SELECT count(*) FROM statistics.emission_line", 1,
          has_goal=False),
)  # fmt: skip
OPENING = Query("a unit of work that asks nothing", "", 200, has_goal=False)
# A batch stores a thousand runs at once; here their lines, from a table of the session.
BATCH = "INSERT INTO statistics.emission_line SELECT * FROM incoming_line"
INCOMING = (
    "CREATE TEMPORARY TABLE incoming_line AS SELECT * FROM statistics.emission_line"
    " WHERE organization_id <= 20000100",
    "UPDATE incoming_line SET run_id = md5('again' || organization_id)::uuid",
)
# Lines stand without runs here, and no trigger of another concern is measured.
UNCHECKED = "ALTER ROLE {} SET session_replication_role = replica"


class Unheld(Database):
    """The platform's connection as a superuser, whom no policy holds and who needs no scope."""

    def _become_app(self, connection: Any, _record: object) -> None:
        connection.autocommit = True

    @contextmanager
    def work(self, _scope: Scope) -> Iterator[Work]:
        """Open a transaction that sees everything."""
        with self._connected() as connection:
            connection.exec_driver_sql("BEGIN")
            yield Work(connection)


def main() -> int:
    """Measure and print the ratios, and how many are over the goal."""
    with server() as (login, superuser):
        held, free = Database(login, pool_size=1), Unheld(superuser, pool_size=1)
        print(f"{'query':50} {'plain':>9} {'secured':>9} {'more':>6} {'some places closed':>19}")
        over = [_read(held, free, query) for query in (*QUERIES, OPENING)]
        over.append(_batch(superuser, held, free))
        held.dispose()
        free.dispose()
    verdict = f"MISSED by {sum(over)} of {len(over)}" if any(over) else "reached"
    print(f"goal: at most {GOAL:.0%} each: {verdict}; load {os.getloadavg()[0]:.1f} at the end")
    return 0


@contextmanager
def server() -> Iterator[tuple[str, str]]:
    """Start a database with the province; give the platform's address and a superuser's."""
    folder = Path(tempfile.mkdtemp(prefix="shuangtan-bench-"))
    folder.chmod(0o755)
    found = Postgres(folder)
    try:
        found.start(os.environ)
        bring_up_to_date(found.url(OWNER))
        address = found.url(SUPERUSER, found.url(OWNER).rpartition("/")[2])
        with psycopg.connect(address, autocommit=True) as connection:
            for statement in FILL:
                connection.execute(statement.encode())
            for role in (LOGIN, SUPERUSER):
                connection.execute(UNCHECKED.format(role).encode())
        yield found.url(), address
    finally:
        found.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _read(held: Database, free: Database, query: Query) -> bool:
    ask = _opened if query is OPENING else _asked
    measures = (partial(ask, free, OPEN, query), *(
        partial(ask, held, readable, query) for readable in (OPEN, CLOSED)
    ))  # fmt: skip
    (plain, secured, _), (more, closed_more) = _compared(measures, ROUNDS)
    per = 1000 / query.times
    print(
        f"{query.name:50} {plain * per:6.2f} ms {secured * per:6.2f} ms {more:6.1%}"
        f" {closed_more:18.1%}{'' if query.has_goal else '  (no goal)'}"
    )
    return query.has_goal and more > GOAL


def _batch(address: str, held: Database, free: Database) -> bool:
    with psycopg.connect(address, autocommit=True) as keeper:
        measures = (partial(_stored, keeper, free), partial(_stored, keeper, held))
        (plain, secured), (more,) = _compared(measures, ROUNDS)
    name = "60,000 lines of a batch stored"
    print(f"{name:50} {plain * 1000:6.0f} ms {secured * 1000:6.0f} ms {more:6.1%}")
    return more > GOAL


def _compared(
    measures: tuple[Callable[[], float], ...], rounds: int
) -> tuple[list[float], list[float]]:
    """Return the median time of each, and by how much each but the first is above the first."""
    for measure in measures:
        measure()
    taken = [[measure() for measure in measures] for _ in range(rounds)]
    more = [[one / first - 1 for one in others] for first, *others in taken]
    return _medians(taken), _medians(more)


def _medians(rows: list[list[float]]) -> list[float]:
    return [statistics.median(column) for column in zip(*rows, strict=True)]


def _scope(readable: Readable) -> Scope:
    return Scope((PLACE,), 7, readable)


def _asked(database: Database, readable: Readable, query: Query) -> float:
    with database.work(_scope(readable)) as work:
        began = time.perf_counter()
        for _ in range(query.times):
            work.connection.exec_driver_sql(query.sql).all()
        return time.perf_counter() - began


def _opened(database: Database, readable: Readable, query: Query) -> float:
    began = time.perf_counter()
    for _ in range(query.times):
        with database.work(_scope(readable)):
            pass
    return time.perf_counter() - began


def _stored(keeper: psycopg.Connection[Any], database: Database) -> float:
    # What the round before left behind is cleared away, or each would be slower than the last.
    keeper.execute("VACUUM statistics.emission_line")
    keeper.execute("CHECKPOINT")
    with database.work(_scope(OPEN)) as work:
        for statement in INCOMING:
            work.connection.exec_driver_sql(statement)
        began = time.perf_counter()
        work.connection.exec_driver_sql(BATCH)
        return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
