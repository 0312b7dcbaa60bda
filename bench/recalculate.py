"""A region's filed years computed anew with lineage into PostgreSQL, beside a plain COPY of them.

Organizations with 120 rows a year (12 months of ten) are filed; the batch job computes them as
known today and stores runs and lines with row security on, as the worker does. Then the stored
lines are copied out, the table is emptied, and the same rows are copied in by a superuser, whom
row security does not hold (COPY is refused otherwise), indexes and references as they are.
Goals: rate ≥ 0.5 of COPY, log-log slope from 10⁴ to 10⁶ rows ≤ 1.05, memory ≤ 1.5 GB.

Run: python3 run.py bench recalculate
"""

from __future__ import annotations

import json
import math
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import psycopg

from bench.sessions import environment
from services import clock, jobs
from services.accounting.recalculation import (
    RecalculationOrder,
    order_recalculation,
    recalculate,
)
from services.data.engine import SYSTEM_SCOPE, Database
from services.preparation import bring_up_to_date
from services.security.actors import actor_of_login
from services.security.people import NewPerson, create_person
from services.security.permissions import Actor, Role
from services.settings import Settings
from services.settling import settle
from services.standards.catalog import load_catalog
from workers.embedded.postgres import DATABASE, SUPERUSER, Postgres
from workers.embedded.servers import Servers

PLACE, PATH, YEAR, METHOD = 320000, "cn.p320000", 2023, "GB/T 32151.8-2015"
SIZES = (84, 834, 8334)
ROWS_EACH = 120
GOAL_RATE, GOAL_SLOPE, GOAL_GB = 0.5, 1.05, 1.5
LINES = "statistics.emission_line"
MONTH = (
    ("fuel", "bituminous", "FC", 900.0),
    ("fuel", "diesel", "FC", 12.0),
    ("fuel", "ng", "FC", 5.0),
    ("fuel", "anthracite", "FC", 200.0),
    ("fuel", "gasoline", "FC", 1.5),
    ("el_buy", "", "MWh", 8000.0),
    ("ht_buy", "", "GJ", 300.0),
    ("fuel", "coke", "FC", 40.0),
    ("fuel", "lpg", "FC", 2.0),
    ("fuel", "fuel_oil", "FC", 8.0),
)


@dataclass(frozen=True, slots=True)
class Region:
    """A database with a province of filed years, and who may recalculate them."""

    database: Database
    superuser: str
    folder: Path
    bureau: Actor


def main() -> int:
    """Measure three sizes and print times, rates, slope and memory."""
    with region() as place:
        found = [measured(place, size) for size in SIZES]
    memory_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    rows = [size * ROWS_EACH for size in SIZES]
    ours = [seconds for seconds, _ in found]
    slope = math.log(ours[-1] / ours[0]) / math.log(rows[-1] / rows[0])
    rate = found[-1][1] / found[-1][0]
    for count, (batch_s, copy_s) in zip(rows, found, strict=True):
        print(
            f"{count:>9,} rows: batch {batch_s:6.2f} s ({batch_s / count * 1e6:.0f} µs a row),"
            f" plain COPY {copy_s:6.2f} s, rate {copy_s / batch_s:.2f} of COPY"
        )
    print(f"rate at {rows[-1]:,} rows {rate:.2f} (goal ≥ {GOAL_RATE}) {verdict(rate >= GOAL_RATE)}")
    print(f"log-log slope {slope:.3f} (goal ≤ {GOAL_SLOPE}) {verdict(slope <= GOAL_SLOPE)}")
    print(f"most memory {memory_gb:.2f} GB (goal ≤ {GOAL_GB}) {verdict(memory_gb <= GOAL_GB)}")
    return 0


def verdict(is_reached: bool) -> str:
    """Return the word for a goal."""
    return "reached" if is_reached else "MISSED"


@contextmanager
def region() -> Iterator[Region]:
    """Yield a migrated database with somebody of the province's bureau."""
    folder = Path(tempfile.mkdtemp(prefix="shuangtan-bench-"))
    folder.chmod(0o755)
    servers = Servers.needed(folder, environment())
    try:
        servers.start(lambda _server: None)
        settings = Settings.from_environment(servers.owner_addresses())
        bring_up_to_date(settings.database_owner_url)
        database = Database(settings.database_url)
        with database.work(SYSTEM_SCOPE) as work:
            create_person(work, None, NewPerson("bureau", "bureau", [(Role.BUREAU_OFFICER, PLACE)]))
            work.commit()
        server = servers.by_variable["DATABASE_URL"]
        if not isinstance(server, Postgres):
            raise SystemExit("The measurement needs the embedded PostgreSQL.")
        bureau = actor_of_login(database, "bureau")
        yield Region(database, server.url(SUPERUSER, DATABASE), folder, bureau)
        database.dispose()
    finally:
        servers.stop()
        shutil.rmtree(folder, ignore_errors=True)


def measured(place: Region, size: int) -> tuple[float, float]:
    """Return the seconds of the batch and of the plain COPY for so many organizations."""
    with psycopg.connect(place.superuser, autocommit=True) as connection:
        empty(connection)
        fill(connection, size)
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
    batch_s = recalculated(place)
    return batch_s, copied(place, size * ROWS_EACH)


