"""Seconds to roll up 10⁷ readings, one more minute of them, and as many that came late.

2,000 points of 1,000 invented devices report once a minute for 5,000 minutes; PostgreSQL with
fsync on, row security as in the product. Beside it: the plain aggregate of the same readings. The
time of the processor is that of PostgreSQL; where the machine is busy it tells more than the clock.
Goals: the first roll-up ≤ 60 s, a minute more ≤ 1 s.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from sqlalchemy import text

from bench._processor import spent
from services import clock
from services.collection.rolling import rebuild, roll_up
from services.data import organizations
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.organizations import NewOrganization, Organization
from services.preparation import bring_up_to_date
from workers.embedded.postgres import LOGIN, OWNER, Postgres

DEVICES, MINUTES, BATCH = 1_000, 5_000, 50
START = datetime(2026, 3, 1, tzinfo=UTC)
CITY = "320100"
NAMES = {"zh-CN": "示例测量厂", "en": "Sample measured plant"}
MADE = (
    """
    INSERT INTO collected.device (organization_id, access_path, code, gateway, name_zh, name_en,
      interval_s, key_id, secret, registered_at)
    SELECT :o, CAST(:p AS ltree), 'M-' || n, 'GW-1', '示例', 'Sample', 60, 'k1',
      decode(repeat('00', 60), 'hex'), now() FROM generate_series(1, :devices) n
    """,
    """
    INSERT INTO collected.point (organization_id, access_path, device_id, code, name_zh, name_en,
      unit, kind)
    SELECT :o, CAST(:p AS ltree), device_id, k.code, '示例', 'Sample', k.unit, k.kind
    FROM collected.device, (VALUES ('P', 'kW', 'power'), ('E', 'kWh', 'energy')) k(code, unit, kind)
    """,
)
MESSAGES = text("""
    INSERT INTO collected.message (organization_id, access_path, device_id, boot, sequence, stream,
      digest, historical, received_at)
    SELECT :o, CAST(:p AS ltree), device_id, '00000000000000aa', :from_batch + n, 'main',
      decode('00', 'hex'), true, now()
    FROM generate_series(0, :batches - 1) n, collected.device
""")
# A counter goes up by what the rate says; both with a pattern of the day.
READINGS = text("""
    INSERT INTO collected.reading (organization_id, access_path, device_id, point_id, taken_at,
      value, quality, time_quality, message_id)
    SELECT p.organization_id, p.access_path, p.device_id, p.point_id,
      CAST(:start AS timestamptz) + make_interval(secs => 60 * minute + :shift),
      CASE WHEN p.kind = 'energy' THEN minute * 5 + p.point_id % 7
        ELSE 300 + 40 * sin(minute / 240.0) END, 0, 2, m.message_id
    FROM collected.message m
    JOIN collected.point p USING (organization_id, device_id)
    CROSS JOIN LATERAL generate_series((m.sequence % 1000000) * CAST(:each AS int),
      (m.sequence % 1000000) * CAST(:each AS int) + CAST(:each AS int) - 1) minute
    WHERE m.sequence >= :from_batch AND m.sequence < :from_batch + :batches
    ORDER BY m.message_id, minute
""")
PLAIN = text("""
    SELECT count(*) FROM (
      SELECT point_id, date_bin('15 minutes', taken_at, TIMESTAMPTZ '2000-01-01 00:00+00'),
        sum(value), avg(value), max(value) FROM collected.reading GROUP BY 1, 2) q
""")
COUNTED = text("""
    SELECT (SELECT count(*) FROM collected.reading),
      (SELECT count(*) FROM statistics.reading_quarter),
      (SELECT sum(amount) + sum(leap) FROM statistics.reading_day JOIN collected.point p
       USING (organization_id, point_id) WHERE p.kind = 'energy')
""")


@dataclass
class Clock:
    """Prints how long something takes, by the clock and of PostgreSQL's processor."""

    process_id: int | None

    def timed(self, name: str, act: Callable[[], object]) -> None:
        """Print the seconds that an act takes."""
        began, before = time.perf_counter(), spent(self.process_id)
        act()
        seconds, taken = time.perf_counter() - began, spent(self.process_id) - before
        print(f"{name}: {seconds:.2f} s, processor {taken:.2f} s", flush=True)


class Load:
    """An invented firm with its devices; `send` writes messages with their readings."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.work(SYSTEM_SCOPE) as work:
            city = organizations.by_code(work, CITY).organization_id
            new = NewOrganization("enterprise", "LOAD", city, NAMES, "320000")
            self._firm: Organization = organizations.add(work, new)
            for statement in MADE:
                work.connection.execute(text(statement), self._about({"devices": DEVICES}))
            for days in (-31, 0, 31):
                day = {"day": (START + timedelta(days=days)).date()}
                work.connection.execute(text("SELECT collected.ensure_reading_month(:day)"), day)
            work.commit()

    def _about(self, more: Mapping[str, object]) -> dict[str, object]:
        place = {"o": self._firm.organization_id, "p": self._firm.access_path}
        return {**place, **more}

    def send(self, batches: int, each: int, from_batch: int, start: datetime) -> None:
        """Write messages of each device with so many minutes each, 30 s off where not the first."""
        asked = {"batches": batches, "from_batch": from_batch}
        told = asked | {"each": each, "start": start, "shift": 30 if from_batch else 0}
        with self._database.work(SYSTEM_SCOPE) as work:
            work.connection.execute(MESSAGES, self._about(asked))
            work.connection.execute(READINGS, told)
            work.commit()


def main() -> int:
    """Print the seconds of a first roll-up, of a minute more, and of a minute that came late."""
    with tempfile.TemporaryDirectory(prefix="shuangtan-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres = Postgres(folder)
        try:
            postgres.start(os.environ)
            bring_up_to_date(postgres.url(OWNER))
            database = Database(postgres.url(LOGIN))
            measure(database, Clock(postgres.process.pid).timed)
            database.dispose()
        finally:
            postgres.stop()
    return 0


def measure(database: Database, timed: Callable[[str, Callable[[], object]], None]) -> None:
    """Fill the database and time what is done with it."""
    load = Load(database)
    timed("loading", lambda: load.send(MINUTES // BATCH, BATCH, 0, START))
    with database.work(SYSTEM_SCOPE) as work:
        timed("plain aggregate", lambda: work.connection.execute(PLAIN).scalar_one())
    timed("first roll-up", lambda: roll_up(database, clock.now()))
    told(database)
    timed("nothing new", lambda: roll_up(database, clock.now()))
    end = START + timedelta(minutes=MINUTES)
    for number in range(3):
        load.send(1, 1, 1_000_000 * (number + 1), end + timedelta(minutes=number))
        timed(f"minute {number + 1} more", lambda: roll_up(database, clock.now()))
    load.send(1, 1, 1_000_000 * 9, START + timedelta(days=1))
    timed("a minute of all points, two days late", lambda: roll_up(database, clock.now()))
    timed("all anew", lambda: rebuild(database, clock.now()))
    told(database)


def told(database: Database) -> None:
    """Print how many rows there are, and what the counters counted in all."""
    with database.work(SYSTEM_SCOPE) as work:
        readings, quarters, counted = work.connection.execute(COUNTED).one()
    print(f"  {readings:,} readings, {quarters:,} quarters, {counted:,.0f} counted", flush=True)


if __name__ == "__main__":
    sys.exit(main())
