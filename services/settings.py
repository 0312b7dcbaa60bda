"""Every setting of the platform, with unit and purpose; read once from the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.errors import PlatformError
from services.outbound import networks_in

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
HIGHEST_PORT = 65535
LONGEST_NAME = 253
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
PUBLIC_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*(?::[1-9][0-9]{{0,4}})?")
SHORTEST_SECRET = 32
FEWEST_CHARACTERS = 8
KEY_CHARACTERS = 64
# What is not sealed yet can be changed unseen, so that nobody may put it off for long.
LONGEST_UNSEALED = 60


class SettingError(PlatformError):
    """An environment variable holds what cannot be used."""

    text_key = "setting"


@dataclass(frozen=True, slots=True)
class Settings:
    """One line each: environment variable, default, unit and purpose stand in README.md."""

    database_url: str
    database_owner_url: str
    redis_url: str
    mqtt_url: str
    mqtt_ca: str
    device_per_second: int
    hj212: str
    sparkplug: bool
    data_folder: Path
    secret_key: str
    factor_key: str
    device_key: str
    sign_in: str
    port: int
    host: str
    public_host: str
    tls: bool
    proxies: int
    web_processes: int
    workers: int
    sample: bool
    log_level: str
    file_mb: int
    files_mb: int
    log_signing: str
    seal_seconds: int
    witnesses: str
    outbound_networks: str
    extensions: str
    smtp: str = ""
    mail_from: str = ""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Return the settings, or raise SettingError naming the variable and its value."""
        return cls(
            database_url=_needed(environ, "DATABASE_URL"),
            database_owner_url=environ.get("DATABASE_OWNER_URL", environ.get("DATABASE_URL", "")),
            redis_url=_needed(environ, "REDIS_URL"),
            mqtt_url=_needed(environ, "MQTT_URL"),
            mqtt_ca=environ.get("SHUANGTAN_MQTT_CA", ""),
            device_per_second=_whole(environ, "SHUANGTAN_DEVICE_PER_SECOND", 20),
            hj212=_address(environ, "SHUANGTAN_HJ212"),
            sparkplug=environ.get("SHUANGTAN_SPARKPLUG", "0") == "1",
            data_folder=Path(environ.get("SHUANGTAN_DATA", "var")),
            secret_key=_secret(environ),
            factor_key=_key(environ, "SHUANGTAN_FACTOR_KEY"),
            device_key=_key(environ, "SHUANGTAN_DEVICE_KEY"),
            sign_in=environ.get("SHUANGTAN_SIGN_IN", "mlps3"),
            port=_port(environ),
            host=environ.get("SHUANGTAN_HOST", "127.0.0.1"),
            public_host=_public_host(environ),
            tls=environ.get("SHUANGTAN_TLS", "0") == "1",
            proxies=_proxies(environ),
            web_processes=_whole(environ, "SHUANGTAN_WEB_PROCESSES", 2),
            workers=_whole(environ, "SHUANGTAN_WORKERS", 1),
            sample=environ.get("SHUANGTAN_SAMPLE", "0") == "1",
            log_level=_log_level(environ),
            file_mb=_whole(environ, "SHUANGTAN_FILE_MB", 10),
            files_mb=_whole(environ, "SHUANGTAN_FILES_MB", 200),
            log_signing=environ.get("SHUANGTAN_LOG_SIGNING", ""),
            seal_seconds=_seal_seconds(environ),
            witnesses=environ.get("SHUANGTAN_WITNESSES", ""),
            outbound_networks=_networks(environ),
            extensions=environ.get("SHUANGTAN_EXTENSIONS", ""),
            smtp=environ.get("SHUANGTAN_SMTP", ""),
            mail_from=environ.get("SHUANGTAN_MAIL_FROM", ""),
        )

    @property
    def device_secrets(self) -> bytes:
        """Return the key that seals the secrets of devices."""
        return bytes.fromhex(self.device_key)

    @property
    def site(self) -> str:
        """Return the address that people open, as `https://carbon.example.cn`; "" if not told."""
        if not self.public_host:
            return ""
        return f"{'https' if self.tls else 'http'}://{self.public_host}"


