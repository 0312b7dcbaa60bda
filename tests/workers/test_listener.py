"""The listener: shares the load, outlives the database, and never stops for a bad message."""

import threading

import paho.mqtt.client as paho
import psycopg
import pytest
from sqlalchemy import text

from services.collection.intake import Intake
from services.collection.telemetry import quarantine_of
from services.data.engine import SYSTEM_SCOPE
from services.settings import SettingError
from tests.fixtures.databases import opened
from tests.meters import add_meter, gateway_of, own_broker
from tests.waiting import wait_until
from workers.embedded.postgres import SUPERUSER
from workers.listener import Listener
from workers.mqtt import BrokerAddress

STORED = text(
    "SELECT m.sequence, r.value FROM collected.reading r "
    "JOIN collected.message m USING (organization_id, message_id) ORDER BY 1"
)


class Counting(Intake):
    """An intake that remembers what it stored."""

    def __init__(self, database):
        super().__init__(database)
        self.stored = 0

    def commit(self, looked):
        outcome = super().commit(looked)
        self.stored += outcome.stored
        return outcome


@pytest.fixture
def mqtt_url():
    """A broker of our own: the listener of the live platform would take half of the messages."""
    with own_broker() as broker:
        yield broker.url


@pytest.fixture
def listening(app_url, mqtt_url):
    """Return a function that starts a listener in a thread and gives its intake."""
    running = []

    def start():
        database = opened(app_url)
        intake = Counting(database.__enter__())
        listener = Listener(intake, BrokerAddress.parse(mqtt_url))
        thread = threading.Thread(target=listener.run)
        thread.start()
        running.append((listener, thread, database))
        return intake

    yield start
    for listener, _, _ in running:
        listener.stop()
    for _, thread, database in running:
        thread.join(20)
        database.__exit__(None, None, None)


@pytest.fixture
def meter(database):
    return add_meter(database)


@pytest.fixture
def gateway(meter, mqtt_url):
    with gateway_of(meter, mqtt_url) as gateway:
        yield gateway


def rows(database):
    with database.work(SYSTEM_SCOPE) as work:
        return [tuple(row) for row in work.connection.execute(STORED)]


def send(gateway, count, start=0):
    for number in range(start, start + count):
        gateway.record({"P": float(number)})


@pytest.mark.broker
@pytest.mark.postgres
def test_two_listeners_share_the_load_and_store_each_reading_once(database, listening, gateway):
    intakes = [listening(), listening()]
    send(gateway, 1)
    wait_until(lambda: gateway.pump() == 0, 30)
    send(gateway, 300, 1)
    wait_until(lambda: gateway.pump() == 0, 60)
    assert rows(database) == [(n, float(n)) for n in range(301)]
    assert sum(intake.stored for intake in intakes) == 301
    assert all(intake.stored > 0 for intake in intakes)


@pytest.mark.broker
@pytest.mark.postgres
def test_while_the_database_is_away_nothing_is_receipted_and_afterwards_everything(
    database, listening, gateway, servers, caplog
):
    listening()
    send(gateway, 20)
    wait_until(lambda: gateway.pump() == 0, 30)
    name = database.engine.url.database
    database.dispose()
    away(servers, name, True)
    send(gateway, 100, 20)
    gateway.pump()
    wait_until(lambda: caplog.text.count("keeping the batch") >= 3, 20)
    assert gateway.pump() == 100
    away(servers, name, False)
    wait_until(lambda: gateway.pump() == 0, 60)
    assert rows(database) == [(n, float(n)) for n in range(120)]


def away(servers, name, is_away):
    """Cut every connection to one database and refuse new ones, or admit them again."""
    address = servers.postgres.url(SUPERUSER, SUPERUSER)
    with psycopg.connect(address, autocommit=True) as administrator:
        administrator.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {not is_away}')
        administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [name if is_away else ""],
        )


@pytest.mark.broker
@pytest.mark.postgres
def test_malformed_messages_are_shown_and_the_listener_goes_on(
    database, listening, gateway, meter, mqtt_url
):
    listening()
    send(gateway, 1)
    wait_until(lambda: gateway.pump() == 0, 30)
    bad = [b"", b"rubbish", b"\x00\xff\xfe", b"[" * 9_000, b'{"v":1e400}', b"x" * 40_000]
    publish(mqtt_url, meter.topic, bad)
    publish(mqtt_url, f"c/{meter.device.tenant}/GW-1/up/\N{SNOWMAN}", [b"{}"])
    send(gateway, 10, 1)
    wait_until(lambda: gateway.pump() == 0, 30)
    organization_id = meter.firm.organization_id
    wait_until(lambda: len(quarantine_of(meter.reporter, database, organization_id)) == 6, 20)
    found = quarantine_of(meter.reporter, database, organization_id)
    assert sorted(row.reason for row in found) == sorted(
        ["not_json", "not_json", "not_utf8", "too_deep", "not_finite", "too_large"]
    )
    assert max(row.size for row in found) == 40_000
    assert len(rows(database)) == 11


def publish(mqtt_url, topic, payloads):
    """Publish from a client of its own, and wait until the broker has them."""
    address = BrokerAddress.parse(mqtt_url)
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.username_pw_set(address.user, address.password)
    client.connect(address.host, address.port)
    client.loop_start()
    for payload in payloads:
        client.publish(topic, payload, qos=1).wait_for_publish(10)
    client.disconnect()
    client.loop_stop()


@pytest.mark.broker
@pytest.mark.postgres
def test_a_device_is_told_what_is_refused_and_why(database, listening, gateway):
    listening()
    gateway.record({"P": 1.0})
    gateway.record({"X": 1.0})
    wait_until(lambda: gateway.pump() == 0, 30)
    assert gateway.store.refused() == {1: "unknown_point"}
    assert rows(database) == [(0, 1.0)]


@pytest.mark.broker
@pytest.mark.postgres
def test_what_nobody_foresaw_ends_the_listener_which_is_then_started_anew(
    database, mqtt_url, gateway, caplog
):
    class Broken(Intake):
        def commit(self, looked):
            raise RuntimeError("unforeseen")

    caplog.set_level("INFO", "workers.listener")
    listener = Listener(Broken(database), BrokerAddress.parse(mqtt_url))
    ended = []

    def run():
        try:
            listener.run()
        except RuntimeError as error:
            ended.append(str(error))

    thread = threading.Thread(target=run)
    thread.start()
    wait_until(lambda: "subscribed" in caplog.text, 20)
    send(gateway, 1)
    gateway.pump()
    thread.join(20)
    assert ended == ["unforeseen"]
    assert rows(database) == []


def test_the_address_gives_host_port_user_and_encryption():
    assert BrokerAddress.parse("mqtt://u:p%40ss@broker") == BrokerAddress(
        "broker", 1883, "u", "p@ss", False
    )
    assert BrokerAddress.parse("mqtts://broker:1234") == BrokerAddress(
        "broker", 1234, None, None, True
    )


@pytest.mark.parametrize("url", ["", "http://broker", "broker:1883", "mqtt://"])
def test_an_address_of_another_kind_is_refused_by_name(url):
    with pytest.raises(SettingError, match="MQTT_URL"):
        BrokerAddress.parse(url)
