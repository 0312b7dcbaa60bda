"""Sparkplug B: read as the published definition has it, and made sense of by its births."""

import hashlib
from contextlib import suppress
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.collection.node_devices import point_of
from services.collection.refusals import Reason, RefusedError
from services.collection.sparkplug import read_payload
from services.collection.sparkplug_nodes import Nodes, code_of, message_of, parse_node_topic
from services.collection.telemetry import DeviceFieldError
from tests.sparkplug import WRITTEN, T, metric, payload, vector

GROUP = "9d2f41d0-7be3-4856-9f2c-41d07be3a856"
WANTED = frozenset({"Meter.Energy", "Meter.Power", "Load", "Temp"})


class Ear:
    """Listens to one group, and gives point, milliseconds since T, value and quality."""

    def __init__(self):
        self.nodes = Nodes()

    def hear(self, kind, data, device="", node="Node-1"):
        topic = parse_node_topic(
            f"spBv1.0/{GROUP}/{kind}/{node}" + (f"/{device}" if device else "")
        )
        read = read_payload(data)
        start, told = self.nodes.take(topic, read, hashlib.sha256(data).digest())
        return message_of(topic, start, told, WANTED, read)

    def readings(self, *heard, **more):
        message = self.hear(*heard, **more)
        return [
            (r.point, round(r.taken_at.timestamp() * 1000) - T, r.value, r.quality)
            for r in (message.readings if message else ())
        ]


@pytest.fixture
def ear():
    return Ear()


@pytest.fixture
def born(ear):
    ear.hear("NBIRTH", vector("nbirth"))
    ear.hear("DBIRTH", vector("dbirth"), "Dev-1")
    return ear


def reason_of(act, *given, **more):
    with pytest.raises(RefusedError) as refused:
        act(*given, **more)
    return refused.value.reason


def test_births_and_data_are_read_as_another_program_wrote_them(ear):
    assert ear.readings("NBIRTH", vector("nbirth")) == [("Load", 0, 12.5, 0)]
    assert ear.readings("DBIRTH", vector("dbirth"), "Dev-1") == [
        ("Meter.Energy", 1000, 2.0**53, 0),
        ("Meter.Power", 1000, -5.0, 0),
    ]
    # Told by alias alone: the type that its birth told makes a negative number of these bits.
    assert ear.readings("DDATA", vector("ddata"), "Dev-1") == [
        ("Meter.Energy", 1500, 2.0**53 + 2, 0),
        ("Meter.Power", 2000, -70000.0, 1),
    ]
    message = ear.hear("NDATA", vector("ndata"))
    assert [(r.point, r.value) for r in message.readings] == [("Load", -0.25), ("Temp", 21.5)]
    assert (message.historical, message.sequence, message.device) == (True, 3, "Node-1")


@pytest.mark.parametrize(
    ("name", "value"), [("int8", -128), ("int16", -2), ("uint32", 4294967295), ("int64", -9)]
)
def test_whole_numbers_keep_their_sign_and_size(name, value):
    (found,) = read_payload(vector(name)).metrics
    assert found.value == value


def test_a_value_that_is_no_number_is_refused():
    assert reason_of(read_payload, vector("nan")) is Reason.NOT_FINITE


def test_without_a_birth_nothing_is_known(ear):
    assert reason_of(ear.hear, "DDATA", vector("ddata"), "Dev-1") is Reason.NO_BIRTH
    ear.hear("NBIRTH", vector("nbirth"))
    assert reason_of(ear.hear, "DDATA", payload(1, metric(alias=10)), "Dev-1") is Reason.NO_BIRTH


def test_after_a_number_that_was_left_out_nothing_counts_until_the_next_birth(born):
    assert reason_of(born.hear, "NDATA", vector("ndata")) is Reason.GAP
    assert reason_of(born.hear, "DDATA", vector("ddata"), "Dev-1") is Reason.NO_BIRTH
    fresh = payload(0, metric("Load", 1, 3.0, datatype=10), at=T + 9000)
    assert born.readings("NBIRTH", fresh) == [("Load", 9000, 3.0, 0)]
    assert born.readings("NDATA", payload(1, metric(alias=1, value=4.0), at=T + 9500)) == [
        ("Load", 9500, 4.0, 0)
    ]


def test_data_told_by_name_alone_is_of_the_type_of_its_birth(ear):
    """Specification 3.0.0: aliases are optional, and payloads-metric-datatype-not-req."""
    # 2**32 - 5 and 2**64 - 5: minus five, in the 32 bits of an Int32 and the 64 of an Int64.
    node = [metric("Load", None, 12.5, datatype=10), metric("Temp", None, 1, datatype=3)]
    device = [metric("Temp", None, 1, datatype=4), metric("Load", None, 1, datatype=7)]
    ear.hear("NBIRTH", payload(0, *node, at=T))
    ear.hear("DBIRTH", payload(1, *device, at=T), "Dev-1")
    told = metric("Load", value=2.0), metric("Temp", value=2**32 - 5)
    assert ear.readings("NDATA", payload(2, *told, at=T + 1)) == [
        ("Load", 1, 2.0, 0),
        ("Temp", 1, -5.0, 0),
    ]
    # A name of a device is not that of its node, nor of another type.
    told = metric("Temp", value=2**64 - 5), metric("Load", value=2**32 - 5)
    assert ear.readings("DDATA", payload(3, *told, at=T + 2), "Dev-1") == [
        ("Temp", 2, -5.0, 0),
        ("Load", 2, 2.0**32 - 5, 0),
    ]


