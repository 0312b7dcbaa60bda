"""Why a message of a device is set aside instead of stored (4.2 c)."""

from __future__ import annotations

from enum import StrEnum

from services.errors import PlatformError


class Reason(StrEnum):
    """One word for each cause; devices, the quarantine table and the texts use the same."""

    TOPIC = "topic"
    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    NOT_CBOR = "not_cbor"
    TOO_DEEP = "too_deep"
    NAME_TWICE = "name_twice"
    NOT_FINITE = "not_finite"
    SHAPE = "shape"
    NO_MAC = "no_mac"
    UNKNOWN_ORGANIZATION = "unknown_organization"
    WRONG_GATEWAY = "wrong_gateway"
    UNKNOWN_DEVICE = "unknown_device"
    RETIRED_DEVICE = "retired_device"
    UNKNOWN_KEY = "unknown_key"
    WRONG_MAC = "wrong_mac"
    UNKNOWN_POINT = "unknown_point"
    TOO_NEW = "too_new"
    TOO_OLD = "too_old"
    FRAME = "frame"
    CRC = "crc"
    SEGMENT = "segment"
    PACKETS = "packets"
    COMMAND = "command"
    ENCRYPTED = "encrypted"
    WRONG_PASSWORD = "wrong_password"
    NOT_SPARKPLUG = "not_sparkplug"
    NO_BIRTH = "no_birth"
    GAP = "gap"
    KEY_REUSED = "key_reused"
    DATABASE = "database"


class RefusedError(PlatformError):
    """A message cannot become a reading; `where` names the member of the payload."""

    text_key = "telemetry_refused"

    def __init__(self, reason: Reason, where: str = "") -> None:
        self.reason = reason
        super().__init__(storable(where), reason=reason.value)


def storable(text: str) -> str:
    """Return the text without what PostgreSQL cannot keep: lone surrogates and NUL."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")
