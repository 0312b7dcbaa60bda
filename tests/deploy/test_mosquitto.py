"""The broker's configuration as it is shipped, run by a real mosquitto with TLS."""

import os
import re
import socket
import subprocess
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from services import clock
from services.collection.intake import Intake
from services.collection.sparkplug import MAX_BYTES
from services.collection.sparkplug_nodes import SUBSCRIPTION
from tests.fixtures.databases import opened
from tests.fixtures.live import ROOT
from tests.fixtures.servers import open_folder
from tests.meters import add_meter, gateway_of
from tests.waiting import wait_until
from workers.embedded.broker import find_mosquitto
from workers.embedded.ports import LOOPBACK, answers, free_port
from workers.embedded.process import Process
from workers.listener import Listener
from workers.mqtt import BrokerAddress

pytestmark = [pytest.mark.postgres, pytest.mark.broker, pytest.mark.slow]

SHIPPED = ROOT / "deploy" / "mosquitto"
PASSWORD = "geheim-geheim"
# The organization in what the files say of their users.
EXAMPLE = "3f4608ae-6bba-4795-9584-da62ff3bf842"
VERSIONS = {"3.1.1": MQTTProtocolVersion.MQTTv311, "5": MQTTProtocolVersion.MQTTv5}


@dataclass(frozen=True)
class Running:
    """Where the broker listens, and the file with its certificate."""

    port: int
    authority: Path

    def url(self, user):
        return f"mqtts://{user.replace('/', '%2F')}:{PASSWORD}@localhost:{self.port}"


def certificate(folder):
    """Make a certificate for localhost that is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "broker.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "broker.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder / "broker.crt"


@pytest.fixture
def meters(database):
    """Two gateways of one firm."""
    first = add_meter(database)
    return first, add_meter(database, "METER-2", first.firm, first.reporter)


def user_of(meter, gateway="GW-1"):
    return f"{meter.device.tenant}/{gateway}"


@pytest.fixture
def broker(meters):
    users = ("shuangtan", user_of(meters[0]), user_of(meters[0], "GW-2"))
    with run_shipped(users, str) as running:
        yield running


@pytest.fixture
def node_broker(meters):
    """With the lines taken in that the files name for edge nodes of Sparkplug B."""

    def taken_in(text):
        return re.sub(r"(?m)^#(?=\w)", "", text).replace(EXAMPLE, str(meters[0].device.tenant))

    users = ("shuangtan", user_of(meters[0]), user_of(meters[0], "Node-1"))
    with run_shipped(users, taken_in) as running:
        yield running


@contextmanager
def run_shipped(users, changed):
    """Run the shipped files, with the paths and the port of this test."""
    folder, port = open_folder("shuangtan-mosquitto-"), free_port()
    authority = certificate(folder)
    for user in users:
        file = folder / "shuangtan.passwords"
        create = [] if file.exists() else ["-c"]
        subprocess.run(["mosquitto_passwd", "-b", *create, file, user, PASSWORD], check=True)
    (folder / "shuangtan.acl").write_text(changed((SHIPPED / "shuangtan.acl").read_text("utf-8")))
    text = changed((SHIPPED / "shuangtan.conf").read_text("utf-8"))
    for shipped, here in (
        ("listener 8883", f"listener {port} {LOOPBACK}"),
        ("/etc/mosquitto/certs", str(folder)),
        ("/etc/mosquitto", str(folder)),
    ):
        assert shipped in text
        text = text.replace(shipped, here)
    # Started by root it would become a user that may not read the key; others stay who they are.
    (folder / "mosquitto.conf").write_text(text + ("user root\n" if os.geteuid() == 0 else ""))
    process = Process("mosquitto", folder / "mosquitto.log")
    process.start([find_mosquitto(os.environ), "-c", str(folder / "mosquitto.conf")], os.environ)
    try:
        wait_until(lambda: answers(port), 60)
        yield Running(port, authority)
    finally:
        process.stop()


class Peer:
    """A client that remembers what it is told."""

    def __init__(self, broker, user, version):
        self.received, self.results, self.granted = [], [], []
        self.client = paho.Client(CallbackAPIVersion.VERSION2, protocol=VERSIONS[version])
        self.client.username_pw_set(user, PASSWORD)
        self.client.tls_set(str(broker.authority))
        self.client.on_message = lambda _c, _d, m: self.received.append((m.topic, m.payload))
        self.client.on_publish = lambda _c, _d, _mid, code, _p: self.results.append(code)
        self.client.on_subscribe = lambda _c, _d, _mid, codes, _p: self.granted.extend(codes)
        self.client.connect("localhost", broker.port)
        self.client.loop_start()

    def publish(self, topic, payload=b"x"):
        """Publish, and return what the broker says to it."""
        before = len(self.results)
        self.client.publish(topic, payload, qos=1)
        wait_until(lambda: len(self.results) > before, 10)
        return str(self.results[-1])

    def subscribe(self, topic):
        before = len(self.granted)
        self.client.subscribe(topic, 1)
        wait_until(lambda: len(self.granted) > before, 10)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def connected():
    made = []

    def connect(broker, user, version="5"):
        made.append(Peer(broker, user, version))
        return made[-1]

    yield connect
    for one in made:
        one.close()


@pytest.fixture
def listener(broker, app_url):
    """The platform's listener, by TLS."""
    with opened(app_url) as database:
        address = BrokerAddress.parse(broker.url("shuangtan"), str(broker.authority))
        listener = Listener(Intake(database), address)
        thread = threading.Thread(target=listener.run)
        thread.start()
        yield listener
        listener.stop()
        thread.join(20)


