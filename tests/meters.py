"""Registered meters for tests, and the messages their gateways would send."""

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass

from paho.mqtt.enums import MQTTProtocolVersion

from services import clock
from services.collection.admission import Arrival
from services.collection.payloads import seal
from services.collection.receipts import read_receipt
from services.collection.telemetry import points_of_kind, register_device
from services.metering import NewDevice
from services.security.permissions import Membership, Role
from tests.cleared import cleared
from tests.fixtures.servers import open_folder
from tests.places import add_firm
from tools.gateway_sim import Gateway, Identity, Store
from workers.embedded.broker import Broker

BOOT = "00000000000000aa"


@dataclass(frozen=True)
class Meter:
    """A registered device, its firm, and who may see it."""

    firm: object
    reporter: object
    device: object

    def members(self, seq=0, taken_at=None, **changes):
        """Return the members of a message, as the guide for device makers shows them."""
        instant = taken_at or clock.now()
        usual = {
            "v": 1,
            "gw": self.device.gateway,
            "dev": self.device.code,
            "boot": BOOT,
            "seq": seq,
            "ts": int(instant.timestamp() * 1000),
            "tq": 2,
            "q": 0,
            "vals": {"P": float(seq)},
            "hist": False,
            "kid": self.device.key.key_id,
        }
        return usual | changes

    def payload(self, seq=0, key=None, **changes):
        return seal(self.members(seq, **changes), key or self.device.key.secret)

    @property
    def topic(self):
        return f"c/{self.device.tenant}/{self.device.gateway}/up/main"

    def arrival(self, seq=0, topic=None, **changes):
        received_at = changes.pop("received_at", None) or clock.now()
        return Arrival(topic or self.topic, self.payload(seq, **changes), received_at)

    def raw(self, payload, topic=None):
        return Arrival(topic or self.topic, payload, clock.now())

    def receipts(self, outcome):
        """Return the receipts of an outcome that this device can verify."""
        found = [read_receipt(sent.payload, self.device.key) for sent in outcome.receipts]
        return [receipt for receipt in found if receipt is not None]


def add_meter(database, code="METER-1", firm=None, reporter=None):
    """Register an electricity meter (points P and E) of a firm."""
    firm = firm or add_firm(database)
    reporter = reporter or reporter_of(firm)
    names = {"zh-CN": "测试电表", "en": "Test meter"}
    new = NewDevice(code, "GW-1", names, 10, points_of_kind("electricity"))
    device = register_device(reporter, database, firm.organization_id, new, clock.now())
    return Meter(firm, reporter, device)


def reporter_of(firm):
    """Return somebody who may see and register the devices of a firm."""
    return cleared(7, "R", Membership(Role.REPORTER, firm.organization_id, firm.access_path))


@contextmanager
def own_broker():
    """A broker that no other listener takes messages from, and that may be killed."""
    folder = open_folder("shuangtan-broker-")
    broker = Broker(folder)
    broker.start(os.environ)
    try:
        yield broker
    finally:
        broker.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def gateway_of(meter, mqtt_url, protocol=MQTTProtocolVersion.MQTTv311):
    """The example gateway, speaking for a meter; `gateway.store` is what it has on disk."""
    device = meter.device
    identity = Identity(
        str(device.tenant), device.gateway, device.code, device.key.key_id, device.key.secret
    )
    store = Store()
    gateway = Gateway(mqtt_url, identity, store, resend_seconds=1.0, protocol=protocol)
    gateway.store = store
    try:
        yield gateway
    finally:
        gateway.close()
        store.close()
