"""Counting failures of a name or of a person's second factor, exactly, whoever tries at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.data import sessions
from services.data.sessions import Guard
from services.data.work import Work
from services.errors import PlatformError
from services.security.limits import is_elsewhere, network_of
from services.security.profiles import Profile

LONGEST_NAME = 200


class SignInLockedError(PlatformError):
    """Too many failures with this name; it is locked for a while."""

    text_key = "sign_in_locked"


class AddressLockedError(PlatformError):
    """Too many failures from this network address; it is locked for a while."""

    text_key = "address_locked"


def address_key(address: str) -> str:
    """Return under which name failures from a network address are counted."""
    return f"A:{network_of(address)}"


def factor_key(person_id: int) -> str:
    """Return under which name failures of a person's second factor are counted."""
    # A sign-in name is lower case, so nobody can fail under this one by typing it.
    return f"F:{person_id}"


def password_key(person_id: int) -> str:
    """Return under which name failures of a signed-in person's old password are counted."""
    return f"P:{person_id}"


def device_key(person_id: int, device: str) -> str:
    """Return under which name failures on a device that a person came in on are counted."""
    return f"D:{person_id}:{device}"


def forget(work: Work, person_id: int, login: str) -> None:
    """Forget every failure that is counted against a person, wherever it was."""
    sessions.forget_guard(work, login)
    sessions.forget_guard(work, factor_key(person_id))
    sessions.forget_guard(work, password_key(person_id))
    sessions.forget_guards(work, device_key(person_id, ""))


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


def refuse_address(work: Work, address: str, now: datetime) -> None:
    """Raise AddressLockedError while the address of another machine is locked."""
    until = sessions.lock_of(work, address_key(address)) if is_elsewhere(address) else None
    if until and until > now:
        minutes = _minutes(until - now)
        raise AddressLockedError("address", value=address, minutes=minutes)


def failed_from(work: Work, address: str, profile: Profile, now: datetime) -> None:
    """Count one more failure from an address, which may lock it. No success takes one back.

    The address is not held while a password is checked, so that many behind it need not wait for
    one another; so many at once may each have their try.
    """
    if not is_elsewhere(address):
        return
    key = address_key(address)
    failures = sessions.count_failure(work, key, now, now - profile.address_window)
    lock = profile.address_lock(failures)
    if lock:
        sessions.write_guard(work, key, Guard(failures, now + lock), now)


def succeeded(work: Work, key: str, now: datetime) -> None:
    """Forget the failures."""
    sessions.write_guard(work, key[:LONGEST_NAME], Guard(0, None), now)


def _minutes(left: timedelta) -> int:
    return max(1, -(-int(left.total_seconds()) // 60))
