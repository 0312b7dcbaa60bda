"""How fast a device may send: a bucket of messages that fills again with time (4.2 c).

One device that sends without end must not hold up the others. What is too fast is neither stored
nor dropped: its sender keeps it, and is told when it may come again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from services.collection.admission import Accepted

PER_SECOND = 20
# So many seconds' worth may come at once: what a gateway kept while the network was away.
BURST_SECONDS = 60
MOST_DEVICES = 100_000


@dataclass(slots=True)
class _Bucket:
    left: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Early:
    """A message that came too fast, and from when on it may come again."""

    accepted: Accepted
    again_at: datetime


class Pace:
    """The buckets of the devices that one listener hears; each listener has its own.

    Batches that are stored at once may each find the room that the other is about to take: a
    device gets a batch more than its share, once.
    """

    def __init__(self, per_second: int = PER_SECOND) -> None:
        self._per_second = per_second
        self._burst = float(per_second * BURST_SECONDS)
        self._buckets: dict[int, _Bucket] = {}
        self._lock = Lock()

    def within(self, accepted: Sequence[Accepted]) -> tuple[list[Accepted], list[Early]]:
        """Return the messages there is room for, and the others; nothing is taken yet."""
        room: dict[int, float] = {}
        inside: list[Accepted] = []
        early: list[Early] = []
        for one in accepted:
            device_id, now = one.row.device.device_id, one.row.received_at
            left = room.setdefault(device_id, self._left(device_id, now)) - 1
            room[device_id] = left
            if left >= 0:
                inside.append(one)
            else:
                early.append(Early(one, now + timedelta(seconds=-left / self._per_second)))
        return inside, early

    def take(self, stored: Iterable[Accepted]) -> None:
        """Count messages, once they are committed: a batch that is tried again costs once."""
        counts = Counter((one.row.device.device_id, one.row.received_at) for one in stored)
        with self._lock:
            for (device_id, now), count in counts.items():
                left = self._left(device_id, now)
                self._buckets[device_id] = _Bucket(max(0.0, left - count), now)
            if len(self._buckets) > MOST_DEVICES:
                self._buckets.clear()

    def _left(self, device_id: int, now: datetime) -> float:
        bucket = self._buckets.get(device_id)
        if bucket is None:
            return self._burst
        # A clock that is set back fills nothing.
        passed = max(0.0, (now - bucket.at).total_seconds())
        return min(self._burst, bucket.left + passed * self._per_second)
