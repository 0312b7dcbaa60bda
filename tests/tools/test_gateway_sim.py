"""The example gateway believes only receipts signed with its own key, and loses nothing itself."""

import dataclasses
import json
import re
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from paho.mqtt.client import MQTTMessage

from services.collection.payloads import Encoding
from services.collection.quick_messages import parse_payload
from services.collection.receipts import DeviceKey, Receipt, read_receipt, write_receipt
from services.collection.signatures import is_authentic
from tools import gateway_sim
from tools.gateway_sim import (
    LONGEST_PAUSE_SECONDS,
    Gateway,
    Identity,
    Store,
    StoreDamagedError,
    StoreFullError,
    open_sealed,
    sample_values,
    seal,
)

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


def test_it_reads_only():
    """There is nothing in it that could be told to write."""
    assert {name for name in vars(Gateway) if not name.startswith("_")} == {
        "record",
        "pump",
        "close",
    }
    source = Path(gateway_sim.__file__).read_text(encoding="utf-8")
    assert re.findall(r"\.subscribe\((.*?)\)", source) == ["self._identity.ack, 1"]


def test_a_commit_is_on_the_disk_when_it_returns(tmp_path):
    store = Store(tmp_path / "gateway.db")
    asked = store._database.execute
    assert asked("PRAGMA journal_mode").fetchone() == ("wal",)
    assert asked("PRAGMA synchronous").fetchone() == (2,)  # FULL
    store.close()


def test_a_damaged_file_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "gateway.db"
    path.write_bytes(b"SQLite format 3\0" + b"rubbish" * 1000)
    before = path.read_bytes()
    with pytest.raises(StoreDamagedError, match=r"gateway\.db"):
        Store(path)
    assert path.read_bytes() == before


def test_a_page_that_was_overwritten_is_found(tmp_path):
    path = tmp_path / "gateway.db"
    store = Store(path)
    for number in range(500):
        store.keep("0" * 16, number, b"x" * 500)
    store.close()
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 6] = b"\xff" * 4096 * 3
    path.write_bytes(bytes(content))
    with pytest.raises(StoreDamagedError):
        Store(path)


def test_it_does_not_begin_anew_where_only_the_log_is_left(tmp_path):
    (tmp_path / "gateway.db-wal").write_bytes(b"log")
    with pytest.raises(StoreDamagedError, match="bring it back"):
        Store(tmp_path / "gateway.db")
    assert not (tmp_path / "gateway.db").exists()


def test_a_full_disk_stops_sampling_loses_nothing_and_heals(tmp_path):
    store = Store(tmp_path / "gateway.db", most_megabytes=1)
    fill = (store.keep("0" * 16, number, b"x" * 2000) for number in range(10_000))
    with pytest.raises(StoreFullError):
        list(fill)
    kept = store.waiting()
    assert [seq for _, seq, _ in store.oldest(10_000)] == list(range(kept))
    assert kept > 100
    store.forget("0" * 16, 0, 49)
    store.keep("0" * 16, 10_001, b"x" * 2000)
    assert store.waiting() == kept - 49
    store.close()


def test_after_an_outage_most_of_the_way_is_for_what_is_new_and_the_oldest_of_the_rest():
    store = Store()
    gateway = gateway_with(store)
    for number in range(300):
        gateway.record({"P": float(number)})
    # Nothing is new: the whole way is for what waited.
    reconnect(gateway)
    assert [seq for _, seq, _ in gateway._due()] == list(range(100))
    for number in range(200):
        gateway.record({"P": float(number)})
    assert [seq for _, seq, _ in gateway._due()] == [*range(20), *range(300, 380)]
    store.forget(gateway._boot, 10, 299)
    assert [seq for _, seq, _ in gateway._due()] == [*range(10), *range(300, 390)]
    gateway.close()
    store.close()


def reconnect(gateway):
    gateway._on_connect(gateway._client, None, None, SimpleNamespace(is_failure=False), None)


def test_what_waited_too_long_comes_again_as_history_and_is_shown_when_that_is_refused_too():
    store = Store()
    gateway = gateway_with(store)
    gateway.record({"P": 1.0})
    tell(gateway, receipt(store, refused={0: "too_old"}))
    assert store.refused() == {}
    ((boot, seq, payload),) = store.oldest(9)
    message = parse_payload(payload)
    assert (message.historical, message.key) == (True, (boot, seq))
    assert is_authentic(message.signed, message.mac, KEY)
    tell(gateway, receipt(store, refused={0: "too_old"}))
    assert store.refused() == {0: "too_old"}
    gateway.close()
    store.close()


def test_it_waits_as_long_as_the_platform_asks_but_never_for_long():
    store = Store()
    gateway = gateway_with(store)
    gateway.record({"P": 1.0})
    boot = store.oldest(1)[0][0]
    for ahead, expected in ((5, 5), (86_400, LONGEST_PAUSE_SECONDS), (-86_400, 0.5)):
        at = int((time.time() + ahead) * 1000)
        told = Receipt("METER-1", boot, frozenset(), {}, frozenset({0}), at)
        tell(gateway, write_receipt(told, DeviceKey("k1", KEY)))
        assert gateway._not_before - time.monotonic() == pytest.approx(expected, abs=0.2)
    assert store.waiting() == 1
    gateway.close()
    store.close()


def test_in_cbor_both_sides_agree_too():
    identity = dataclasses.replace(IDENTITY, cbor=True)
    store = Store()
    gateway = Gateway(NOWHERE, identity, store)
    gateway.record({"P": 1.5})
    ((boot, seq, payload),) = store.oldest(9)
    message = parse_payload(payload)
    assert (message.encoding, message.key) == (Encoding.CBOR, (boot, seq))
    assert is_authentic(message.signed, message.mac, KEY)
    told = Receipt("METER-1", boot, frozenset({0}), {})
    tell(gateway, write_receipt(told, DeviceKey("k1", KEY), Encoding.CBOR))
    assert store.waiting() == 0
    gateway.close()
    store.close()
