"""Random kills of listener, broker and PostgreSQL for a minute at 500 messages a second.

Twenty gateways (tools/gateway_sim.py, each with its file) send 500 messages a second together; at
random moments one of the three processes is killed with SIGKILL and started again. Beside them,
under the same kills, four naive gateways send 100 a second and forget a message as soon as the
broker acknowledges it. Afterwards every number and value that was written down is looked for.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bench._listening import Stack, register, stack
from services.collection.payloads import seal
from services.collection.telemetry import RegisteredDevice
from services.collection.topics import up_topic
from services.data.engine import SYSTEM_SCOPE
from tools.gateway_sim import Gateway, Identity, Store
from workers.mqtt import BrokerAddress

SEED = int(os.environ.get("SEED", "20261127"))
SECONDS, PER_SECOND = 60.0, 500
GATEWAYS, NAIVE, NAIVE_PER_SECOND = 20, 4, 100
# Each writes down to the disk, which takes longer than all else; and each pumps so often.
SENDERS, PUMP_EVERY = 10, 10
BETWEEN_KILLS = (1.0, 3.2)
BAD_EVERY = 500
SETTLE_SECONDS = 240.0
VICTIMS = ("listener", "broker", "postgres")
FOUND = text("""
SELECT d.code, count(*), count(DISTINCT r.value), sum(r.value)
FROM collected.reading r JOIN collected.device d USING (organization_id, device_id)
GROUP BY d.code
""")
SET_ASIDE = text("SELECT count(*) FROM collected.quarantine WHERE reason = 'unknown_point'")


@dataclass
class Sent:
    """What one gateway wrote down: how many, and the sum of their values."""

    count: int = 0
    total: int = 0
    bad: int = 0

    def next_value(self) -> float:
        """Return the next value, a whole number so that sums are exact."""
        self.count += 1
        self.total += self.count
        return float(self.count)


class Naive:
    """A gateway that forgets what the broker has acknowledged, with nothing on disk."""

    def __init__(self, url: str, device: RegisteredDevice) -> None:
        self._device, self.sent = device, Sent()
        address = BrokerAddress.parse(url)
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id=f"naive-{device.code}")
        self._client.username_pw_set(address.user or "", address.password)
        self._client.reconnect_delay_set(1, 2)
        self._client.max_queued_messages_set(0)
        self._client.connect(address.host, address.port)
        self._client.loop_start()

    def record(self) -> None:
        """Publish the next value; the client keeps it until the broker acknowledges it."""
        device, number = self._device, self.sent.count
        members = {"v": 1, "gw": device.gateway, "dev": device.code, "boot": "0" * 16}
        members |= {"seq": number, "ts": int(time.time() * 1000), "tq": 2, "q": 0, "hist": False}
        members |= {"vals": {"P": self.sent.next_value()}, "kid": device.key.key_id}
        topic = up_topic(device.tenant, device.gateway, "main")
        self._client.publish(topic, seal(members, device.key.secret), qos=1)

    def close(self) -> None:
        """Leave the broker once it has acknowledged everything."""
        self._client.disconnect()
        self._client.loop_stop()


class Careful:
    """A gateway of tools/gateway_sim.py with what it wrote down."""

    def __init__(self, url: str, device: RegisteredDevice, folder: Path) -> None:
        key = device.key
        identity = Identity(str(device.tenant), device.gateway, device.code, key.key_id, key.secret)
        self.sent, self.code = Sent(), device.code
        self._store = Store(folder / f"{device.code}.db")
        self._gateway = Gateway(url, identity, self._store, resend_seconds=2.0)

    def record(self) -> None:
        """Write the next value down, and now and then one of a point that nobody registered."""
        if self.sent.count % BAD_EVERY == BAD_EVERY - 1:
            self._gateway.record({"X": 1.0})
            self.sent.bad += 1
        self._gateway.record({"P": self.sent.next_value()})

    def pump(self) -> int:
        """Send what is due and return how many messages wait for their receipt."""
        return self._gateway.pump()

    def close(self) -> None:
        """Leave the broker and close the file."""
        self._gateway.close()
        self._store.close()


@dataclass
class Kills:
    """Which process was killed when, and how long it took to come up again."""

    random: random.Random
    done: list[tuple[str, float]] = field(default_factory=list)

    def run(self, running: Stack, until: float) -> None:
        """Kill one of the three after another, at random, until the time is over."""
        while (pause := self.random.uniform(*BETWEEN_KILLS)) < until - time.monotonic():
            time.sleep(pause)
            victim = self.random.choice(VICTIMS)
            began = time.monotonic()
            self._kill(running, victim)
            self.done.append((victim, time.monotonic() - began))

    def _kill(self, running: Stack, victim: str) -> None:
        if victim == "listener":
            running.listener.kill_group()
            running.listener.stop()
            running.listen()
            return
        server = running.broker if victim == "broker" else running.postgres
        server.process.kill_group()
        server.process.stop()
        server.start(os.environ)


@contextmanager
def beside(acts: Sequence[Callable[[], None]]) -> Iterator[None]:
    """Run something in threads of its own meanwhile."""
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()


def senders(careful: list[Careful], naive: list[Naive], until: float) -> list[Callable[[], None]]:
    """Return what sends of all gateways, each with its share: one waits for its disk alone."""
    return [partial(send, careful[n::SENDERS], naive[n::SENDERS], until) for n in range(SENDERS)]


def send(careful: list[Careful], naive: list[Naive], until: float) -> None:
    """Record at the pace of the load, each gateway in its turn, and send what is due."""
    pace = PER_SECOND * len(careful) // GATEWAYS, NAIVE_PER_SECOND * len(naive) // NAIVE
    began, sent, odd = time.monotonic(), 0, 0
    while time.monotonic() < until:
        passed = time.monotonic() - began
        while sent < int(passed * pace[0]):
            careful[sent % len(careful)].record()
            sent += 1
            if sent % PUMP_EVERY == 0:
                careful[sent // PUMP_EVERY % len(careful)].pump()
        while odd < int(passed * pace[1]):
            naive[odd % len(naive)].record()
            odd += 1
        time.sleep(0.002)


def settle(careful: list[Careful]) -> float:
    """Send on until everything is receipted, and return how many seconds that took."""
    began = time.monotonic()
    while sum(one.pump() for one in careful) > 0:
        if time.monotonic() - began > SETTLE_SECONDS:
            break
        time.sleep(0.05)
    return time.monotonic() - began


def found_in(running: Stack) -> tuple[dict[str, tuple[int, int, int]], int]:
    """Return rows, different values and sum of each device, and the number set aside.

    No device writes a value down twice.
    """
    for _ in range(60):
        try:
            with running.database.work(SYSTEM_SCOPE) as work:
                rows = work.connection.execute(FOUND).all()
                aside = work.connection.execute(SET_ASIDE).scalar_one()
            return {row[0]: (row[1], row[2], int(row[3])) for row in rows}, int(aside)
        except SQLAlchemyError:
            # Connections of before the last kill.
            time.sleep(0.5)
    raise TimeoutError("the database did not come back")


def main() -> int:
    """Print what was killed, what was sent, and what of it is there."""
    with stack() as running:
        devices = register(running.database, GATEWAYS + NAIVE)
        running.wait_for_listener()
        url = running.broker.url
        careful = [Careful(url, device, running.folder) for device in devices[:GATEWAYS]]
        naive = [Naive(url, device) for device in devices[GATEWAYS:]]
        kills = Kills(random.Random(SEED))
        until = time.monotonic() + SECONDS
        # A server ends with the thread that started it, so that the kills stay in this one.
        with beside(senders(careful, naive, until)):
            kills.run(running, until)
        took = settle(careful)
        found, aside = found_in(running)
        closing: list[Careful | Naive] = [*careful, *naive]
        for one in closing:
            one.close()
    return report(kills, took, tally(careful, naive, found, aside))


@dataclass(frozen=True)
class Tally:
    """What became of the messages of the careful gateways and of the naive ones."""

    sent: int
    lost: int
    doubled: int
    sums_differ: int
    bad: int
    aside: int
    naive_sent: int
    naive_lost: int


def tally(
    careful: list[Careful],
    naive: list[Naive],
    found: dict[str, tuple[int, int, int]],
    aside: int,
) -> Tally:
    """Compare what is stored with what was written down."""
    nothing = (0, 0, 0)
    of_careful = [(one.sent, found.get(one.code, nothing)) for one in careful]
    mine = {one.code for one in careful}
    naive_stored = sum(counts[1] for code, counts in found.items() if code not in mine)
    naive_sent = sum(one.sent.count for one in naive)
    return Tally(
        sent=sum(sent.count for sent, _ in of_careful),
        lost=sum(sent.count - counts[1] for sent, counts in of_careful),
        doubled=sum(counts[0] - counts[1] for _, counts in of_careful),
        sums_differ=sum(sent.total != counts[2] for sent, counts in of_careful),
        bad=sum(sent.bad for sent, _ in of_careful),
        aside=aside,
        naive_sent=naive_sent,
        naive_lost=naive_sent - naive_stored,
    )


def report(kills: Kills, took: float, found: Tally) -> int:
    """Print the table, and return 1 when a reading of a careful gateway is not there once."""
    counts = {name: sum(victim == name for victim, _ in kills.done) for name in VICTIMS}
    longest = {
        name: max((s for victim, s in kills.done if victim == name), default=0.0)
        for name in VICTIMS
    }
    told = ", ".join(
        f"{name} {counts[name]} (up again in {longest[name]:.1f} s)" for name in VICTIMS
    )
    print(f"seed {SEED}: {len(kills.done)} kills in {SECONDS:.0f} s: {told}")
    print(
        f"receipted gateways : {found.sent} sent ({found.sent / SECONDS:.0f} a second), "
        f"{found.lost} lost, {found.doubled} doubled,"
    )
    print(f"                     sums of {found.sums_differ} of {GATEWAYS} devices differ;")
    print(f"                     {found.bad} bad ones sent, {found.aside} set aside;")
    print(f"                     all receipted {took:.1f} s after the last was written down")
    share = 100 * found.naive_lost / max(1, found.naive_sent)
    print(f"naive gateways     : {found.naive_sent} sent, {found.naive_lost} lost ({share:.1f} %),")
    print("                     which trust the broker's acknowledgement under the same kills")
    whole = (found.lost, found.doubled, found.sums_differ) == (0, 0, 0)
    return 0 if whole and found.aside == found.bad else 1


if __name__ == "__main__":
    sys.exit(main())
