"""What becomes of an alert when its condition is looked at: pure, so that it can be proved.

A condition that comes and goes is one alert: it is resolved by itself only after the condition was
over for the time of its rule, and what comes back within as long after that is the same alert.
So two alerts of one condition lie further apart than that time, and so do two messages about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.alert_facts import OPEN, OPENED, REOPENED, RESOLVED


class Condition(StrEnum):
    """How what a rule tells of was found: it stands, it came and is over, or it is over."""

    STANDS = "stands"
    PASSED = "passed"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Standing:
    """The part of an alert on which it depends what becomes of it."""

    state: str
    clear_since: datetime | None
    resolved_at: datetime | None
    occurrences: int


@dataclass(frozen=True, slots=True)
class Change:
    """How an alert stands now, and what its history says of that; empty for nothing."""

    state: str
    clear_since: datetime | None
    occurrences: int
    event: str = ""


def after_look(
    held: Standing | None, found: Condition, now: datetime, clear: timedelta
) -> Change | None:
    """Return what becomes of the newest alert of a condition, None where nothing does.

    `clear` is for how long the condition has to be over. Without an alert, or with one that was
    resolved longer ago than that, a new one is opened.
    """
    is_over = found is Condition.CLEAR
    over_since = None if found is Condition.STANDS else now
    if held is None or _is_past(held, now, clear):
        return None if is_over else Change(OPEN, over_since, 1, OPENED)
    if held.state == RESOLVED:
        return None if is_over else Change(OPEN, over_since, held.occurrences + 1, REOPENED)
    if is_over:
        since = held.clear_since or now
        return None if since == held.clear_since else Change(held.state, since, held.occurrences)
    came_anew = held.clear_since is not None or found is Condition.PASSED
    return Change(held.state, over_since, held.occurrences + came_anew)


def _is_past(held: Standing, now: datetime, clear: timedelta) -> bool:
    return held.resolved_at is not None and now - held.resolved_at > clear
