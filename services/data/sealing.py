"""Secrets of devices at rest: AES-256-GCM under the key `device_secrets`, opened once (7.2)."""

from __future__ import annotations

import logging
import os

from sqlalchemy import select, text, update

from services.data.sealed import NONCE_BYTES, TAG_BYTES, seal, unseal
from services.data.telemetry_tables import device
from services.data.work import DeviceKeyError, Work

logger = logging.getLogger(__name__)

KEY_BYTES = 32
SEALED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES
# Devices whose secret is kept opened; beyond, all are opened anew.
MOST_KEPT = 100_000
_VALIDATE = text("ALTER TABLE collected.device VALIDATE CONSTRAINT device_secret_is_sealed")


class Sealing:
    """Seals and opens the secrets of devices with one key; what was opened is kept in memory."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._kept: dict[tuple[bytes, str], bytes] = {}

    def seal(self, secret: bytes, owner: str) -> bytes:
        """Return a secret sealed; it opens only with the same owner beside it."""
        return seal(self._key, secret, owner)

    def opened(self, sealed: bytes, owner: str) -> bytes:
        """Return a secret; of a row that somebody changed, one that nobody has."""
        found = self._kept.get((sealed, owner))
        if found is not None:
            return found
        found = self.unseal(sealed, owner)
        if found is None:
            logger.error("The secret of %s does not open: its row or our key is another", owner)
            return os.urandom(KEY_BYTES)
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[sealed, owner] = found
        return found

    def unseal(self, sealed: bytes, owner: str) -> bytes | None:
        """Return what was sealed, or None when a bit of it, its owner or the key is another."""
        from cryptography.exceptions import InvalidTag

        try:
            return unseal(self._key, sealed, owner)
        except InvalidTag:
            return None


def owner_of(organization_id: int, code: str, key_id: str) -> str:
    """Return what a secret is bound to: one that is moved to another device does not open there."""
    return f"key {key_id} of device {code} of {organization_id}"


def seal_devices(work: Work, sealing: Sealing) -> int:
    """Seal the secrets that an older version left open; return how many.

    Raise DeviceKeyError where those sealed before do not open: with another key every message
    would be set aside as forged.
    """
    query = select(device.c.organization_id, device.c.code, device.c.key_id, device.c.secret)
    count, whole = 0, None
    for row in work.connection.execute(query.order_by(device.c.registered_at)):
        owner = owner_of(row.organization_id, row.code, row.key_id)
        if len(row.secret) >= SEALED_BYTES:
            whole = whole or sealing.unseal(bytes(row.secret), owner) is not None
            continue
        mine = (device.c.organization_id == row.organization_id) & (device.c.code == row.code)
        sealed = sealing.seal(bytes(row.secret), owner)
        work.connection.execute(update(device).where(mine).values(secret=sealed))
        count += 1
    if whole is False:
        raise DeviceKeyError("SHUANGTAN_DEVICE_KEY")
    work.connection.execute(_VALIDATE)
    return count