def environment() -> dict[str, str]:
    """Return the environment of this process; nobody else reads it."""
    return dict(os.environ)


def _needed(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise SettingError(name, value="")
    return value


def _whole(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, str(default))
    if not text.isdecimal() or int(text) == 0:
        raise SettingError(name, value=text)
    return int(text)


def _address(environ: Mapping[str, str], name: str) -> str:
    """Return host:port, or "" where nothing is to listen."""
    text = environ.get(name, "")
    host, _, port = text.rpartition(":")
    known = host and port.isascii() and port.isdecimal() and 0 < int(port) <= HIGHEST_PORT
    if text and not known:
        raise SettingError(name, value=text[:LONGEST_NAME])
    return text


def _proxies(environ: Mapping[str, str]) -> int:
    text = environ.get("SHUANGTAN_PROXIES", "0")
    if not (text.isascii() and text.isdecimal() and len(text) < 3):
        raise SettingError("SHUANGTAN_PROXIES", value=text)
    # We end no TLS ourselves. Without the proxy's word everybody would come from its address: one
    # stranger's failures would count for all, and nobody's for a network.
    if int(text) == 0 and environ.get("SHUANGTAN_TLS") == "1":
        raise SettingError("SHUANGTAN_PROXIES", value=text)
    return int(text)


def _public_host(environ: Mapping[str, str]) -> str:
    """Return the name that browsers know the platform by, with a port where it is not the usual."""
    given = environ.get("SHUANGTAN_PUBLIC_HOST", "").lower()
    name, _, port = given.partition(":")
    if given and not (PUBLIC_HOST.fullmatch(given) and len(name) <= LONGEST_NAME):
        raise SettingError("SHUANGTAN_PUBLIC_HOST", value=given[:LONGEST_NAME])
    usual = "443" if environ.get("SHUANGTAN_TLS") == "1" else "80"
    return name if port == usual else given


def _port(environ: Mapping[str, str]) -> int:
    port = _whole(environ, "SHUANGTAN_PORT", 8050)
    if port > HIGHEST_PORT:
        raise SettingError("SHUANGTAN_PORT", value=port)
    return port


def _seal_seconds(environ: Mapping[str, str]) -> int:
    seconds = _whole(environ, "SHUANGTAN_SEAL_SECONDS", 10)
    if seconds > LONGEST_UNSEALED:
        raise SettingError("SHUANGTAN_SEAL_SECONDS", value=seconds)
    return seconds


def _networks(environ: Mapping[str, str]) -> str:
    text = environ.get("SHUANGTAN_OUTBOUND_NETWORKS", "")
    try:
        networks_in(text)
    except ValueError as error:
        raise SettingError("SHUANGTAN_OUTBOUND_NETWORKS", value=text) from error
    return text


def _log_level(environ: Mapping[str, str]) -> str:
    level = environ.get("SHUANGTAN_LOG_LEVEL", "INFO").upper()
    if level not in LOG_LEVELS:
        raise SettingError("SHUANGTAN_LOG_LEVEL", value=level)
    return level


def _secret(environ: Mapping[str, str]) -> str:
    # A short or guessed key would let anybody sign a session cookie; the value is never shown.
    value = _needed(environ, "SHUANGTAN_SECRET_KEY")
    if len(value) < SHORTEST_SECRET or len(set(value)) < FEWEST_CHARACTERS:
        shown = f"{len(value)} characters, {len(set(value))} different"
        raise SettingError("SHUANGTAN_SECRET_KEY", value=shown)
    return value


def _key(environ: Mapping[str, str], name: str) -> str:
    # 256 bits as hexadecimal digits; the value is never shown.
    value = _needed(environ, name).lower()
    if len(value) != KEY_CHARACTERS or not set(value) <= set("0123456789abcdef"):
        raise SettingError(name, value=f"{len(value)} characters")
    if len(set(value)) < FEWEST_CHARACTERS:
        raise SettingError(name, value=f"{len(set(value))} different characters")
    return value
