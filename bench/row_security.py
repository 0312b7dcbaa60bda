"""What row security by place and by label costs, against the same queries without it.

A province of 500 firms with 300,000 emission lines and a month of readings. Each query runs in
turn as the application within the scope of the province's officer, and as a superuser whom row
security does not hold: same SQL, same rows, same connection settings otherwise, alternating, the
median of the rounds. Goal: at most 15 % more for each of the platform's own queries. The count
over all lines, which the platform never asks, shows what a row costs. All are prepared here; where
one is not, planning the policies costs about 0.1 ms more.

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

import psycopg
from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from services.data.engine import APP_ROLE, scope_statements
from services.data.statistics_tables import emission_line
from services.data.work import Scope
from services.labels import DataSet, Readable
from services.preparation import bring_up_to_date
from workers.embedded.postgres import OWNER, SUPERUSER, Postgres

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
    "ANALYZE",
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
        SELECT date_bin('15 minutes', taken_at, '2026-05-01 00:00+00') AS t, avg(value)
        FROM collected.reading WHERE organization_id = 20000001 AND point_id = 2
          AND taken_at >= '2026-05-10 00:00+00' AND taken_at < '2026-05-11 00:00+00'
        GROUP BY 1 ORDER BY 1
        """,
        20,
    ),
    Query("a count over all 300,000 lines", "SELECT count(*) FROM statistics.emission_line", 1,
          has_goal=False),
)  # fmt: skip
# A batch stores a thousand runs at once; here their lines, from a table of the session.
BATCH = (
    "INSERT INTO statistics.emission_line SELECT * FROM incoming_line",
    "CREATE TEMPORARY TABLE incoming_line AS SELECT * FROM statistics.emission_line"
    " WHERE organization_id <= 20000100",
    "UPDATE incoming_line SET run_id = md5('again' || organization_id)::uuid",
)


def main() -> int:
    """Measure and print the ratios, and how many are over the goal."""
    with server() as address, psycopg.connect(address, autocommit=True) as guarded:
        guarded.execute("SET session_replication_role = replica")
        guarded.execute(f"SET ROLE {APP_ROLE}")
        with psycopg.connect(address, autocommit=True) as free:
            free.execute("SET session_replication_role = replica")
            over = [*_reads(guarded, free), _batch(guarded, free)]
    verdict = f"MISSED by {sum(over)} of {len(over)}" if any(over) else "reached"
    print(f"goal: at most {GOAL:.0%} each: {verdict}; load {os.getloadavg()[0]:.1f} at the end")
    return 0


@contextmanager
def server() -> Iterator[str]:
    """Start a database with the province and give a superuser's address."""
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
        yield address
    finally:
        found.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _reads(
    guarded: psycopg.Connection[tuple[object, ...]], free: psycopg.Connection[tuple[object, ...]]
) -> Iterator[bool]:
    print(f"{'query':50} {'plain':>9} {'secured':>9} {'more':>6} {'some places closed':>19}")
    for query in QUERIES:
        plain, secured, closed = _medians(
            (
                partial(_asked, free, "", query),
                partial(_asked, guarded, _scope(OPEN), query),
                partial(_asked, guarded, _scope(CLOSED), query),
            )
        )
        more, closed_more = secured / plain - 1, closed / plain - 1
        per = 1000 / query.times
        print(
            f"{query.name:50} {plain * per:6.2f} ms {secured * per:6.2f} ms {more:6.1%}"
            f" {closed_more:18.1%}{'' if query.has_goal else '  (no goal)'}"
        )
        yield query.has_goal and more > GOAL


def _batch(
    guarded: psycopg.Connection[tuple[object, ...]], free: psycopg.Connection[tuple[object, ...]]
) -> bool:
    plain, secured = _medians(
        (partial(_stored, free, ""), partial(_stored, guarded, _scope(OPEN))), rounds=7
    )
    more = secured / plain - 1
    name = "60,000 lines of a batch stored"
    print(f"{name:50} {plain * 1000:6.0f} ms {secured * 1000:6.0f} ms {more:6.1%}")
    return more > GOAL


def _medians(measures: tuple[Callable[[], float], ...], rounds: int = ROUNDS) -> list[float]:
    for measure in measures:
        measure()
    taken = [[measure() for measure in measures] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*taken, strict=True)]


def _scope(readable: Readable) -> str:
    return scope_statements(Scope((PLACE,), 7, readable))


def _asked(connection: psycopg.Connection[tuple[object, ...]], scope: str, query: Query) -> float:
    connection.execute(f"BEGIN; {scope}".encode())
    began = time.perf_counter()
    for _ in range(query.times):
        connection.execute(query.sql.encode()).fetchall()
    took = time.perf_counter() - began
    connection.execute("ROLLBACK")
    return took


def _stored(connection: psycopg.Connection[tuple[object, ...]], scope: str) -> float:
    store, *before = BATCH
    connection.execute(f"BEGIN; {scope}".encode())
    for statement in before:
        connection.execute(statement.encode())
    began = time.perf_counter()
    connection.execute(store.encode())
    took = time.perf_counter() - began
    connection.execute("ROLLBACK")
    return took


if __name__ == "__main__":
    sys.exit(main())
