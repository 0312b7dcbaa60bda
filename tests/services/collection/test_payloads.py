"""Two ways of writing, one strictness: what JSON refuses, CBOR refuses too."""

import json
import math
from contextlib import suppress

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.collection.payloads import Encoding, open_payload, seal
from services.collection.quick_messages import parse_payload, quick_message
from services.collection.readings import strict_message
from services.collection.refusals import Reason, RefusedError
from services.collection.signatures import is_authentic, seal_json
from tests.services.collection.test_readings import BATCH, MEMBERS

KEY = bytes(range(32))
# Written down byte by byte after RFC 8949, 3: {"v": 1, "dev": "METER-1"}.
WRITTEN = bytes.fromhex("a261760163646576674d455445522d31")
# printf '\xa2\x61v\x01\x63dev\x67METER-1' | openssl dgst -sha256 -mac HMAC -macopt hexkey:…
MAC = "73277ce3b4104c290fcbf5ef6cb149669eba9d63527cc58ce22f5305511dd06e"


def sealed(members):
    return seal(members, KEY, Encoding.CBOR)


def raw(signed):
    return signed + b"\x58\x20" + bytes(32)


def reason_of(payload):
    with pytest.raises(RefusedError) as refused:
        parse_payload(payload)
    return refused.value.reason


def test_the_bytes_are_those_of_the_standard_and_the_signature_is_that_of_openssl():
    assert sealed({"v": 1, "dev": "METER-1"}) == WRITTEN + b"\x58\x20" + bytes.fromhex(MAC)


@pytest.mark.parametrize("members", [MEMBERS, BATCH])
def test_a_message_is_the_same_in_both(members):
    texts, binary = seal(members, KEY), sealed(members)
    first, second = parse_payload(texts), parse_payload(binary)
    assert (first.encoding, second.encoding) == (Encoding.JSON, Encoding.CBOR)
    assert first.readings == second.readings
    assert (first.key, first.device, first.gateway) == (second.key, second.device, second.gateway)
    assert is_authentic(second.signed, second.mac, KEY)
    assert len(binary) < len(texts)


@given(some.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_value_comes_as_it_was_sent(value):
    (reading,) = parse_payload(sealed({**MEMBERS, "vals": {"P": value}})).readings
    assert reading.value == value


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**18, -(2**63), 2**80])
def test_a_value_that_is_no_number_a_meter_shows_is_refused(value):
    expected = Reason.NOT_CBOR if value == 2**80 else Reason.NOT_FINITE
    assert reason_of(sealed({**MEMBERS, "vals": {"P": value}})) is expected


CBOR = cbor2.dumps(MEMBERS)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (raw(CBOR[:-1]), Reason.NOT_CBOR),
        (raw(CBOR + b"\x00"), Reason.NOT_CBOR),
        (raw(b"\xa2\x61v\x01\x61v\x01"), Reason.NOT_CBOR),
        (raw(b"\xbf\x61v\x01\xff"), Reason.NOT_CBOR),
        (raw(b"\xa1\x61v\x9f\x01\xff"), Reason.NOT_CBOR),
        (raw(b"\xa1\x61v" + b"\x81" * 500 + b"\x01"), Reason.NOT_CBOR),
        (raw(b"\xa1\x61v\xd8\x1c\x81\xd8\x1d\x00"), Reason.NOT_CBOR),
        (raw(b"\xa1\x61v\xd8\x23\x61("), Reason.NOT_CBOR),
        (raw(b"\xa1\x61\xff\x01"), Reason.NOT_CBOR),
        (raw(b"\xa1\x41v\x01"), Reason.SHAPE),
        (sealed({**MEMBERS, "vals": {"P": True}}), Reason.SHAPE),
        (sealed({**MEMBERS, "dev": b"METER-1"}), Reason.SHAPE),
        (sealed({**MEMBERS, "ts": 1.5}), Reason.SHAPE),
        (sealed({**MEMBERS, "mac": "0" * 64}), Reason.SHAPE),
        (sealed({**MEMBERS, "gts": -1}), Reason.SHAPE),
        (CBOR, Reason.NO_MAC),
        (b"\xa0", Reason.NO_MAC),
    ],
)
def test_whatever_is_not_plain_is_refused_with_a_reason(payload, reason):
    assert reason_of(payload) is reason