@pytest.mark.parametrize("version", sorted(VERSIONS))
def test_readings_come_by_tls_in_both_versions_of_the_protocol(
    broker, listener, meters, version, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(broker.authority))
    url = broker.url(user_of(meters[0]))
    with gateway_of(meters[0], url, VERSIONS[version]) as gateway:
        gateway.record({"P": 1.0})
        wait_until(lambda: gateway.pump() == 0, 30)


def test_a_gateway_speaks_and_reads_for_itself_only(broker, meters, connected):
    tenant = meters[0].device.tenant
    platform, own, other = (
        connected(broker, user)
        for user in ("shuangtan", user_of(meters[0]), user_of(meters[0], "GW-2"))
    )
    platform.subscribe("$share/listeners/c/+/+/up/+")
    for topic in (f"c/{tenant}/GW-1/ack", "#", "$SYS/#", f"c/{tenant}/+/ack", "c/+/+/up/+"):
        other.subscribe(topic)
    own.subscribe(f"c/{tenant}/GW-1/ack")
    assert own.publish(f"c/{tenant}/GW-1/up/main", b"own") == "Success"
    for topic in (
        f"c/{tenant}/GW-2/up/main",
        f"c/{tenant}/GW-1/ack",
        f"c/{tenant}/GW-1/up/main/more",
        "c/00000000-0000-4000-8000-000000000000/GW-1/up/main",
    ):
        assert own.publish(topic) == "Not authorized"
    assert platform.publish(f"c/{tenant}/GW-1/ack", b"receipt") == "Success"
    wait_until(lambda: platform.received and own.received, 10)
    assert platform.received == [(f"c/{tenant}/GW-1/up/main", b"own")]
    assert own.received == [(f"c/{tenant}/GW-1/ack", b"receipt")]
    assert other.received == []


def test_an_edge_node_is_heard_and_speaks_for_itself_only(node_broker, meters, connected):
    tenant = meters[0].device.tenant
    platform, node, gateway = (
        connected(node_broker, user)
        for user in ("shuangtan", user_of(meters[0], "Node-1"), user_of(meters[0]))
    )
    platform.subscribe(SUBSCRIPTION)
    for one in (node, gateway):
        one.subscribe("#")
    birth = b"x" * MAX_BYTES
    assert node.publish(f"spBv1.0/{tenant}/NBIRTH/Node-1", birth) == "Success"
    assert node.publish(f"spBv1.0/{tenant}/DDATA/Node-1/Dev-1", b"data") == "Success"
    for topic in (
        f"spBv1.0/{tenant}/NDATA/Node-2",
        f"spBv1.0/{tenant}/DDATA/Node-2/Node-1",
        "spBv1.0/00000000-0000-4000-8000-000000000000/NDATA/Node-1",
        f"c/{tenant}/GW-1/up/main",
    ):
        assert node.publish(topic) == "Not authorized"
    assert gateway.publish(f"spBv1.0/{tenant}/NDATA/Node-1") == "Not authorized"
    # Nothing that a node would act on is sent, not even by the platform.
    assert platform.publish(f"spBv1.0/{tenant}/NCMD/Node-1") == "Not authorized"
    wait_until(lambda: len(platform.received) == 2, 10)
    assert platform.received == [
        (f"spBv1.0/{tenant}/NBIRTH/Node-1", birth),
        (f"spBv1.0/{tenant}/DDATA/Node-1/Dev-1", b"data"),
    ]
    assert node.received == gateway.received == []


@pytest.mark.parametrize(("user", "password"), [(None, None), ("shuangtan", "wrong")])
def test_nobody_comes_in_without_a_password(broker, user, password):
    answered = []
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set(user, password)
    client.tls_set(str(broker.authority))
    client.on_connect = lambda *told: answered.append(told[3])
    client.connect("localhost", broker.port)
    client.loop_start()
    wait_until(lambda: answered, 10)
    client.disconnect()
    client.loop_stop()
    assert answered[0].is_failure


def test_nobody_is_answered_in_the_clear(broker):
    with socket.create_connection(("localhost", broker.port), 10) as plain:
        # CONNECT of MQTT 3.1.1 without a user; in TLS it is no greeting.
        plain.sendall(bytes.fromhex("100c00044d5154540402003c0000"))
        answer = b""
        with suppress(ConnectionResetError):
            answer = plain.recv(1)
        # What comes back, if anything, is an alert of TLS (21) and no CONNACK (32).
        assert answer in (b"", bytes([21]))