def recalculated(place: Region) -> float:
    """Run the ordered batch as the worker does, and return its seconds."""
    catalog = load_catalog()
    settle()
    order = RecalculationOrder(PLACE, YEAR, clock.today())
    job = order_recalculation(place.bureau, place.database, catalog, _NoQueue(), order)
    with place.database.work(SYSTEM_SCOPE) as work:
        taken = jobs.take(work, job.job_id)
        work.commit()
    if taken is None:
        raise RuntimeError("The job could not be taken.")
    started = time.perf_counter()
    recalculate(place.database, catalog, place.bureau, taken)
    return time.perf_counter() - started


def copied(place: Region, rows: int) -> float:
    """Copy the stored lines out, empty the table, and return the seconds of copying them in."""
    path = place.folder / "lines.copy"
    with psycopg.connect(place.superuser, autocommit=True) as connection:
        with path.open("wb") as file, connection.cursor().copy(f"COPY {LINES} TO STDOUT") as out:
            for part in out:
                file.write(part)
        truncate(connection, (LINES,))
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
        started = time.perf_counter()
        with path.open("rb") as file, connection.cursor().copy(f"COPY {LINES} FROM STDIN") as into:
            while part := file.read(1 << 20):
                into.write(part)
        seconds = time.perf_counter() - started
        [stored] = connection.execute(f"SELECT count(*) FROM {LINES}").fetchone() or (0,)
        if stored != rows:
            raise RuntimeError(f"{stored} lines instead of {rows}")
    path.unlink()
    return seconds


class _NoQueue:
    def enqueue(self, job_id: UUID) -> None:
        """The measurement takes the job itself."""


def empty(connection: psycopg.Connection) -> None:
    """Remove what the size before left behind."""
    tables = (LINES, "business.run_pointer", "business.run", "business.job", "collected.submission")
    truncate(connection, tables)
    connection.execute("SET session_replication_role = replica")
    connection.execute("DELETE FROM base.organization WHERE code LIKE 'LOAD%'")
    connection.execute("SET session_replication_role = origin")


def truncate(connection: psycopg.Connection, tables: tuple[str, ...]) -> None:
    """Empty tables that refuse it in earnest."""
    connection.execute("SET session_replication_role = replica")
    connection.execute(f"TRUNCATE {', '.join(tables)} CASCADE".encode())
    connection.execute("SET session_replication_role = origin")


def fill(connection: psycopg.Connection, size: int) -> None:
    """Add organizations with one filed year each."""
    keys = [(PLACE * 10_000 + number, uuid4(), uuid4()) for number in range(size)]
    connection.execute("SET session_replication_role = replica")
    with connection.cursor() as cursor:
        columns = "organization_id, public_id, kind, code, parent_id, access_path, name_zh, name_en"
        others = "sort_order, industry_code, factor_region, method, is_sample"
        with cursor.copy(f"COPY base.organization ({columns}, {others}) FROM STDIN") as copy:
            for key, _, _ in keys:
                code, name = f"LOAD{key}", f"示例{key}"
                place = (key, uuid4(), "enterprise", code, PLACE, f"{PATH}.x{key}", name, name)
                copy.write_row((*place, 0, "", "320000", METHOD, True))
        submission = "organization_id, submission_id, access_path, year, version, method, purpose"
        said = "region, channel, rows_hash, records, submitted_by, submitted_at"
        with cursor.copy(f"COPY collected.submission ({submission}, {said}) FROM STDIN") as copy:
            for number, (key, sent, _) in enumerate(keys):
                head = (key, sent, f"{PATH}.x{key}", YEAR, 1, METHOD, "voluntary", "320000")
                copy.write_row((*head, "manual", "-", records(number), 1, clock.now()))
        with cursor.copy(f"COPY business.run ({RUN_COLUMNS}) FROM STDIN") as copy:
            for key, sent, run in keys:
                copy.write_row(run_row(key, sent, run))
        pointer = "organization_id, year, access_path, current_run, filed_run, revision"
        with cursor.copy(f"COPY business.run_pointer ({pointer}) FROM STDIN") as copy:
            for key, _, run in keys:
                copy.write_row((key, YEAR, f"{PATH}.x{key}", run, run, 1))
    connection.execute("SET session_replication_role = origin")


RUN_COLUMNS = (
    "organization_id, run_id, access_path, submission_id, year, period_start, period_end, method,"
    " purpose, region, known_on, gwp_set, input_hash, total_t, direct_t, indirect_t, deducted_t,"
    " memo, warnings, bridge, computed_by, computed_at"
)


def run_row(key: int, sent: UUID, run: UUID) -> tuple[object, ...]:
    """Return a filed run whose total is of no matter here."""
    where = (key, run, f"{PATH}.x{key}", sent, YEAR, f"{YEAR}-01-01", f"{YEAR}-12-31", METHOD)
    how = ("voluntary", "320000", "2024-12-31", "SAR", "-", 0.0, 0.0, 0.0, 0.0)
    return (*where, *how, "{}", "[]", "[]", 1, clock.now())


def records(number: int) -> str:
    """Return a year of rows as understood, other amounts for each organization and month."""
    found = [
        {"source": source, "item": item, "inputs": {symbol: amount * (1 + number % 97 / 100) + at}}
        for at in range(ROWS_EACH // len(MONTH))
        for source, item, symbol, amount in MONTH
    ]
    return json.dumps(found)


if __name__ == "__main__":
    sys.exit(main())
