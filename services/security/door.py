"""What signing in works with: where sessions are, the numbers of the profile, the factors' key."""

from __future__ import annotations

from dataclasses import dataclass, field

from services import clock
from services.data.engine import Database
from services.security.profiles import Profile, profile_of
from services.settings import Settings


@dataclass(frozen=True, slots=True)
class Door:
    """Handed to whatever opens or looks up a session; the key seals the seeds of factors."""

    database: Database
    profile: Profile
    key: bytes = field(repr=False)


def door_of(database: Database, settings: Settings) -> Door:
    """Return the door of a platform, by its settings."""
    profile = profile_of(settings.sign_in, clock.today())
    return Door(database, profile, bytes.fromhex(settings.factor_key))
