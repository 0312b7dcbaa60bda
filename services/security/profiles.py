"""The numbers of signing in, as dated data: profiles `mlps3` and `asvs` (7.1, 7.2)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from services.errors import PlatformError
from services.i18n.texts import LANGUAGES

FILE = Path(__file__).with_suffix(".toml")
STATUSES = ("verified", "secondary", "recalled")


class ProfileError(PlatformError):
    """There is no profile of sign-in of that name, or its file holds what cannot be."""

    text_key = "sign_in_profile"


@dataclass(frozen=True, slots=True)
class Profile:
    """One set of numbers; 0 means that nothing is asked (classes, age, history)."""

    name: str
    applies_from: date
    published: date
    source: Mapping[str, str]
    status: str
    tries: int
    address_tries: int
    address_window_minutes: int
    first_lock_minutes: int
    longest_lock_minutes: int
    idle_minutes: int
    idle_administrator_minutes: int
    absolute_hours: int
    half_open_minutes: int
    sessions: int
    step_up_minutes: int
    device_days: int
    shortest: int
    longest: int
    classes: int
    age_days: int
    age_administrator_days: int
    history: int

    def lock(self, failures: int) -> timedelta | None:
        """Return how long a name is locked after so many failures; each further one doubles it."""
        return self._lock(failures - self.tries)

    def address_lock(self, failures: int) -> timedelta | None:
        """Return how long an address is locked after so many failures within the window."""
        return self._lock(failures - self.address_tries)

    def _lock(self, over: int) -> timedelta | None:
        if over < 0:
            return None
        minutes = min(self.first_lock_minutes * 2 ** min(over, 20), self.longest_lock_minutes)
        return timedelta(minutes=minutes)

    def idle(self, administrator: bool) -> timedelta:
        """Return after how long without use a session ends."""
        minutes = self.idle_administrator_minutes if administrator else self.idle_minutes
        return timedelta(minutes=minutes)

    def age(self, administrator: bool) -> timedelta | None:
        """Return how old a password may become, or None where age does not matter."""
        days = self.age_administrator_days if administrator else self.age_days
        return timedelta(days=days) if days else None

    @property
    def address_window(self) -> timedelta:
        """Return after how long without a failure an address begins anew."""
        return timedelta(minutes=self.address_window_minutes)

    @property
    def absolute(self) -> timedelta:
        """Return after how long a session ends, however much it is used."""
        return timedelta(hours=self.absolute_hours)

    @property
    def half_open(self) -> timedelta:
        """Return how long a session may wait for the second factor."""
        return timedelta(minutes=self.half_open_minutes)

    @property
    def device(self) -> timedelta:
        """Return how long a device counts as known after its person came in on it."""
        return timedelta(days=self.device_days)

    @property
    def step_up(self) -> timedelta:
        """Return how long after the second factor something delicate may be done."""
        return timedelta(minutes=self.step_up_minutes)


def profile_of(name: str, today: date) -> Profile:
    """Return the profile of a name that applies today, or raise ProfileError."""
    known = [p for p in profiles() if p.name == name and p.applies_from <= today]
    if not known:
        names = ", ".join(sorted({p.name for p in profiles()}))
        raise ProfileError("SHUANGTAN_SIGN_IN", value=name, known=names)
    return max(known, key=lambda p: p.applies_from)


@cache
def profiles() -> tuple[Profile, ...]:
    """Return every profile of the file, or raise ProfileError when one cannot be."""
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))["profile"]
    return tuple(_checked(Profile(**entry)) for entry in entries)


def _checked(found: Profile) -> Profile:
    sound = (
        found.status in STATUSES
        and set(found.source) == set(LANGUAGES)
        and 1 <= found.tries <= 10
        # Many people may stand behind one address.
        and found.tries <= found.address_tries <= 500
        and found.address_window_minutes > 0
        and 0 < found.first_lock_minutes <= found.longest_lock_minutes
        and 0 < found.idle_administrator_minutes <= found.idle_minutes
        and 8 <= found.shortest < found.longest
        and 0 <= found.classes <= 4
        and found.sessions >= 1
        and found.device_days >= 1
    )
    if not sound:
        raise ProfileError(str(FILE), value=found.name, known="")
    return found
