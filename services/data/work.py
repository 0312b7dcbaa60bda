"""The unit of work: one transaction that sees only what its scope admits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import Connection

from services.errors import PlatformError
from services.labels import Readable

NOTHING = Readable()
# In a scope: every verification, as far as its places reach.
EVERY_ENGAGEMENT = ("*",)


@dataclass(frozen=True, slots=True)
class Scope:
    """Place paths that row-level security admits, and the person on whose behalf we act.

    `readable` names the data sets whose label admits reading; without it, what is labelled is shut.
    `engagements` are the verifications that are seen, as text; without it none is.
    """

    access_paths: tuple[str, ...] = ()
    person_id: int | None = None
    readable: Readable = NOTHING
    engagements: tuple[str, ...] = ()


class DeviceKeyError(PlatformError):
    """The key of device secrets is not the one that sealed them, or was not given at all."""

    text_key = "device_key"


class Seals(Protocol):
    """What seals secrets before they are written, and opens them where they are read."""

    def seal(self, secret: bytes, owner: str) -> bytes:
        """Return a secret sealed for its owner."""
        ...

    def opened(self, sealed: bytes, owner: str) -> bytes:
        """Return the secret of an owner."""
        ...


@dataclass(slots=True)
class Work:
    """An open transaction; leaving it without commit() undoes everything."""

    connection: Connection
    committed: bool = False
    seals: Seals | None = field(default=None, repr=False)

    @property
    def sealing(self) -> Seals:
        """Return what seals secrets here, or raise DeviceKeyError."""
        if self.seals is None:
            raise DeviceKeyError("SHUANGTAN_DEVICE_KEY")
        return self.seals

    def commit(self) -> None:
        """Make every change of this unit permanent, at once."""
        self.connection.commit()
        self.committed = True
