"""The connection to a broker: whole packets however they come, and an end to whatever is odd."""

import socket
import threading
from contextlib import closing

import pytest

from workers.mqtt import (
    PUBLISH,
    BrokerAddress,
    BrokerConnection,
    BrokerRefusesError,
    Publication,
    packet,
    text,
)

ACCEPTED = b"\x20\x02\x00\x00"
SUBSCRIBED = b"\x90\x03\x00\x01\x01"


class FakeBroker:
    """The other end of one connection, that says what a test lets it say."""

    def __init__(self, answer=ACCEPTED):
        self._server = socket.create_server(("127.0.0.1", 0))
        self._answer = answer
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    @property
    def address(self):
        return BrokerAddress("127.0.0.1", self._server.getsockname()[1], "user", "word", False)

    def _accept(self):
        self.peer, _ = self._server.accept()
        self.greeting = self.peer.recv(1000)
        self.peer.sendall(self._answer)

    def connect(self):
        connection = BrokerConnection(self.address, "us", 15)
        self._thread.join()
        return connection

    def close(self):
        self._thread.join()
        self.peer.close()
        self._server.close()


@pytest.fixture
def broker():
    with closing(FakeBroker()) as broker:
        yield broker


@pytest.fixture
def connection(broker):
    with closing(broker.connect()) as connection:
        yield connection


def publication(topic, payload, number=None):
    flags, middle = (0, b"") if number is None else (2, number.to_bytes(2, "big"))
    return packet(PUBLISH | flags, text(topic) + middle + payload)


def test_we_say_who_we_are_and_that_nothing_is_kept_for_us(broker, connection):
    # Section 3.1: MQTT, level 4, user and password and a clean session, 15 s.
    expected = b"\x00\x04MQTT\x04\xc2\x00\x0f\x00\x02us\x00\x04user\x00\x04word"
    assert broker.greeting == b"\x10" + bytes([len(expected)]) + expected


@pytest.mark.parametrize(("code", "words"), [(4, "bad user name"), (5, "not authorized")])
def test_a_broker_that_will_not_have_us_is_told_of(code, words):
    broker = FakeBroker(b"\x20\x02\x00" + bytes([code]))
    with closing(broker), pytest.raises(BrokerRefusesError, match=words):
        broker.connect()


def test_a_subscription_that_is_refused_is_no_subscription(broker, connection):
    broker.peer.sendall(SUBSCRIBED[:-1] + b"\x80")
    with pytest.raises(BrokerRefusesError, match="secret/#"):
        connection.subscribe("secret/#", 1)


def test_messages_are_found_wherever_the_stream_is_cut(broker, connection):
    large = b"x" * 300_000
    sent = [("a/b", b"1", 7), ("a/b", large, 65_535), ("c", b"", None), ("c", b"y" * 128, 1)]
    stream = b"".join(publication(*each) for each in sent)
    expected = [Publication(*each) for each in sent]
    found = []
    # The first bytes one by one, with lengths of one, three and two bytes among them.
    pieces = [stream[n : n + 1] for n in range(40)] + [stream[40:]]
    sending = threading.Thread(target=lambda: [broker.peer.sendall(piece) for piece in pieces])
    sending.start()
    while len(found) < len(expected):
        found += connection.read()
    sending.join()
    assert found == expected


def test_messages_that_come_before_the_answer_to_a_subscription_are_kept(broker, connection):
    broker.peer.sendall(publication("a", b"1", 3) + SUBSCRIBED + publication("a", b"2", 4))
    connection.subscribe("a", 1)
    broker.peer.sendall(publication("a", b"3", 5))
    assert [one.payload for one in connection.read()] == [b"1", b"2", b"3"]


def test_what_is_acknowledged_and_published_goes_out_in_one_piece(broker, connection):
    connection.acknowledge([7, None, 65_535])
    connection.publish([("t", b"said")])
    expected = b"\x40\x02\x00\x07\x40\x02\xff\xff" + b"\x30\x07\x00\x01tsaid"
    received = b""
    while len(received) < len(expected):
        received += broker.peer.recv(100)
    assert received == expected


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(b"\x30\xff\xff\xff\xff\x01", id="a length without an end"),
        pytest.param(b"\x32\x03\x00\x05a", id="a topic beyond its message"),
        pytest.param(b"\x32\x01\x00", id="a message without a topic"),
        pytest.param(b"\x10\x00", id="a packet that only we may send"),
        pytest.param(None, id="the end"),
    ],
)
def test_whatever_breaks_the_rules_ends_the_connection(broker, connection, odd):
    if odd is None:
        broker.peer.close()
    else:
        broker.peer.sendall(odd)
    with pytest.raises(ConnectionError):
        connection.read()


def test_a_topic_that_is_no_text_belongs_to_nobody(broker, connection):
    broker.peer.sendall(packet(PUBLISH, b"\x00\x04c/\xff/" + b"x"))
    assert connection.read() == [Publication("\N{REPLACEMENT CHARACTER}", b"x", None)]
