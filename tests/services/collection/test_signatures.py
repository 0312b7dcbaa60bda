"""Signatures cover bytes; the vector is computed with openssl, not with our code."""

import pytest

from services.collection.payloads import seal
from services.collection.refusals import Reason, RefusedError
from services.collection.signatures import is_authentic, sign, split_mac

KEY = bytes(range(32))
# printf '{"v":1,"dev":"METER-1"}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:000102…1f
SIGNED = b'{"v":1,"dev":"METER-1"}'
MAC = "903d0ac677d3d978811b8f146b8b2612a79204c0d9aff3e6c77f3f6114b088b6"


def test_the_signature_is_that_of_openssl():
    assert sign(SIGNED, KEY) == MAC


def test_a_sealed_object_ends_with_its_signature():
    assert seal({"v": 1, "dev": "METER-1"}, KEY) == SIGNED[:-1] + f',"mac":"{MAC}"}}'.encode()


def test_what_was_sealed_opens_to_the_same_bytes_and_is_authentic():
    signed, mac = split_mac(seal({"name": "计量", "value": 1e-7}, KEY))
    assert signed == '{"name":"计量","value":1e-07}'.encode()
    assert is_authentic(signed, mac, KEY)
    assert not is_authentic(signed, mac, bytes(32))
    assert not is_authentic(signed.replace(b"1e-07", b"2e-07"), mac, KEY)


@pytest.mark.parametrize(
    "payload",
    [
        b"{}",
        b'{"mac":"' + b"0" * 64 + b'"}',
        b'{"v":1,"mac":"' + b"0" * 63 + b'"}',
        b'{"v":1,"mac":"' + b"A" * 64 + b'"}',
        b'{"mac":"' + b"0" * 64 + b'","v":1}',
        b'{"v":1, "mac":"' + b"0" * 64 + b'"}',
        b'{"v":1,"mac":"' + b"0" * 64 + b'"}\n',
    ],
)
def test_a_signature_anywhere_but_at_the_end_is_none(payload):
    with pytest.raises(RefusedError) as refused:
        split_mac(payload)
    assert refused.value.reason is Reason.NO_MAC
