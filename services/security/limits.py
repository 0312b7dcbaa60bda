"""How often somebody may ask, counted across processes, as dated data (7.2)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from ipaddress import IPv4Address, ip_address, ip_network
from pathlib import Path
from typing import Protocol

from services.errors import PlatformError
from services.i18n.texts import LANGUAGES

FILE = Path(__file__).with_suffix(".toml")
STATUSES = ("verified", "secondary", "recalled")
SOURCES = ("address", "person", "source")


def is_address(text: str) -> bool:
    """Return whether a text is a network address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def is_elsewhere(address: str) -> bool:
    """Return whether an address is one of another machine, so that it tells who asks.

    From this machine comes whatever a proxy here passes on without being told of
    (SHUANGTAN_PROXIES): all people as one.
    """
    return is_address(address) and not ip_address(address).is_loopback


def network_of(address: str) -> str:
    """Return what is counted as one source: an address, or the /64 of an IPv6 one.

    Whoever has one IPv6 address has all of its /64.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return address
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


class LimitError(PlatformError):
    """There is no limit of that name, or its block holds what cannot be."""

    text_key = "rate_limit"


class Counters(Protocol):
    """What counts across the processes of the platform."""

    def count(self, key: str, seconds: int) -> int | None:
        """Add one to a key that lasts so many seconds and return the sum; None while away."""
        ...


class Uncounted:
    """Counts nothing: for programs without a shared counter, such as the command line."""

    def count(self, _key: str, _seconds: int) -> int | None:
        """Return None."""
        return None


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests of one kind in so many seconds from one source."""

    name: str
    per: str
    amount: int
    seconds: int
    applies_from: date
    published: date
    source: Mapping[str, str]
    status: str


@dataclass(frozen=True, slots=True)
class Spent:
    """How many requests came in the present span, and in how many seconds the next begins."""

    count: int
    amount: int
    seconds_left: int

    @property
    def is_over(self) -> bool:
        """Return whether there were more than may be."""
        return self.count > self.amount

    @property
    def is_told(self) -> bool:
        """Return whether this one is written down: the first ones, then each doubling."""
        if not self.is_over:
            return True
        times, rest = divmod(self.count, self.amount)
        return rest == 0 and times & (times - 1) == 0


def spend(counters: Counters, limit: Limit, who: str, now: datetime) -> Spent | None:
    """Count one request of somebody; None while nothing can be counted."""
    span, into = divmod(int(now.timestamp()), limit.seconds)
    count = counters.count(f"limit:{limit.name}:{who}:{span}", 2 * limit.seconds)
    return None if count is None else Spent(count, limit.amount, limit.seconds - into)


@cache
def limit_of(name: str, today: date) -> Limit:
    """Return the limit of a name that applies today, or raise LimitError."""
    known = [one for one in limits() if one.name == name and one.applies_from <= today]
    if not known:
        raise LimitError(str(FILE), value=name)
    return max(known, key=lambda one: one.applies_from)


@cache
def limits() -> tuple[Limit, ...]:
    """Return every limit of the file, or raise LimitError when one cannot be."""
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))["limit"]
    return tuple(_checked(Limit(**entry)) for entry in entries)


def _checked(found: Limit) -> Limit:
    counts = 0 < found.amount <= 1_000_000 and 0 < found.seconds <= 86_400
    told = found.status in STATUSES and set(found.source) == set(LANGUAGES)
    if not (counts and told and found.per in SOURCES):
        raise LimitError(str(FILE), value=found.name)
    return found
