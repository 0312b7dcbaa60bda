"""The payload parser: one accepted form, and a reason for everything else."""

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from services.collection.quick_messages import parse_payload
from services.collection.readings import MAX_BYTES
from services.collection.refusals import Reason, RefusedError

MAC = f',"mac":"{"0" * 64}"}}'
# 1767225600 s is 2026-01-01T00:00:00Z (date -u -d @1767225600).
MEMBERS = {
    "v": 1,
    "gw": "GW-1",
    "dev": "METER-1",
    "boot": "9f2c41d07be3a856",
    "seq": 7,
    "ts": 1_767_225_600_250,
    "tq": 2,
    "q": 0,
    "vals": {"P": 412.5, "E": 10324},
    "hist": False,
    "kid": "k1",
}
SAMPLE = {name: MEMBERS[name] for name in ("ts", "tq", "q", "vals")}
BATCH = {k: v for k, v in MEMBERS.items() if k not in SAMPLE} | {"readings": [SAMPLE, SAMPLE]}


def payload(members=MEMBERS, **changes):
    return raw(json.dumps({**members, **changes}))


def raw(text):
    return (text[:-1] + MAC).encode()


def reason_of(given_payload):
    with pytest.raises(RefusedError) as refused:
        parse_payload(given_payload)
    return refused.value.reason, refused.value.where


def test_a_message_gives_one_reading_for_each_value():
    message = parse_payload(payload())
    assert (message.gateway, message.device, message.key) == (
        "GW-1",
        "METER-1",
        ("9f2c41d07be3a856", 7),
    )
    assert [(r.point, r.value) for r in message.readings] == [("P", 412.5), ("E", 10324.0)]
    assert {r.taken_at for r in message.readings} == {
        datetime(2026, 1, 1, 0, 0, 0, 250_000, tzinfo=UTC)
    }
    assert {(r.quality, r.time_quality) for r in message.readings} == {(0, 2)}


def test_a_batch_gives_the_readings_of_each_instant():
    later = {**SAMPLE, "ts": SAMPLE["ts"] + 1000, "q": 1}
    message = parse_payload(payload(BATCH, readings=[SAMPLE, later]))
    assert [(r.point, r.taken_at.second, r.quality) for r in message.readings] == [
        ("P", 0, 0),
        ("E", 0, 0),
        ("P", 1, 1),
        ("E", 1, 1),
    ]


def test_two_payloads_that_differ_in_a_byte_have_two_digests():
    assert parse_payload(payload()).digest != parse_payload(payload(seq=8)).digest


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", Reason.NOT_JSON),
        (b"rubbish", Reason.NOT_JSON),
        (b'{"v":1', Reason.NOT_JSON),
        (b"{}{}", Reason.NOT_JSON),
        (b"\xff\xfe", Reason.NOT_UTF8),
        (b'{"dev":"\xc3\x28"}', Reason.NOT_UTF8),
        (b"[1]", Reason.SHAPE),
        (b"null", Reason.SHAPE),
        (b"[" * 16_000, Reason.TOO_DEEP),
        (b'{"a":' * 3_000, Reason.TOO_DEEP),
        (b'{"v":1,"v":1}', Reason.NAME_TWICE),
        (b'{"v":NaN}', Reason.NOT_FINITE),
        (b'{"v":-Infinity}', Reason.NOT_FINITE),
        (b'{"v":1e400}', Reason.NOT_FINITE),
        (b'{"v":' + b"9" * 5_000 + b"}", Reason.NOT_FINITE),
        (b"x" * (MAX_BYTES + 1), Reason.TOO_LARGE),
        (json.dumps(MEMBERS).encode(), Reason.NO_MAC),
    ],
)
def test_what_is_no_message_gets_the_reason(text, reason):
    assert reason_of(text)[0] is reason


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"v": 2}, "v"),
        ({"v": True}, "v"),
        ({"v": "1"}, "v"),
        ({"gw": "a b"}, "gw"),
        ({"gw": 1}, "gw"),
        ({"dev": ""}, "dev"),
        ({"dev": "x" * 65}, "dev"),
        ({"boot": "9F2C41D07BE3A856"}, "boot"),
        ({"boot": "9f2c"}, "boot"),
        ({"seq": -1}, "seq"),
        ({"seq": 2**53}, "seq"),
        ({"seq": 1.0}, "seq"),
        ({"seq": True}, "seq"),
        ({"ts": "2026-01-01"}, "ts"),
        ({"ts": 1e12}, "ts"),
        ({"ts": 10**17}, "ts"),
        ({"tq": 3}, "tq"),
        ({"q": 4}, "q"),
        ({"q": None}, "q"),
        ({"vals": {}}, "vals"),
        ({"vals": [1]}, "vals"),
        ({"vals": {"a b": 1}}, "vals"),
        ({"vals": {"P": "1"}}, "vals.P"),
        ({"vals": {"P": None}}, "vals.P"),
        ({"vals": {"P": True}}, "vals.P"),
        ({"vals": {"P": {"value": 1}}}, "vals.P"),
        ({"hist": 0}, "hist"),
        ({"kid": None}, "kid"),
        ({"extra": 1}, "extra"),
        ({"readings": [SAMPLE]}, "q"),
    ],
)
def test_a_wrong_member_is_named(changes, where):
    assert reason_of(payload(**changes)) == (Reason.SHAPE, where)


@pytest.mark.parametrize("name", sorted(MEMBERS))
def test_a_missing_member_is_named(name):
    members = {k: v for k, v in MEMBERS.items() if k != name}
    assert reason_of(payload(members)) == (Reason.SHAPE, name)


@pytest.mark.parametrize(
    ("readings", "where"),
    [
        ([], "readings"),
        ({}, "readings"),
        ([1], "readings[0]"),
        ([SAMPLE, {**SAMPLE, "x": 1}], "readings[1].x"),
        ([SAMPLE, {**SAMPLE, "vals": {"P": "1"}}], "readings[1].vals.P"),
        ([{**SAMPLE, "ts": -1}], "readings[0].ts"),
    ],
)
def test_a_wrong_reading_of_a_batch_is_named_with_its_place(readings, where):
    assert reason_of(payload(BATCH, readings=readings)) == (Reason.SHAPE, where)


def test_a_name_that_no_database_can_keep_is_told_in_signs_that_it_can():
    where = reason_of(payload(**{"\ud800\x00": 1}))[1]
    assert where.encode() == b"\\ud800\\x00"


VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=5),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(some.sampled_from([*MEMBERS, "readings"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(changes=some.dictionaries(some.sampled_from([*MEMBERS, "readings"]), VALUES, max_size=3))
def test_any_change_of_members_is_read_or_refused_never_a_crash(changes):
    with suppress(RefusedError):
        parse_payload(payload(**changes))


@settings(max_examples=300, deadline=None)
@given(at=some.integers(0, 250), byte=some.integers(0, 255), cut=some.integers(0, 280))
def test_any_damaged_byte_or_cut_is_read_or_refused_never_a_crash(at, byte, cut):
    whole = bytearray(payload())
    whole[at % len(whole)] = byte
    for damaged in (bytes(whole), bytes(whole[:cut])):
        with suppress(RefusedError):
            parse_payload(damaged)


@given(data=some.binary(max_size=200))
def test_any_bytes_are_refused_never_a_crash(data):
    with pytest.raises(RefusedError):
        parse_payload(data)
