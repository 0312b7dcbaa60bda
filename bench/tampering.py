"""What the transparency log finds, and what it costs.

A hundred thousand records and their leaves are checked clean; then a superuser changes a thousand
of them at random (update, delete, insert, swap, cut off the newest, put back an old row, change a
line of a run or a row of a submission, forge a leaf or take it away, delete a record and erase its
salt, say falsely that the trail was forgotten, the sample removed or an account closed, seal a
changed record a second time), past triggers and row security, and all are checked again: every
change has to be named, and nothing else. Then four writers commit audited changes on the embedded
PostgreSQL with every commit on disk: without leaves, with leaves, and with a sealer beside them, in
a process of its own as on the platform; in turn, and compared round by round. Goals: 1,000 of 1,000
named, no false alarm, sealing costs at most 10 % of the rate with leaves.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path

import psycopg
from sqlalchemy import text

from bench._mutations import Attack
from services import clock
from services.algorithms.checkpoints import read_checkpoint, read_key
from services.consistency.log_audit import WITHOUT_EVENT, Audit, Pinned, audit_log
from services.data import audit, log
from services.data.engine import SYSTEM_SCOPE, Database, owner_work
from services.data.sealing import Sealing
from services.preparation import bring_up_to_date
from services.sample import load_sample
from services.security.signing import Signer
from services.standards.catalog import load_catalog
from services.transparency.sealing import seal
from tests.doors import DEVICE_KEY
from workers.embedded.postgres import LOGIN, OWNER, SUPERUSER, Postgres

LEAVES, CHANGES = 100_000, 1_000
WRITERS, SECONDS, ROUNDS, SEAL_EVERY = 4, 3.0, 12, 1.0
GOAL_SHARE = 0.10
SIGNER = Signer.from_text("5e" * 32, "bench")
FILL = text("""
    INSERT INTO business.audit_event (organization_id, access_path, person_id, action, resource,
                                      before, after, channel, at)
    SELECT 0, 'cn', n, 'change_settings', n::text, '{"theme": "light"}', '{"theme": "dark"}', 'web',
           now()
    FROM generate_series(1, CAST(:count AS integer)) AS n
