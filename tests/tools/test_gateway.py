"""The example gateway believes only receipts signed with its own key, and loses nothing itself."""

import json
import re
from pathlib import Path

import pytest
from paho.mqtt.client import MQTTMessage

from services.collection.readings import parse_payload
from services.collection.receipts import DeviceKey, Receipt, read_receipt, write_receipt
from services.collection.signatures import is_authentic
from tools.gateway import Gateway, Identity, Store, open_sealed, sample_values, seal

pytestmark = pytest.mark.slow

KEY = bytes(range(32))
IDENTITY = Identity("3f4608ae-6bba-4795-9584-da62ff3bf842", "GW-1", "METER-1", "k1", KEY)
NOWHERE = "mqtt://127.0.0.1:1"


def gateway_with(store):
    return Gateway(NOWHERE, IDENTITY, store)


def tell(gateway, payload):
    message = MQTTMessage(topic=IDENTITY.ack.encode())
    message.payload = payload
    gateway._on_message(gateway._client, None, message)


def receipt(store, stored=(), refused=(), key=KEY, device="METER-1"):
    boot = store.oldest(1)[0][0]
    return write_receipt(
        Receipt(device, boot, frozenset(stored), dict(refused)), DeviceKey("k1", key)
    )


def test_what_the_gateway_writes_the_platform_reads():
    store = Store()
    gateway = gateway_with(store)
    gateway.record({"P": 1.5, "E": 2}, taken_ms=1_767_225_600_000)
    ((boot, seq, payload),) = store.oldest(9)
    message = parse_payload(payload)
    assert message.key == (boot, seq) == (boot, 0)
    assert is_authentic(message.signed, message.mac, KEY)
    assert {r.point: r.value for r in message.readings} == {"P": 1.5, "E": 2.0}
    gateway.close()
    store.close()


def test_both_sides_sign_alike():
    members = {"dev": "METER-1", "name": "计量"}
    assert open_sealed(seal(members, KEY), KEY) == members
    payload = write_receipt(Receipt("METER-1", "0" * 16, frozenset({1}), {}), DeviceKey("k1", KEY))
    assert open_sealed(payload, KEY)["ranges"] == [[1, 1]]
    assert read_receipt(seal({"x": 1}, bytes(32)), DeviceKey("k1", KEY)) is None
    assert open_sealed(b"rubbish", KEY) is None


def test_only_what_is_receipted_is_forgotten(caplog):
    store = Store()
    gateway = gateway_with(store)
    for number in range(5):
        gateway.record({"P": float(number)})
    tell(gateway, receipt(store, stored={0, 1, 3}))
    assert [seq for _, seq, _ in store.oldest(9)] == [2, 4]
    tell(gateway, receipt(store, refused={2: "unknown_point"}))
    assert [seq for _, seq, _ in store.oldest(9)] == [4]
    assert store.refused() == {2: "unknown_point"}
    assert gateway.pump() == 1
    gateway.close()
    store.close()


def test_a_forged_receipt_and_one_for_another_device_change_nothing():
    store = Store()
    gateway = gateway_with(store)
    gateway.record({"P": 1.0})
    for payload in (
        receipt(store, stored={0}, key=bytes(32)),
        receipt(store, stored={0}, device="METER-2"),
        json.dumps({"ranges": [[0, 9]]}).encode(),
    ):
        tell(gateway, payload)
    assert store.waiting() == 1
    gateway.close()
    store.close()


def test_what_is_not_receipted_outlives_the_gateway(tmp_path):
    path = tmp_path / "gateway.db"
    first = Store(path)
    gateway = gateway_with(first)
    gateway.record({"P": 1.0})
    gateway.close()
    kept = first.oldest(9)
    first.close()
    second = Store(path)
    assert second.oldest(9) == kept
    again = gateway_with(second)
    again.record({"P": 2.0})
    assert len({boot for boot, _, _ in second.oldest(9)}) == 2
    again.close()
    second.close()


def test_the_example_of_the_guide_makes_what_the_platform_reads():
    guide = (Path(__file__).parents[2] / "docs" / "telemetry.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)client = Client", guide, re.DOTALL)[1]
    names = {}
    exec(code.replace("<64 hex>", KEY.hex()), names)
    members = {"v": 1, "gw": "GW-1", "dev": "METER-1", "boot": "0" * 16, "seq": 0, "ts": 1, "tq": 2}
    message = parse_payload(
        names["seal"]({**members, "q": 0, "vals": {"P": 1}, "hist": False, "kid": "k1"})
    )
    assert is_authentic(message.signed, message.mac, KEY)


def test_sample_values_move():
    assert sample_values(["P", "E"], 0.0) != sample_values(["P", "E"], 5.0)
    assert set(sample_values(["P", "E"], 0.0)) == {"P", "E"}
