"""The verifier's own Ed25519: the vectors of RFC 8032, and cryptography as an oracle."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.security.signing import verifies
from tools.verifier.ed25519 import ORDER, is_signature

# RFC 8032, 7.1: TEST 1, TEST 2, TEST 3 and TEST SHA(abc): public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]  # fmt: skip


@pytest.mark.parametrize("vector", VECTORS)
def test_the_published_signatures_are_good_and_any_other_is_not(vector):
    public, message, signature = map(bytes.fromhex, vector)
    assert is_signature(public, message, signature)
    assert not is_signature(public, message + b"x", signature)
    assert not is_signature(public, message, signature[:32] + bytes(32))
    assert not is_signature(public, message, signature[::-1])


def test_a_signature_with_the_order_added_is_no_second_one():
    # RFC 8032, 5.1.7: S has to be below the order of the group.
    public, message, signature = map(bytes.fromhex, VECTORS[0])
    higher = int.from_bytes(signature[32:], "little") + ORDER
    assert not is_signature(public, message, signature[:32] + higher.to_bytes(32, "little"))


@settings(max_examples=30)
@given(st.binary(max_size=70), st.sampled_from(VECTORS), st.integers(0, 511))
def test_cryptography_says_the_same(message, vector, bit):
    public, told, signature = map(bytes.fromhex, vector)
    flipped = (int.from_bytes(signature) ^ (1 << bit)).to_bytes(64)
    for case in ((public, message, signature), (public, told, flipped), (public, told, signature)):
        assert is_signature(*case) == verifies(*case)


@given(st.binary(max_size=40), st.binary(max_size=70))
@settings(max_examples=30)
def test_whatever_is_no_key_or_signature_is_refused(public, signature):
    assert not is_signature(public, b"", signature)
