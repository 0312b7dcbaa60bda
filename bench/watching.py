"""What streaming checks cost the listener: readings receipted a second without them and with them.

The pipe of `bench telemetry`, rounds without and with checks in turn. With them both points of the
meter have every limit there is, and a process of its own looks every 5 seconds at what came, as the
scheduler does. Then one look at everything that a round brought, alone.
"""

from __future__ import annotations

import multiprocessing
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.synchronize import Event
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench._listening import Stack, register, stack
from bench.telemetry import ROUNDS, checked
from services import clock
from services.collection import watching
from services.collection.telemetry import RegisteredDevice
from services.data import devices, organizations, point_limits
from services.data.engine import SYSTEM_SCOPE, Database
from services.registry import PointLimit
from workers.embedded.postgres import LOGIN
from workers.watching import watch_until

# Long enough that several looks fall into each round.
LOADS = ((1, 12_000), (20, 12_000), (100, 6_000))
# Wide enough that nothing is wrong: what is measured is looking, not telling.
LIMITS = PointLimit(
    0,
    low=-1e9,
    high=1e9,
    margin=1.0,
    change_per_minute=1e12,
    same_readings=1_000_000_000,
    late_s=1_000_000,
    silent_reports=1_000_000,
    reason="bench",
)


def limit(database: Database, device: RegisteredDevice) -> int:
    """Give every point of the device every limit; return how many points."""
    with database.work(SYSTEM_SCOPE) as work:
        owner = organizations.by_code(work, "LOAD")
        (found,) = (
            each
            for each in devices.of_organization(work, owner.organization_id)
            if each.code == device.code
        )
        for point in found.points:
            limits = replace(LIMITS, point_id=point.point_id)
            recorded = (None, clock.now())
            point_limits.add(work, owner, found.device_id, limits, recorded)
        work.commit()
    return len(found.points)


def watch(url: str, ready: Event) -> None:
    """Watch in a process of its own until it is ended; say when it begins."""
    database = Database(url, pool_size=1)
    watching.check_new(database, clock.now())
    ready.set()
    watch_until(threading.Event(), database)


@contextmanager
def watched(running: Stack) -> Iterator[None]:
    """Let a process watch for the while."""
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    arguments = (running.postgres.url(LOGIN), ready)
    process = context.Process(target=watch, args=arguments, daemon=True)
    process.start()
    ready.wait()
    try:
        yield
    finally:
        process.terminate()
        process.join()


def measure(running: Stack, device: RegisteredDevice, size: int, count: int) -> None:
    """Print what rounds without and with checks bring."""
    without, having = [], []
    for _ in range(ROUNDS):
        without.append(checked(running, device, size, count))
        with watched(running):
            having.append(checked(running, device, size, count))
        watching.check_new(running.database, clock.now())
    rates = [size * count / min(times) for times in (without, having)]
    print(
        f"{size:>4} a message: {rates[0]:>9,.0f} without, {rates[1]:>9,.0f} with checks, "
        f"ratio {rates[1] / rates[0]:.2f}",
        flush=True,
    )


def main() -> int:
    """Print both rates for each size of message, and how long one look takes."""
    with stack() as running:
        (device,) = register(running.database, 1)
        running.wait_for_listener()
        points = limit(running.database, device)
        watching.check_new(running.database, clock.now())
        for size, count in LOADS:
            measure(running, device, size, count)
        size, count = LOADS[-1]
        checked(running, device, size, count)
        began = time.perf_counter()
        done = watching.check_new(running.database, clock.now())
        seconds = time.perf_counter() - began
        print(f"one look at {size * count:,} readings: {seconds:.2f} s, {done.points} of {points}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
