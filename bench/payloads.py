"""Ten thousand malformed MQTT messages and HJ 212 frames: each set aside or refused, none stored.

The generator of the test suite (tests/bad_payloads.py), with ten times as many; most are signed
with the right key or bear the right password, so that they get deep. One good message stands in
every batch of fifty.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from sqlalchemy import text

from bench._listening import Stack, stack
from services import clock
from services.collection.admission import Arrival
from services.collection.hj212 import Frames
from services.collection.hj212_intake import StationIntake
from services.collection.intake import Intake
from services.collection.pace import Pace
from services.collection.stations import NewStation, register_station
from services.data.engine import SYSTEM_SCOPE, Database
from tests.bad_payloads import Bad, Frames212, Messages
from tests.meters import Meter, add_meter

SEED = int(os.environ.get("SEED", "20261127"))
MESSAGES, FRAMES = 6_000, 4_000
BATCH = 50
NAMES = {"zh-CN": "示例监测站", "en": "Sample station"}
COUNTS = text("SELECT count(*) FROM collected.reading")
REASONS = text("SELECT reason, sum(arrivals) FROM collected.quarantine GROUP BY 1 ORDER BY 1")


def send_messages(database: Database, meter: Meter, bad: list[Bad]) -> tuple[int, int, int]:
    """Store them in batches, each with a good one; return crashes, good and bad ones stored."""
    intake, crashes, good, stored = Intake(database, Pace(1_000_000)), 0, 0, 0
    for begin in range(0, len(bad), BATCH):
        batch = [Arrival(b.topic, b.payload, clock.now()) for b in bad[begin : begin + BATCH]]
        try:
            outcome = intake.store([*batch, meter.arrival(begin)])
        except Exception as error:  # whatever it is, it is a crash
            print(f"crash in {sorted({b.kind for b in bad[begin : begin + BATCH]})}: {error!r}")
            crashes += 1
            continue
        good += 1
        stored += outcome.stored - 1
    return crashes, good, stored


def send_frames(database: Database, bad: list[Bad]) -> tuple[int, int, int]:
    """Take them one by one; return crashes, frames without an end, and those that were stored."""
    intake, crashes, open_ended, stored = Intake(database, Pace(1_000_000)), 0, 0, 0
    for one in bad:
        station, whole = StationIntake(database, intake), False
        try:
            for found in Frames().feed(one.payload):
                whole = True
                stored += b"CN=9014" in station.take(found, clock.now())
        except Exception as error:  # whatever it is, it is a crash
            print(f"crash in {one.kind}: {error!r} {one.payload[:80]!r}")
            crashes += 1
        open_ended += not whole
    return crashes, open_ended, stored


def measure(running: Stack) -> int:
    """Print what became of each, and return 1 when one crashed or was stored."""
    database = running.database
    meter = add_meter(database)
    place = meter.firm.organization_id
    new = NewStation("88888880000001", "DAS-1", NAMES)
    station = register_station(meter.reporter, database, place, new, clock.now())
    messages = Messages(meter, SEED).make(MESSAGES)
    frames = Frames212(station, SEED).make(FRAMES)
    began = time.perf_counter()
    first = send_messages(database, meter, messages)
    middle = time.perf_counter()
    second = send_frames(database, frames)
    ended = time.perf_counter()
    with database.work(SYSTEM_SCOPE) as work:
        rows = int(work.connection.execute(COUNTS).scalar_one())
        reasons = Counter({row[0]: int(row[1]) for row in work.connection.execute(REASONS)})
    print(f"seed {SEED}; {len({b.kind for b in (*messages, *frames)})} kinds")
    print(
        f"{MESSAGES} messages by MQTT: {first[0]} crashes, {first[2]} stored; "
        f"{MESSAGES // BATCH} good ones among them: {first[1]} stored; {middle - began:.1f} s"
    )
    print(
        f"{FRAMES} frames of HJ 212: {second[0]} crashes, {second[2]} stored, "
        f"{second[1]} without an end; {ended - middle:.1f} s"
    )
    print(f"rows of readings: {rows} (those of the good messages)")
    print(f"set aside {reasons.total()}, by reason:")
    for reason, count in reasons.most_common():
        print(f"  {reason:<22} {count:>6}")
    whole = first == (0, MESSAGES // BATCH, 0) and (second[0], second[2]) == (0, 0)
    return 0 if whole and rows == first[1] else 1


def main() -> int:
    """Run it against a database of its own."""
    with stack() as running:
        return measure(running)


if __name__ == "__main__":
    sys.exit(main())
