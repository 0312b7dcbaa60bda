"""Passwords: argon2 hashes, one-time passwords and the rules for a person's own."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.errors import Explanation, PlatformError
from services.i18n.texts import t
from services.security.profiles import Profile

# Words that passwords are built around and that everybody who guesses tries first; our own list.
COMMON = Path(__file__).with_name("common_words.txt")
# Digits and signs before and behind a word: "Password-2026!" is "password".
_ENDS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
ROWS = ("abcdefghijklmnopqrstuvwxyz", "0123456789", "qwertyuiopasdfghjklzxcvbnm")
SHORTEST_WORD, SHORTEST_CHINESE_WORD = 4, 2
# Without signs that are mistaken for one another, for it is read from a terminal once.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
_CLASSES = (str.islower, str.isupper, str.isdigit)


class WeakPasswordError(PlatformError):
    """A new password is too short, too plain or one from before."""

    text_key = "weak_password"

    def __init__(self, reason: str, **values: int) -> None:
        super().__init__("new_password", **values)
        self.reason = reason

    def explain(self) -> Explanation:
        """Return the explanation with the rule that was broken."""
        return replace(super().explain(), why=t(f"weak_password.{self.reason}", **self.values))


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


def check_new(password: str, profile: Profile, words: Iterable[str]) -> None:
    """Raise WeakPasswordError unless a new password keeps the rules of the profile.

    `words` are what others know of the person: names, the organization.
    """
    if not profile.shortest <= len(password) <= profile.longest:
        raise WeakPasswordError("length", shortest=profile.shortest, longest=profile.longest)
    if sum(map(bool, _kinds(password))) < profile.classes:
        raise WeakPasswordError("classes", count=profile.classes)
    lowered = password.lower()
    if any(word.lower() in lowered for word in words if _tells(word)):
        raise WeakPasswordError("known")
    if _is_common(lowered):
        raise WeakPasswordError("common")


def refuse_earlier(password: str, hashes: Iterable[str]) -> None:
    """Raise WeakPasswordError when the password is one of those before."""
    if any(matches(each, password) for each in hashes):
        raise WeakPasswordError("earlier")


def _tells(word: str) -> bool:
    return len(word) >= (SHORTEST_WORD if word.isascii() else SHORTEST_CHINESE_WORD)


def _is_common(lowered: str) -> bool:
    """Return whether little is left beside a word everybody tries, a row of keys, or one sign."""
    core = _ENDS.sub("", lowered)
    if core in _common() or len(set(lowered)) < SHORTEST_WORD:
        return True
    plain = "".join(sign for sign in lowered if sign.isalnum())
    return any(plain in row * 3 or plain in row[::-1] * 3 for row in ROWS)


def _kinds(password: str) -> list[bool]:
    kinds = [any(is_kind(sign) for sign in password) for is_kind in _CLASSES]
    return [*kinds, any(not sign.isalnum() for sign in password)]


@cache
def _common() -> frozenset[str]:
    return frozenset(COMMON.read_text(encoding="utf-8").split())


@cache
def _hasher() -> PasswordHasher:
    # 19 MiB, 2 rounds, 1 lane: the least that OWASP recommends for argon2id.
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
