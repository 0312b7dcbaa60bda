"""kill -9 of listener and broker during 2,000 readings: each id and value exactly once (4.2 c)."""

import os
import secrets
import signal
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from services.data.engine import SYSTEM_SCOPE
from tests.doors import DEVICE_KEY
from tests.meters import add_meter, gateway_of, own_broker
from tests.waiting import wait_until
from workers.embedded.process import Process

pytestmark = [pytest.mark.faults, pytest.mark.postgres, pytest.mark.broker]

ROOT = Path(__file__).parents[2]
READINGS = 2_000
KILL_EVERY = 250
LEFT_AT_KILL = 150
STORED = text(
    "SELECT m.sequence, r.value FROM collected.reading r "
    "JOIN collected.message m USING (organization_id, message_id) ORDER BY 1"
)


@pytest.fixture
def broker():
    with own_broker() as broker:
        yield broker


class ListenerProcess:
    """`python -m workers.listener`, killed and started again like the supervisor does."""

    def __init__(self, folder, database_url, mqtt_url):
        self._environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "MQTT_URL": mqtt_url,
            "SHUANGTAN_SECRET_KEY": secrets.token_hex(32),
            "SHUANGTAN_FACTOR_KEY": secrets.token_hex(32),
            "SHUANGTAN_DEVICE_KEY": DEVICE_KEY,
        }
        self.process = Process("listener", folder / "listener.log", folder=ROOT)

    def start(self):
        self.process.start([sys.executable, "-m", "workers.listener"], self._environment)


@pytest.fixture
def listener(tmp_path, app_url, broker):
    own = ListenerProcess(tmp_path, app_url, broker.url)
    own.start()
    yield own
    own.process.stop()


def kill(server):
    """kill -9, and wait until it is gone."""
    os.kill(server.process.pid, signal.SIGKILL)
    wait_until(lambda: not server.process.running, 10)


def test_no_reading_is_lost_or_doubled_when_listener_and_broker_are_killed(
    database, broker, listener
):
    meter = add_meter(database)
    port, killed = broker.port, []
    with gateway_of(meter, broker.url) as gateway:
        for number in range(READINGS):
            gateway.record({"P": number / 8})
            gateway.pump()
            if number % KILL_EVERY == KILL_EVERY - 1:
                # Only what is on its way can be lost: let some be receipted, but not all.
                wait_until(lambda: gateway.pump() <= LEFT_AT_KILL, 30)
                killed.append(gateway.pump())
                victim = (listener, broker)[len(killed) % 2]
                kill(victim)
                victim.start(os.environ) if victim is broker else victim.start()
        wait_until(lambda: gateway.pump() == 0, 60)
        assert gateway.store.refused() == {}
    assert broker.port == port
    assert len(killed) == READINGS / KILL_EVERY
    assert sum(left > 0 for left in killed) >= 4, killed
    with database.work(SYSTEM_SCOPE) as work:
        rows = [tuple(row) for row in work.connection.execute(STORED)]
    assert rows == [(number, number / 8) for number in range(READINGS)]