""")
LOGGED = "ALTER TABLE business.audit_event {} TRIGGER log_audit_event_insert"


def main() -> int:
    """Measure and print; 1 where a goal is missed."""
    folder = Path(tempfile.mkdtemp(prefix="shuangtan-bench-"))
    folder.chmod(0o755)
    server = Postgres(folder)
    try:
        server.start(os.environ)
        bring_up_to_date(server.url(OWNER))
        sealing = Sealing(bytes.fromhex(DEVICE_KEY))
        database = Database(server.url(LOGIN), pool_size=WRITERS + 2, sealing=sealing)
        load_sample(database, load_catalog(), server.url(OWNER))
        missed = found(server, database) + cost(server, database)
        database.dispose()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if missed else 0


def found(server: Postgres, database: Database) -> int:
    """Check clean leaves, change a thousand records, check again; return how many goals missed."""
    with database.work(SYSTEM_SCOPE) as work:
        work.connection.execute(FILL, {"count": LEAVES})
        work.commit()
    began = time.perf_counter()
    sealed = seal(database, SIGNER)
    assert sealed is not None
    print(f"{sealed.size:,} leaves sealed in {time.perf_counter() - began:.1f} s")
    pinned = kept(database)
    clean = checked(server, pinned)
    with psycopg.connect(server.url(SUPERUSER)) as connection:
        # Only for the attack: it looks for each record by its name.
        connection.execute("CREATE INDEX by_name ON business.audit_event ((event_id::text))")
        expected = Attack(connection, random.Random(2026)).change(CHANGES)
        connection.execute("DROP INDEX business.by_name")
    changed = checked(server, pinned)
    # Where the leaf of an audit event went, what it told of has none any more.
    told = [each for each in changed.differences if each.what != WITHOUT_EVENT]
    named = {(each.kind, each.record) for each in told}
    alarms = len(clean.differences) + len(named - expected)
    records = {each for each in expected if each[0] != "position"}
    print(f"changed by a superuser: {len(records):,}, found and named: {len(records & named):,}")
    print(f"false alarms: {alarms} (goal 0)")
    return (expected != named) + bool(clean.differences)


def kept(database: Database) -> Pinned:
    """Return what an auditor keeps."""
    with database.work(SYSTEM_SCOPE) as work:
        sealed = log.latest(work)
        assert sealed is not None
        return Pinned([read_key(key) for key in log.keys(work)], [read_checkpoint(sealed.note)])


def checked(server: Postgres, pinned: Pinned) -> Audit:
    """Check everything and print how long it took."""
    began = time.perf_counter()
    with owner_work(server.url(OWNER)) as work:
        result = audit_log(work, pinned)
    seconds = time.perf_counter() - began
    told = f"{sum(result.records.values()):,} records, {len(result.differences):,} differences"
    print(f"checked {told} in {seconds:.1f} s")
    return result


def cost(server: Postgres, database: Database) -> int:
    """Measure writing in three ways, in turn; return 1 when sealing costs more than the goal."""
    ways: dict[str, Callable[[], float]] = {
        "without leaves": lambda: without_leaves(server, database),
        "with leaves": lambda: rate(database),
        "with leaves and sealer": lambda: with_sealer(server, database),
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(ROUNDS):
        # There and back, so that what grows or cools down over the rounds favours no way.
        for name in list(ways) if number % 2 else reversed(ways):
            rates[name].append(ways[name]())
    for name, found in rates.items():
        spread = f"{min(found):,.0f} to {max(found):,.0f}"
        print(f"{name:<24}{statistics.median(found):8,.0f} changes/s ({spread})")
    share = lost(rates["with leaves and sealer"], rates["with leaves"])
    whole = lost(rates["with leaves and sealer"], rates["without leaves"])
    verdict = "reached" if share <= GOAL_SHARE else "MISSED"
    print(f"sealing costs {share:.1%} (goal ≤ {GOAL_SHARE:.0%}) {verdict}")
    print(f"leaves and sealing together cost {whole:.1%}")
    return int(share > GOAL_SHARE)


def lost(rates: list[float], others: list[float]) -> float:
    """Return the share of the other rates that is lost, compared round by round."""
    pairs = zip(rates, others, strict=True)
    return 1 - statistics.median(one / other for one, other in pairs)


def without_leaves(server: Postgres, database: Database) -> float:
    """Measure with the trigger off."""
    with psycopg.connect(server.url(SUPERUSER), autocommit=True) as connection:
        connection.execute(LOGGED.format("DISABLE"))
        try:
            return rate(database)
        finally:
            connection.execute(LOGGED.format("ENABLE"))


def with_sealer(server: Postgres, database: Database) -> float:
    """Measure with a sealer that comes ten times as often as the platform's."""
    with sealing(server.url(LOGIN)):
        return rate(database)


@contextmanager
def sealing(address: str) -> Iterator[None]:
    """Seal every second meanwhile."""
    apart = multiprocessing.get_context("spawn")
    ready, stop = apart.Event(), apart.Event()
    sealer = apart.Process(target=seal_until, args=(address, ready, stop))
    sealer.start()
    ready.wait()
    try:
        yield
    finally:
        stop.set()
        sealer.join()


def seal_until(address: str, ready: Event, stop: Event) -> None:
    """Seal every second until told to stop."""
    database = Database(address)
    seal(database, SIGNER)
    ready.set()
    while not stop.wait(SEAL_EVERY):
        seal(database, SIGNER)
    database.dispose()


def rate(database: Database) -> float:
    """Return how many changes a second the writers commit."""
    counts = [0] * WRITERS
    until = time.monotonic() + SECONDS

    def run(number: int) -> None:
        while time.monotonic() < until:
            write(database, counts[number])
            counts[number] += 1

    threads = [threading.Thread(target=run, args=(number,)) for number in range(WRITERS)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.monotonic() - began)


def write(database: Database, number: int) -> None:
    """Change a person's row with its audit line, in one transaction."""
    touched = text("UPDATE base.person SET theme = theme WHERE person_id = :person")
    with database.work(SYSTEM_SCOPE) as work:
        work.connection.execute(touched, {"person": number})
        told = {"theme": "dark", "language": "zh-CN"}
        event = audit.AuditEvent(
            0, "cn", number, "change_settings", str(number), clock.now(), told, told
        )
        audit.add(work, event)
        work.commit()


if __name__ == "__main__":
    sys.exit(main())
