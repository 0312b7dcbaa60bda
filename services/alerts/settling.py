"""What alerts become by time alone: over long enough they end, left alone they are told upwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.alert_facts import ESCALATED, RESOLVED
from services.alerts.rules import load_rules
from services.alerts.telling import tell_ended, tell_escalated
from services.clock import SHANGHAI
from services.data import alerts as rows
from services.data.alerts import Held, NewEvent
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.work import Work


@dataclass(frozen=True, slots=True)
class Settled:
    """How many alerts ended, and of how many those were told who answer for the place."""

    ended: int
    escalated: int


def settle(database: Database, now: datetime) -> Settled:
    """End what is over long enough, and tell upwards what nobody took notice of in time."""
    rules, day = load_rules(), now.astimezone(SHANGHAI).date()
    with database.work(SYSTEM_SCOPE) as work:
        clear = {name: rules.on(name, day).clear for name in rules.names}
        ended = rows.end_over(work, clear, now)
        _note(work, ended, RESOLVED)
        tell_ended(work, ended)
        left = rows.leave_waiting(work, rules.escalated_on(day), now)
        _note(work, left, ESCALATED)
        tell_escalated(work, left)
        work.commit()
    return Settled(len(ended), len(left))


def _note(work: Work, changed: tuple[Held, ...], kind: str) -> None:
    rows.add_events(work, ((each, each.alert_id, NewEvent(kind, each.at)) for each in changed))
