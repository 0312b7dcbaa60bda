"""PostgreSQL with fsync, a broker and a listener as processes of their own, for measurements."""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from services import clock
from services.collection.telemetry import RegisteredDevice, add_device, points_of_kind
from services.data import organizations
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.organizations import NewOrganization
from services.data.sealing import Sealing
from services.metering import NewDevice
from services.preparation import bring_up_to_date
from tests.doors import DEVICE_KEY
from workers.embedded.broker import Broker
from workers.embedded.postgres import LOGIN, OWNER, Postgres
from workers.embedded.process import Process

ROOT = Path(__file__).resolve().parents[1]
CITY = "320100"
PATIENCE_SECONDS = 120.0
# What is measured is the listener, not how it slows one device down.
UNHINDERED = "1000000"


@dataclass
class Stack:
    """The processes of one measurement, each of which may be killed and started again."""

    folder: Path
    postgres: Postgres
    broker: Broker
    listener: Process
    database: Database

    def listen(self) -> None:
        """Start the listener and return at once."""
        given = {
            "DATABASE_URL": self.postgres.url(LOGIN),
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "MQTT_URL": self.broker.url,
            "SHUANGTAN_SECRET_KEY": secrets.token_hex(32),
            "SHUANGTAN_FACTOR_KEY": secrets.token_hex(32),
            "SHUANGTAN_DEVICE_KEY": DEVICE_KEY,
            "SHUANGTAN_DEVICE_PER_SECOND": UNHINDERED,
        }
        command = [sys.executable, "-m", "workers.listener"]
        self.listener.start(command, {**os.environ, **given})

    def wait_for_listener(self) -> None:
        """Wait until the listener has subscribed; what is sent before is nobody's."""
        log, deadline = self.listener.log, time.monotonic() + PATIENCE_SECONDS
        while not (log.exists() and "subscribed" in log.read_text(encoding="utf-8")):
            if time.monotonic() > deadline:
                raise TimeoutError("the listener did not subscribe")
            time.sleep(0.05)


@contextmanager
def stack() -> Iterator[Stack]:
    """Run all three, the database brought up to date, and throw everything away at the end."""
    with tempfile.TemporaryDirectory(prefix="shuangtan-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres, broker = Postgres(folder), Broker(folder)
        listener = Process("listener", folder / "listener.log", folder=ROOT)
        try:
            postgres.start(os.environ)
            broker.start(os.environ)
            bring_up_to_date(postgres.url(OWNER))
            database = Database(postgres.url(LOGIN), sealing=Sealing(bytes.fromhex(DEVICE_KEY)))
            running = Stack(folder, postgres, broker, listener, database)
            running.listen()
            yield running
            database.dispose()
        finally:
            for server in (listener, broker, postgres):
                server.stop()


def register(database: Database, count: int) -> list[RegisteredDevice]:
    """Register invented meters of an invented plant, each with a gateway of its own."""
    names = {"zh-CN": "示例测量厂", "en": "Sample measured plant"}
    with database.work(SYSTEM_SCOPE) as work:
        city = organizations.by_code(work, CITY).organization_id
        firm = organizations.add(work, NewOrganization("enterprise", "LOAD", city, names, "320000"))
        points = points_of_kind("electricity")
        devices = [
            add_device(
                work,
                firm,
                NewDevice(f"METER-{n}", f"GW-{n}", names, 60, points),
                clock.now(),
            )
            for n in range(1, count + 1)
        ]
        work.commit()
    return devices