def test_a_part_that_holds_itself_ends():
    # A list that names itself, by the tags of shared values: followed, it would never end.
    shared = b"\xa1\x61v\xd8\x1c\x82" + b"\xd8\x1d\x00" * 2
    assert reason_of(raw(shared)) is Reason.NOT_CBOR


def test_the_time_of_the_gateway_is_kept_apart():
    message = parse_payload(sealed({**MEMBERS, "gts": MEMBERS["ts"] + 750}))
    assert (message.gateway_at - message.readings[0].taken_at).total_seconds() == 0.75
    assert parse_payload(seal(MEMBERS, KEY)).gateway_at is None


@given(some.binary(max_size=300))
def test_any_bytes_are_read_or_refused(noise):
    for payload in (noise, raw(noise), raw(CBOR[: len(noise)] + noise)):
        with suppress(RefusedError):
            assert open_payload(payload).members is not None


@given(data=some.data())
def test_the_quick_reader_of_json_finds_what_the_strict_one_finds_or_leaves_it_to_that(data):
    text = seal(data.draw(some.sampled_from([MEMBERS, BATCH])), KEY)
    for _ in range(data.draw(some.integers(0, 3))):
        at = data.draw(some.integers(0, len(text)))
        put = data.draw(
            some.sampled_from(
                [
                    b'"seq":1,',
                    b" ",
                    b'"',
                    b"1",
                    b"1e400",
                    b"NaN",
                    b"\\u0022",
                    b'"a" :1,',
                    b"{}",
                    b"-",
                ]
            )
        )
        text = text[:at] + put + text[at + data.draw(some.integers(0, 2)) :]
    quick = quick_message(text)
    try:
        strict = strict_message(text)
    except RefusedError:
        assert quick is None
    else:
        assert quick is None or quick == strict


@pytest.mark.parametrize("members", [MEMBERS, BATCH, {**MEMBERS, "gts": 5}])
@pytest.mark.parametrize("encoding", list(Encoding))
def test_what_the_guide_shows_goes_the_quick_way(members, encoding):
    payload = seal(members, KEY, encoding)
    assert quick_message(payload) == strict_message(payload)


ODD = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(-(10**20), 10**20),
    some.floats(),
    some.sampled_from(["", "P", "k1", "é", "0" * 16, {}, [], {"P": 1}, {"P": None}, [1], {"": 1}]),
)


@given(
    some.sampled_from([MEMBERS, BATCH]),
    some.sampled_from([*sorted(MEMBERS), "readings", "gts", "more"]),
    ODD,
    some.booleans(),
)
def test_members_of_any_kind_are_found_alike_or_left_to_the_strict_reader(
    members, name, value, inside
):
    changed = {**members, name: value}
    if inside and "readings" in members:
        first, *others = members["readings"]
        changed = {**members, "readings": [{**first, name: value}, *others]}
    payloads = [payload for encoding in Encoding for payload in written(changed, encoding)]
    for payload in payloads:
        quick = quick_message(payload)
        try:
            strict = strict_message(payload)
        except RefusedError:
            assert quick is None
        else:
            assert quick in (None, strict)


def written(members, encoding):
    """Yield the sealed members; JSON cannot say every number, CBOR none of the largest."""
    with suppress(ValueError, OverflowError, cbor2.CBOREncodeError):
        yield seal(members, KEY, encoding)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"seq":', '"seq":1,"seq":'),
        ('"seq":', '"seq" :1,"seq":'),
        ('"seq":', '"s\\u0065q":1,"seq":'),
        ('"q":0', '"q":0,"q":0'),
        ('"vals":{', '"vals":{"P":1,'),
    ],
)
@pytest.mark.parametrize("members", [MEMBERS, BATCH])
def test_a_name_twice_is_never_read_the_quick_way(members, old, new):
    plain = json.dumps(members, separators=(",", ":"))
    assert quick_message(seal_json(plain.encode(), KEY)) is not None
    assert old in plain
    twice = seal_json(plain.replace(old, new, 1).encode(), KEY)
    assert quick_message(twice) is None
    assert reason_of(twice) is Reason.NAME_TWICE


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**18])
def test_among_good_values_one_that_is_no_number_is_never_read_the_quick_way(value):
    for values in ({"P": 1.0, "E": value}, {"P": value, "E": 1.0}):
        payload = sealed({**MEMBERS, "vals": values})
        assert quick_message(payload) is None
        assert reason_of(payload) is Reason.NOT_FINITE