def test_a_type_that_data_tells_itself_is_its_own_and_a_name_of_no_birth_has_none(born):
    told = metric("Load", value=2**32 - 5, datatype=3)
    assert born.readings("NDATA", payload(2, told, at=T)) == [("Load", 0, -5.0, 0)]
    unborn = payload(3, metric("Temp", value=1.0), at=T)
    assert reason_of(born.hear, "NDATA", unborn) is Reason.SHAPE


def test_numbers_go_on_after_255(born):
    boots = set()
    for number in range(2, 600):
        told = payload(number % 256, metric(alias=1, value=float(number)), at=T + number)
        message = born.hear("NDATA", told)
        boots.add(message.boot)
        assert (message.sequence, message.readings[0].value) == (number, float(number))
    assert len(boots) == 1


def test_one_that_comes_again_has_the_number_it_had(born):
    first = born.hear("DDATA", vector("ddata"), "Dev-1")
    born.hear("NDATA", vector("ndata"))
    again = born.hear("DDATA", vector("ddata"), "Dev-1")
    assert again == first
    told = payload(4, metric(alias=1, value=5.0), at=T + 5000)
    assert born.readings("NDATA", told) == [("Load", 5000, 5.0, 0)]
    # The birth itself, too: it begins nothing anew.
    assert born.hear("NBIRTH", vector("nbirth")).sequence == 0
    assert born.hear("NDATA", payload(5, metric(alias=1, value=6.0), at=T + 6000)) is not None


def test_a_death_ends_what_its_own_birth_said_and_no_later_one(born):
    other = vector("ndeath")[:-1] + bytes([8])
    assert born.hear("NDEATH", other) is None
    assert born.readings("DDATA", vector("ddata"), "Dev-1") != []
    assert born.hear("NDEATH", vector("ndeath")) is None
    assert reason_of(born.hear, "NDATA", vector("ndata")) is Reason.NO_BIRTH


def test_a_device_that_died_is_not_heard_until_its_next_birth(born):
    assert born.hear("DDEATH", payload(2, at=T + 1500), "Dev-1") is None
    told = payload(3, metric(alias=10, value=1), at=T + 2000)
    assert reason_of(born.hear, "DDATA", told, "Dev-1") is Reason.NO_BIRTH
    # Its number was counted all the same: the node goes on.
    assert born.readings("NDATA", payload(4, metric(alias=1, value=2.0), at=T)) != []


def test_two_metrics_that_would_be_one_point_are_refused(born):
    both = [metric(name, value=1.0, datatype=10) for name in ("Meter/Power", "Meter.Power")]
    assert reason_of(born.hear, "NDATA", payload(2, *both, at=T)) is Reason.NAME_TWICE


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("spBv1.0/STATE/host", None),
        (f"spBv1.0/{GROUP}/NCMD/Node-1", None),
        (f"spBv1.0/{GROUP}/DCMD/Node-1/Dev-1", None),
        ("spBv1.0/plant/NDATA/Node-1", Reason.TOPIC),
        (f"spBv1.0/{GROUP}/NDATA/Node-1/Dev-1", Reason.TOPIC),
        (f"spBv1.0/{GROUP}/DDATA/Node-1", Reason.TOPIC),
        (f"spBv1.0/{GROUP}/NDATA/Node 1", Reason.TOPIC),
        (f"spAv1.0/{GROUP}/NDATA/Node-1", Reason.TOPIC),
    ],
)
def test_a_topic_says_whose_it_is_or_is_nobodys(topic, expected):
    if expected is None:
        assert parse_node_topic(topic) is None
    else:
        assert reason_of(parse_node_topic, topic) is expected
    assert parse_node_topic(f"spBv1.0/{GROUP}/DDATA/N/D").tenant == UUID(GROUP)


@pytest.mark.parametrize("cut", range(1, 60))
def test_what_is_cut_off_is_refused_or_read_as_less(cut):
    whole = vector("dbirth")
    with suppress(RefusedError):
        assert len(read_payload(whole[:-cut]).metrics) < 3 or cut <= 2


@given(some.binary(max_size=400), some.sampled_from(sorted(WRITTEN)), some.integers(0, 300))
def test_any_bytes_are_read_or_refused(noise, name, at):
    damaged = vector(name)[:at] + noise + vector(name)[at:]
    for data in (noise, damaged):
        with suppress(RefusedError):
            assert read_payload(data).metrics is not None


def test_a_point_is_told_by_name_unit_and_kind():
    point = point_of("Meter 1/Energy=kWh:energy")
    assert (point.code, point.unit, point.kind) == ("Meter_1.Energy", "kWh", "energy")
    assert code_of("a/b c") == "a.b_c"
    for said in ("Energy", "Energy=kWh", "=kWh:energy", "Energy=kWh:heat"):
        with pytest.raises(DeviceFieldError):
            point_of(said)
