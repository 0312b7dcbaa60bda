"""Edge nodes of Sparkplug B over a real broker: stored as weak, nothing ever sent to them."""

import threading

import paho.mqtt.client as paho
import pytest
from sqlalchemy import text

from services import clock
from services.collection.intake import Intake
from services.collection.node_devices import node_device, point_of, register_node_device
from services.collection.telemetry import quarantine_of
from services.data.engine import SYSTEM_SCOPE
from tests.fixtures.databases import opened
from tests.meters import own_broker, reporter_of
from tests.places import add_firm
from tests.sparkplug import metric, payload
from tests.waiting import wait_until
from workers.mqtt import BrokerAddress
from workers.nodes import NodeListener

pytestmark = [pytest.mark.postgres, pytest.mark.broker]

STORED = text(
    "SELECT d.code, p.code, r.value, m.integrity, m.sequence FROM collected.reading r "
    "JOIN collected.message m USING (organization_id, message_id) "
    "JOIN collected.device d ON d.device_id = r.device_id "
    "JOIN collected.point p ON p.point_id = r.point_id ORDER BY m.sequence, 2"
)
ENERGY = point_of("Meter/Energy=kWh:energy")


class Node:
    """An edge node with a device, and all that is ever published besides."""

    def __init__(self, url, firm):
        self.firm, self.heard = firm, []
        address = BrokerAddress.parse(url)
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self.client.username_pw_set(address.user, address.password)
        self.client.on_message = lambda _c, _d, message: self.heard.append(message.topic)
        self.client.connect(address.host, address.port)
        self.client.subscribe("#", 1)
        self.client.loop_start()

    def say(self, kind, data, device=""):
        topic = f"spBv1.0/{self.firm.public_id}/{kind}/Node-1" + (f"/{device}" if device else "")
        # As the specification wants it: QoS 0.
        self.client.publish(topic, data, qos=0)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def firm(database):
    return add_firm(database)


@pytest.fixture
def reporter(database, firm):
    reporter = reporter_of(firm)
    new = node_device("Dev-1", "Node-1", "Meter", (ENERGY,))
    register_node_device(reporter, database, firm.organization_id, new, clock.now())
    return reporter


@pytest.fixture
def mqtt_url():
    with own_broker() as broker:
        yield broker.url


@pytest.fixture
def listening(app_url, mqtt_url, reporter, caplog):
    caplog.set_level("INFO", "workers.nodes")
    with opened(app_url) as database:
        listener = NodeListener(database, Intake(database), BrokerAddress.parse(mqtt_url))
        thread = threading.Thread(target=listener.run)
        thread.start()
        wait_until(lambda: "subscribed" in caplog.text, 30)
        yield listener
        listener.stop()
        thread.join(30)


@pytest.fixture
def node(mqtt_url, firm):
    node = Node(mqtt_url, firm)
    yield node
    node.close()


def rows(database):
    with database.work(SYSTEM_SCOPE) as work:
        return [tuple(row) for row in work.connection.execute(STORED)]


def at(ago=0):
    return int(clock.now().timestamp() * 1000) - ago


def set_aside(database, reporter, firm):
    found = quarantine_of(reporter, database, firm.organization_id)
    return sorted(row.reason for row in found)


def test_what_a_node_tells_is_stored_once_as_weak_and_a_gap_is_set_aside(
    database, listening, node, firm, reporter
):
    now = at(60_000)
    birth = payload(
        1, metric("Meter/Energy", 5, 100, now, 8), metric("Other", 6, 1, now, 8), at=now
    )
    data = payload(2, metric(alias=5, value=103), metric(alias=6, value=2), at=now + 1000)
    node.say("NBIRTH", payload(0, metric("bdSeq", value=1, datatype=4), at=now))
    node.say("DBIRTH", birth, "Dev-1")
    for _ in range(2):
        node.say("DDATA", data, "Dev-1")
    # Nobody registered this one; its number counts.
    node.say("DBIRTH", payload(3, metric("X", 9, 1, now, 8), at=now), "Dev-2")
    node.say("DDATA", payload(4, metric(alias=5, value=104), at=now + 2000), "Dev-1")
    stored = [
        ("Dev-1", "Meter.Energy", value, "weak", number)
        for number, value in ((1, 100.0), (2, 103.0), (4, 104.0))
    ]
    wait_until(lambda: len(rows(database)) == 3, 20)
    # 5 is left out; what comes then waits for the next birth.
    node.say("DDATA", payload(6, metric(alias=5, value=999), at=now + 3000), "Dev-1")
    node.say("DDATA", payload(7, metric(alias=5, value=999), at=now + 4000), "Dev-1")
    node.say("DDATA", b"rubbish", "Dev-1")
    wait_until(lambda: len(set_aside(database, reporter, firm)) == 3, 20)
    assert set_aside(database, reporter, firm) == ["gap", "no_birth", "not_sparkplug"]
    assert rows(database) == stored
    # Nothing was sent that a node would act on.
    assert not [topic for topic in node.heard if "CMD" in topic]


def test_another_firm_cannot_be_spoken_for_and_one_unknown_is_set_aside_at_the_root(
    database, listening, node, firm, reporter
):
    now = at(60_000)
    topic = "spBv1.0/9d2f41d0-7be3-4856-9f2c-41d07be3a856/NBIRTH/Node-1"
    node.client.publish(topic, payload(0, metric("Load", 1, 1, now, 8), at=now), qos=0)
    node.client.publish(
        f"spBv1.0/{firm.public_id}/NBIRTH/Node-9", payload(0, metric("L", 1, 1, now, 8), at=now)
    )
    wait_until(lambda: set_aside(database, reporter, firm) == ["unknown_device"], 20)
    reasons = text("SELECT reason FROM collected.quarantine WHERE organization_id = 100000")

    def at_root():
        with database.work(SYSTEM_SCOPE) as work:
            return list(work.connection.scalars(reasons))

    wait_until(lambda: at_root() == ["unknown_organization"], 20)
    assert rows(database) == []
