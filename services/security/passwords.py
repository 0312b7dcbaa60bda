"""Passwords: argon2 hashes, one-time passwords and the rules for a person's own."""

from __future__ import annotations

import secrets
from dataclasses import replace
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.errors import Explanation, PlatformError
from services.i18n.texts import t

SHORTEST, LONGEST = 12, 128
# Without signs that are mistaken for one another, for it is read from a terminal once.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
_CLASSES = (str.islower, str.isupper, str.isdigit)


class WeakPasswordError(PlatformError):
    """A new password is too short, too plain or the one before."""

    text_key = "weak_password"

    def __init__(self, reason: str) -> None:
        super().__init__("new_password", shortest=SHORTEST)
        self.reason = reason

    def explain(self) -> Explanation:
        """Return the explanation with the rule that was broken."""
        return replace(super().explain(), why=t(f"weak_password.{self.reason}"))


def one_time_password() -> str:
    """Return a random password of four groups, about 79 bits, to be changed at first use."""
    groups = ("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def hash_password(password: str) -> str:
    """Return the salted argon2id hash."""
    return _hasher().hash(password)


def matches(password_hash: str, password: str) -> bool:
    """Return whether the password belongs to the hash."""
    try:
        return _hasher().verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def nobody() -> str:
    """Return a hash that no password has, so that an unknown name costs the same time."""
    return hash_password(secrets.token_urlsafe(32))


def check_new(password: str, login: str, old: str) -> None:
    """Raise WeakPasswordError unless the new password keeps the rules."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPasswordError("length")
    if sum(map(bool, _kinds(password))) < 3:
        raise WeakPasswordError("classes")
    if password == old or login in password.lower():
        raise WeakPasswordError("known")


def _kinds(password: str) -> list[bool]:
    kinds = [any(is_kind(sign) for sign in password) for is_kind in _CLASSES]
    return [*kinds, any(not sign.isalnum() for sign in password)]


@cache
def _hasher() -> PasswordHasher:
    # 19 MiB, 2 rounds, 1 lane: the least that OWASP recommends for argon2id.
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
