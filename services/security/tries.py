"""Counting failures of a name or of a person's second factor, exactly, whoever tries at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.data import sessions
from services.data.sessions import Guard
from services.data.work import Work
from services.errors import PlatformError
from services.security.profiles import Profile

LONGEST_NAME = 200


class SignInLockedError(PlatformError):
    """Too many failures with this name; it is locked for a while."""

    text_key = "sign_in_locked"


def factor_key(person_id: int) -> str:
    """Return under which name failures of a person's second factor are counted."""
    # A sign-in name is lower case, so nobody can fail under this one by typing it.
    return f"F:{person_id}"


def hold(work: Work, key: str, told: str, now: datetime) -> Guard:
    """Return the guard and hold it until the end of the work, or raise SignInLockedError."""
    guard = sessions.lock_guard(work, key[:LONGEST_NAME], now)
    if guard.locked_until and guard.locked_until > now:
        raise SignInLockedError("login", value=told, minutes=_minutes(guard.locked_until - now))
    return guard


def failed(work: Work, key: str, guard: Guard, profile: Profile, now: datetime) -> None:
    """Count one more failure, which may lock the name."""
    failures = guard.failures + 1
    lock = profile.lock(failures)
    after = Guard(failures, now + lock if lock else None)
    sessions.write_guard(work, key[:LONGEST_NAME], after, now)


def succeeded(work: Work, key: str, now: datetime) -> None:
    """Forget the failures."""
    sessions.write_guard(work, key[:LONGEST_NAME], Guard(0, None), now)


def _minutes(left: timedelta) -> int:
    return max(1, -(-int(left.total_seconds()) // 60))
