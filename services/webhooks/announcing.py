"""From the transparency log to what is to be told: no deed is missed, none is told twice (4.2 b).

A deed stands in the trail by the transaction that did it, and the log takes up every event of the
trail in order. So its entries are the list of what is to be told, and nothing that does something
has to think of webhooks.
"""

from __future__ import annotations

from datetime import datetime

from services.data import webhooks as rows
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.webhooks import Announced, NewDelivery, StoredWebhook
from services.errors import NotFoundError
from services.security.actors import actor_of_person
from services.security.permissions import Action, Actor, is_below
from services.webhooks.events import Event, load_events, told

MOST_ENTRIES = 2_000
# Why a webhook ended by itself: whoever added it may not have one there any more.
RIGHTS_ENDED = "rights"


def announce(database: Database, now: datetime) -> int:
    """Let what was sealed since wait for every webhook that hears of it; return how much.

    It is one transaction, and another process that does the same waits for its end.
    """
    with database.work(SYSTEM_SCOPE) as work:
        first = rows.reach(work)
        last = rows.sealed_after(work, first, MOST_ENTRIES)
        if last == first:
            return 0
        found = rows.deeds(work, tuple(load_events().by_deed), first, last)
        hooks = rows.open_at(work, sorted({deed.access_path for deed in found})) if found else ()
        actors = {hook.made_by: _actor(database, hook.made_by) for hook in hooks}
        told_of = _Told(actors)
        for hook in hooks:
            if not _may(actors[hook.made_by], Action.MANAGE_WEBHOOKS, hook.access_path):
                rows.end(work, hook, now, RIGHTS_ENDED)
                continue
            told_of.add(hook, found)
        rows.announce(work, told_of.deliveries, now)
        rows.announced_to(work, last)
        work.commit()
    return len(told_of.deliveries)


class _Told:
    """Collects what is to be told to whom."""

    def __init__(self, actors: dict[int, Actor | None]) -> None:
        self._actors, self._events = actors, load_events().by_deed
        self.deliveries: list[NewDelivery] = []

    def add(self, hook: StoredWebhook, deeds: tuple[Announced, ...]) -> None:
        """Add every deed that a webhook wants to hear of and its person may know."""
        for deed in deeds:
            event = self._events[deed.action]
            if self._hears(hook, deed, event):
                new = NewDelivery(hook, event.name, told(event, deed), deed.position)
                self.deliveries.append(new)

    def _hears(self, hook: StoredWebhook, deed: Announced, event: Event) -> bool:
        return (
            event.name in hook.events
            and deed.at >= hook.made_at
            and is_below(deed.access_path, hook.access_path)
            and _may(self._actors[hook.made_by], event.permission, deed.access_path)
        )


def _may(actor: Actor | None, action: Action, access_path: str) -> bool:
    return actor is not None and actor.may(action, access_path)


def _actor(database: Database, person_id: int) -> Actor | None:
    """Return a person with the rights of this moment, or None where there are none any more."""
    try:
        return actor_of_person(database, person_id)
    except NotFoundError:
        return None
