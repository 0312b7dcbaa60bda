"""Tokens of walls that renew themselves, and the networks they count in (7.2): pure functions.

The first token of a wall is made when it is enrolled. Each later one is computed from the key of
the platform, the first and its own number, so that a token whose answer was lost is handed out
again, and one that was renewed long ago is still known for what it is.
"""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from uuid import UUID

from services.errors import PlatformError
from services.security.session import hash_of

# A wall asks every thirty seconds, so that it has each new token within one of them.
ROTATED_AFTER = timedelta(minutes=10)
# A browser writes its cookies down within half a minute. A wall whose power went before that comes
# back with the token before; only then may the one before be taken for a stolen one.
SETTLES_AFTER = timedelta(seconds=60)
MOST_NETWORKS = 10
PURPOSE = b"shuangtan wall token"
BETWEEN = re.compile(r"[\s,;，；、]+")


class NetworkError(PlatformError):
    """A network is not written as one, or there are too many."""

    text_key = "wall_network"


@dataclass(frozen=True, slots=True)
class Chain:
    """The tokens of one enrolment: whose wall it is, and the hash of the first of them."""

    wall_id: UUID
    person_id: int
    first_hash: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a wall's tokens have come.

    `rotated_at` is when the present one was made, `taken_at` when it first came back; it is
    settled once it came back again a while later, so that the wall surely keeps it.
    """

    generation: int
    rotated_at: datetime
    taken_at: datetime | None
    is_settled: bool

    def settles(self, now: datetime) -> bool:
        """Return whether the present token, which came back just now, is settled by that."""
        back = self.taken_at is not None and now - self.taken_at >= SETTLES_AFTER
        return back and not self.is_settled


def token_of(key: bytes, chain: Chain, generation: int) -> str:
    """Return the token of a generation after the first, which is made up of chance."""
    own = hmac.digest(key, PURPOSE, "sha256")
    what = f"{chain.wall_id} {chain.first_hash} {generation}"
    proof = base64.urlsafe_b64encode(hmac.digest(own, what.encode(), "sha256")).decode()
    return f"{chain.person_id}.{generation}-{proof.rstrip('=')}"


def generation_of(key: bytes, chain: Chain, token: str) -> int | None:
    """Return which of its tokens it is, or None when it is none of them."""
    if not chain.first_hash:
        return None
    if hmac.compare_digest(hash_of(token), chain.first_hash):
        return 0
    number = token.partition(".")[2].partition("-")[0]
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    ours = token_of(key, chain, int(number))
    return int(number) if hmac.compare_digest(token.encode(), ours.encode()) else None


def is_stolen(standing: Standing, generation: int) -> bool:
    """Return whether a token comes from somebody else: its wall has long had a later one."""
    behind = standing.generation - generation
    return behind > 1 or (behind == 1 and standing.is_settled)


def is_due(standing: Standing, now: datetime) -> bool:
    """Return whether the present token is old enough for another, and surely kept by its wall."""
    return standing.is_settled and now - standing.rotated_at >= ROTATED_AFTER


def networks_in(text: str) -> str:
    """Return networks as they are kept, "" for none; NetworkError names what is none."""
    given = [part for part in BETWEEN.split(text) if part]
    if len(given) > MOST_NETWORKS:
        raise NetworkError("networks", value=len(given), most=MOST_NETWORKS)
    return " ".join(dict.fromkeys(_network(part) for part in given))


def admits(networks: str, address: str) -> bool:
    """Return whether an address lies in one of the networks; without any, each does."""
    if not networks:
        return True
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return any(found in ip_network(network) for network in networks.split())


def _network(text: str) -> str:
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        raise NetworkError("networks", value=text[:40], most=MOST_NETWORKS) from None
