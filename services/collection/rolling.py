"""Rolling up readings by what came since the last time, or all anew (4.2 c, 4.4 d)."""

from __future__ import annotations

from datetime import datetime

from services.data import roll_up_sums, roll_ups
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.roll_up_sums import Window
from services.data.work import Work


def roll_up(database: Database, now: datetime) -> tuple[Window, ...]:
    """Roll up what came since the last time, whenever it is about; return the hours it touched.

    Nothing while somebody else does so.
    """
    with database.work(SYSTEM_SCOPE) as work:
        if not roll_ups.take_turn(work):
            return ()
        done = _roll_up(work, now)
        work.commit()
    return done


def rebuild(database: Database, now: datetime) -> tuple[Window, ...]:
    """Make every roll-up anew from the readings; return the hours."""
    with database.work(SYSTEM_SCOPE) as work:
        if not roll_ups.take_turn(work):
            return ()
        roll_ups.forget_all(work)
        done = _roll_up(work, now)
        work.commit()
    return done


def _roll_up(work: Work, now: datetime) -> tuple[Window, ...]:
    known = roll_ups.progress(work)
    roll_ups.collect(work, roll_ups.unseen_since(work, known))
    found = roll_ups.windows(work)
    changed = [roll_ups.roll_up(work, window, now) for window in found]
    roll_up_sums.sum_up(work, changed, now)
    roll_ups.settle_touched(work)
    roll_ups.keep_progress(work, known, now)
    return tuple(found)
