"""Counting across processes in Redis, which may be away: then nothing is counted, and told."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field

from redis import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 0.25
# After a failure nobody waits for the next one that soon.
LEAVE_ALONE_SECONDS = 5.0


@dataclass(slots=True)
class RedisCounters:
    """Counters of one Redis; it connects when it is first used, after a fork."""

    redis: Redis
    _away_until: float = field(default=0.0)

    def count(self, key: str, seconds: int) -> int | None:
        """Add one to a key that lasts so many seconds and return the sum; None while away."""
        if time.monotonic() < self._away_until:
            return None
        try:
            asked = self.redis.pipeline(transaction=False)
            asked.incr(key)
            asked.expire(key, seconds, nx=True)
            return int(asked.execute()[0])
        except RedisError as error:
            self._away_until = time.monotonic() + LEAVE_ALONE_SECONDS
            logger.warning("Requests are not counted, so that no limit holds: %s", error)
            return None


def counters_at(redis_url: str) -> RedisCounters:
    """Return the counters at an address."""
    waits = {"socket_timeout": ANSWER_SECONDS, "socket_connect_timeout": ANSWER_SECONDS}
    return RedisCounters(Redis.from_url(redis_url, **waits))
