"""Signatures against the published vector of Standard Webhooks."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.webhooks.signatures import headers, secret_from, secret_text, signature

# The vector that the libraries of the specification share (Svix, TestWebhookSign).
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE, SECONDS = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
BODY, SIGNED = b'{"test": 2432232314}', "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_example_of_the_specification():
    assert signature(secret_from(SECRET), MESSAGE, SECONDS, BODY) == SIGNED


@given(st.binary(min_size=24, max_size=64))
def test_a_secret_is_handed_on_whole(secret):
    assert secret_from(secret_text(secret)) == secret


@pytest.mark.parametrize("change", ["secret", "id", "seconds", "body"])
def test_whatever_changes_the_signature_does(change):
    parts = {"secret": secret_from(SECRET), "id": MESSAGE, "seconds": SECONDS, "body": BODY}
    other = {"secret": bytes(24), "id": "msg_1", "seconds": SECONDS + 1, "body": BODY + b" "}
    changed = parts | {change: other[change]}
    assert signature(*changed.values()) != SIGNED


def test_headers_name_the_message_and_the_second():
    at = datetime.fromtimestamp(SECONDS, UTC)
    assert headers(secret_from(SECRET), MESSAGE, at, BODY) == {
        "webhook-id": MESSAGE,
        "webhook-timestamp": str(SECONDS),
        "webhook-signature": SIGNED,
    }
