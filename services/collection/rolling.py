"""Rolling up readings by what came since the last time, or all anew (4.2 c, 4.4 d)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from services.data import message_progress, roll_up_progress, roll_up_sums, roll_ups
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.roll_up_sums import Window
from services.data.work import Work


def roll_up(database: Database, now: datetime) -> tuple[Window, ...]:
    """Roll up what came since the last time, whenever it is about; return the hours it touched.

    Nothing while somebody else does so. Each piece is a transaction of its own: whoever makes the
    table of a month waits for whoever reads readings, and others wait for him.
    """
    with _turn(database) as work:
        if work is None:
            return ()
        known = roll_up_progress.progress(work, now)
        late = message_progress.late_since(work, known)
        roll_ups.collect(work, known, late)
        under_way = roll_up_progress.UNDER_WAY
        reached = message_progress.advanced(work, known, late, now, under_way)
        roll_up_progress.keep_progress(work, reached)
        found = roll_ups.windows(work)
        work.commit()
    for window in found:
        with _turn(database) as work:
            if work is None:
                return ()
            changed = roll_ups.roll_up(work, window, now)
            roll_up_sums.sum_up(work, [changed], now)
            roll_ups.settle(work, window)
            work.commit()
    return tuple(found)


def rebuild(database: Database, now: datetime) -> tuple[Window, ...]:
    """Make every roll-up anew from the readings; return the hours."""
    with _turn(database) as work:
        if work is None:
            return ()
        roll_ups.forget_all(work)
        work.commit()
    return roll_up(database, now)


@contextmanager
def _turn(database: Database) -> Iterator[Work | None]:
    """Open a transaction that nobody else who rolls up is beside; None when somebody is."""
    with database.work(SYSTEM_SCOPE) as work:
        yield work if roll_ups.take_turn(work) else None
