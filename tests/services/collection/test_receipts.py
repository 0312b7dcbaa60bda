"""Receipts: what a gateway reads in them, and what it does not believe."""

from services.collection.receipts import DeviceKey, Receipt, ranges, read_receipt, write_receipt

KEY = DeviceKey("k1", bytes(32))
RECEIPT = Receipt("METER-1", "00000000000000aa", frozenset({1, 2, 3, 7}), {9: "unknown_point"})


def test_neighbouring_numbers_become_one_range():
    assert ranges([3, 1, 2, 7, 7]) == [[1, 3], [7, 7]]
    assert ranges([]) == []


def test_a_receipt_reads_as_it_was_written():
    assert read_receipt(write_receipt(RECEIPT, KEY), KEY) == RECEIPT


def test_a_receipt_is_short_for_many_messages():
    many = Receipt("METER-1", "00000000000000aa", frozenset(range(10_000)), {})
    assert len(write_receipt(many, KEY)) < 200


def test_a_forged_receipt_is_not_believed():
    payload = write_receipt(RECEIPT, KEY)
    assert read_receipt(payload.replace(b"[1,3]", b"[1,5]"), KEY) is None
    assert read_receipt(payload, DeviceKey("k1", bytes(31) + b"x")) is None
    assert read_receipt(b"not a receipt", KEY) is None


def test_the_secret_does_not_show_when_a_key_is_printed():
    assert "secret" not in repr(DeviceKey("k1", b"top" * 11))
