"""A real MQTT broker: mosquitto where it is installed, else rumqttd from the wheel iotcore."""

from __future__ import annotations

import os
import shutil
import sys
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import pbkdf2_hmac
from pathlib import Path

from workers.embedded.ports import LOOPBACK, Ports, answers, wait_for
from workers.embedded.process import Process
from workers.embedded.secret_files import secret, write_private

USER = "shuangtan"
START_SECONDS = 15.0
SYSTEM_FOLDERS = "/usr/local/sbin:/usr/sbin:/sbin"
HASH_ROUNDS = 101
SALT_BYTES = 12


@dataclass(slots=True)
class Broker:
    """The embedded broker of one data folder; start() may be called again after a crash."""

    data_folder: Path
    name: str = "broker"
    port: int = 0
    _process: Process | None = None

    def start(self, environment: Mapping[str, str]) -> None:
        """Start the broker on its remembered port and wait until it listens."""
        folder = self.data_folder.resolve() / "broker"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.port = Ports(self.data_folder / "ports.json").port_of(self.name)
        password = secret(self.data_folder / "secrets", "broker")
        mosquitto = find_mosquitto(environment)
        if mosquitto:
            command = _mosquitto(mosquitto, folder, self.port, password)
        else:
            command = _rumqttd(folder, self.port, password)
        self._process = Process(self.name, self.data_folder / "log" / "broker.log")
        self._process.start(command, environment)
        if not wait_for(lambda: answers(self.port) or not self.process.running, START_SECONDS):
            raise self.process.not_started()
        if not self.process.running:
            raise self.process.not_started()

    @property
    def url(self) -> str:
        """Return the address, with user and password."""
        password = secret(self.data_folder / "secrets", "broker")
        return f"mqtt://{USER}:{password}@{LOOPBACK}:{self.port}"

    @property
    def process(self) -> Process:
        """Return the broker's process; it exists from start() on."""
        assert self._process is not None
        return self._process

    def stop(self) -> None:
        """Stop the broker."""
        if self._process is not None:
            self._process.stop()


def find_mosquitto(environment: Mapping[str, str]) -> str | None:
    """Return the program of an installed mosquitto, if there is one."""
    # Debian installs it where the path of an ordinary user does not look.
    return shutil.which("mosquitto", path=f"{environment.get('PATH', '')}:{SYSTEM_FOLDERS}")


def _mosquitto(program: str, folder: Path, port: int, password: str) -> list[str]:
    write_private(folder / "passwords", f"{USER}:{_mosquitto_hash(password)}\n")
    lines = [
        f"listener {port} {LOOPBACK}",
        "allow_anonymous false",
        f"password_file {folder}/passwords",
        "persistence true",
        f"persistence_location {folder}/",
        "max_inflight_messages 0",
        "max_queued_messages 0",
        "set_tcp_nodelay true",
    ]
    if os.geteuid() == 0:
        # It would become a user that cannot enter the folder.
        lines.append("user root")
    write_private(folder / "mosquitto.conf", "\n".join(lines) + "\n")
    return [program, "-c", str(folder / "mosquitto.conf")]


def _mosquitto_hash(password: str) -> str:
    """Return the password as mosquitto 2 keeps it: PBKDF2 with SHA-512."""
    salt = os.urandom(SALT_BYTES)
    digest = pbkdf2_hmac("sha512", password.encode(), salt, HASH_ROUNDS)
    return f"$7${HASH_ROUNDS}${b64encode(salt).decode()}${b64encode(digest).decode()}"


def _rumqttd(folder: Path, port: int, password: str) -> list[str]:
    configuration = f"""id = 0
[router]
id = 0
max_connections = 10010
max_outgoing_packet_count = 200
max_segment_size = 104857600
max_segment_count = 10
[v4.1]
name = "v4-1"
listen = "{LOOPBACK}:{port}"
next_connection_delay_ms = 1
[v4.1.connections]
connection_timeout_ms = 60000
max_payload_size = 262144
max_inflight_count = 500
dynamic_filters = true
[v4.1.connections.auth]
{USER} = "{password}"
"""
    write_private(folder / "rumqttd.toml", configuration)
    program = (
        "import sys; from iotcore.iotcore import IotCoreBroker;"
        " IotCoreBroker(config_path=sys.argv[1]).run_forever()"
    )
    return [sys.executable, "-c", program, str(folder / "rumqttd.toml")]
