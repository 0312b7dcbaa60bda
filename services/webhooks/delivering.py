"""Sending what waits: signed, tried again at growing intervals, and every try written down (4.2 b).

What was sent and not written down, because a process ended in between, is sent once more under the
same id, by which the receiver knows it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.data import webhooks as rows
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.webhooks import DELIVERED, GIVEN_UP, Delivery, StoredWebhook
from services.outbound import Answer, Limits, Outbound, OutboundError
from services.webhooks.events import load_events
from services.webhooks.signatures import headers

AT_ONCE, MOST = 8, 64
# One that does not answer in time holds up nobody but itself, and is tried again later.
LIMITS = Limits(connect_seconds=5, seconds=15, most_bytes=64 * 1024)
# Longer than a call may take: nobody else takes up a delivery that is under way.
LEASE = timedelta(seconds=60)
LONGEST_REASON = 200
# The receiver says that there is nobody any more.
GONE = 410
AGENT = "shuangtan-webhooks/1"


@dataclass(frozen=True, slots=True)
class _Parcel:
    """A delivery with where it goes and what it is signed with."""

    delivery: Delivery
    hook: StoredWebhook
    secret: bytes


@dataclass(frozen=True, slots=True)
class _Try:
    """What came of sending: an answer, or why there is none, and how long it took."""

    answer: Answer | None
    reason: str
    milliseconds: int


def deliver_due(database: Database, outbound: Outbound, clock: Callable[[], datetime]) -> int:
    """Send what is due, several at once; return how many were tried."""
    with database.work(SYSTEM_SCOPE) as work:
        due = rows.take_due(work, clock(), MOST, LEASE)
        hooks = {one.webhook_id: rows.get(work, one.webhook_id) for one in due}
        parcels = [
            _Parcel(one, hooks[one.webhook_id], rows.secret_of(work, hooks[one.webhook_id]))
            for one in due
        ]
        work.commit()
    if not parcels:
        return 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        tried = pool.map(lambda parcel: _send(parcel, outbound, clock()), parcels)
        for parcel, done in zip(parcels, tried, strict=True):
            _write(database, parcel, done, clock())
    return len(parcels)


def _send(parcel: _Parcel, outbound: Outbound, at: datetime) -> _Try:
    body = parcel.delivery.body.encode()
    told = headers(parcel.secret, f"msg_{parcel.delivery.delivery_id.hex}", at, body)
    told |= {"Content-Type": "application/json", "User-Agent": AGENT}
    began = time.monotonic()
    try:
        answer, reason = outbound.post(parcel.hook.address, told, body, LIMITS), ""
    except OutboundError as error:
        answer, reason = None, str(error)
    return _Try(answer, reason[:LONGEST_REASON], round((time.monotonic() - began) * 1000))


def _write(database: Database, parcel: _Parcel, done: _Try, now: datetime) -> None:
    """Write down how a try went, and when the next one is, if there is one."""
    told = {
        "tried_at": now,
        "status": done.answer.status if done.answer else None,
        "milliseconds": done.milliseconds,
        "reason": done.reason,
    }
    with database.work(SYSTEM_SCOPE) as work:
        rows.write(work, parcel.delivery, **told, **_state(parcel.delivery, done, now))
        if done.answer and done.answer.status == GONE:
            rows.end(work, parcel.hook, now, "gone")
        work.commit()


def _state(delivery: Delivery, done: _Try, now: datetime) -> dict[str, object]:
    retries = load_events().retries_s
    if done.answer and done.answer.is_good:
        return {"state": DELIVERED}
    is_gone = done.answer is not None and done.answer.status == GONE
    if is_gone or delivery.tries > len(retries):
        return {"state": GIVEN_UP}
    return {"next_at": now + timedelta(seconds=retries[delivery.tries - 1])}
