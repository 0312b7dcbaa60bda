"""The signed receipt of a device's messages: sent after COMMIT, the only one to trust (4.2 c)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.collection.payloads import Encoding, open_payload, seal
from services.collection.refusals import RefusedError
from services.collection.signatures import is_authentic

VERSION = 1


@dataclass(frozen=True, slots=True)
class Receipt:
    """Which messages of one start of a device are stored, and which refused for what reason.

    Those that came too fast are neither: they may come again from `again_ms` on, by the clock of
    the platform, in milliseconds since 1970.
    """

    device: str
    boot: str
    stored: frozenset[int]
    refused: Mapping[int, str]
    again: frozenset[int] = frozenset()
    again_ms: int = 0


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """The secret a device shares with the platform, and its name."""

    key_id: str
    secret: bytes = field(repr=False)


def ranges(numbers: Iterable[int]) -> list[list[int]]:
    """Return the numbers as closed ranges, ascending.

    >>> ranges([3, 1, 2, 7])
    [[1, 3], [7, 7]]
    """
    found: list[list[int]] = []
    for number in sorted(set(numbers)):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def write_receipt(receipt: Receipt, key: DeviceKey, encoding: Encoding = Encoding.JSON) -> bytes:
    """Return the receipt as a payload signed with the key of the device."""
    members: dict[str, object] = {
        "v": VERSION,
        "dev": receipt.device,
        "boot": receipt.boot,
        "ranges": ranges(receipt.stored),
        "refused": [[seq, reason] for seq, reason in sorted(receipt.refused.items())],
        "kid": key.key_id,
    }
    if receipt.again:
        members["again"] = {"ranges": ranges(receipt.again), "at": receipt.again_ms}
    return seal(members, key.secret, encoding)


def read_receipt(payload: bytes, key: DeviceKey) -> Receipt | None:
    """Return the receipt in a payload, or None when this key did not sign it."""
    try:
        members, signed, mac, _ = open_payload(payload)
    except RefusedError:
        return None
    if not is_authentic(signed, mac, key.secret):
        return None
    return _receipt(dict(members))


def _receipt(members: dict[str, Any]) -> Receipt:
    again = members.get("again", {"ranges": [], "at": 0})
    return Receipt(
        members["dev"],
        members["boot"],
        _numbers(members["ranges"]),
        dict(members["refused"]),
        _numbers(again["ranges"]),
        again["at"],
    )


def _numbers(closed: list[list[int]]) -> frozenset[int]:
    return frozenset(n for first, last in closed for n in range(first, last + 1))
