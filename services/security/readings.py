"""Reads that leave a trace according to the label of what was read (7.2, 7.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from weakref import WeakKeyDictionary

from services import clock
from services.data.engine import Database
from services.data.work import Scope, Work
from services.labels import Label
from services.security.permissions import PERMISSIONS, Action, Actor, label_of
from services.security.trail import PLATFORM, Deed, Placed, record_deed

# Screens ask for the same thing over and over; within so long that is one reading.
SAME_READING = timedelta(minutes=10)
MOST_REMEMBERED = 20_000
Reading = tuple[int | None, str, str, Label]


class _Lately:
    """What somebody read a short while ago, in this process."""

    def __init__(self) -> None:
        self._known: dict[Reading, datetime] = {}
        self._lock = Lock()

    def has(self, reading: Reading, now: datetime) -> bool:
        """Return whether the reading was noted within the span."""
        with self._lock:
            noted = self._known.get(reading)
        return noted is not None and now - noted < SAME_READING

    def keep(self, reading: Reading, now: datetime) -> None:
        """Remember that the reading was noted; at worst one is noted twice."""
        with self._lock:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[reading] = now


_LATELY: WeakKeyDictionary[Database, _Lately] = WeakKeyDictionary()


def note_export(work: Work, actor: Actor, action: Action, subject: Placed, deed: Deed) -> Label:
    """Write down what leaves the platform, with the highest label of what it holds; return that."""
    label = label_of(actor, action, subject.access_path)
    told = replace(deed, after={**deed.after, "label": label.word})
    record_deed(work, actor.person_id, subject, told)
    return label


def note_read(work: Work, actor: Actor, action: Action, subject: Placed, deed: Deed) -> None:
    """Write down that single records were read, where their label is sensitive or higher."""
    if label_of(actor, action, subject.access_path) >= Label.SENSITIVE:
        note_export(work, actor, action, subject, deed)


def note_view(
    database: Database, actor: Actor, action: Action, subject: Placed, deed: Deed
) -> None:
    """Write down that somebody looked at a screen, where what it shows is sensitive or higher.

    Looking at the same again within ten minutes is the same reading, unless it is labelled anew.
    """
    label = label_of(actor, action, subject.access_path)
    if label < Label.SENSITIVE:
        return
    reading = (actor.person_id, deed.action, deed.resource, label)
    lately, now = _LATELY.setdefault(database, _Lately()), clock.now()
    if not lately.has(reading, now):
        note_taken(database, actor, action, subject, deed)
        lately.keep(reading, now)


def note_taken(
    database: Database, actor: Actor, action: Action, subject: Placed, deed: Deed
) -> Label:
    """Write down, in a transaction of its own, what leaves the platform; return its label."""
    with database.work(Scope(person_id=actor.person_id)) as work:
        label = note_export(work, actor, action, subject, deed)
        work.commit()
    return label


def note_table(database: Database, actor: Actor, action: Action, title: str) -> Label:
    """Write down that the table of a page was taken out; return the highest label it may bear.

    The file is made of what the page holds, whichever place that is of: so the highest counts
    among the places where the actor may open the page.
    """
    places = [m.access_path for m in actor.memberships if action in PERMISSIONS[m.role]]
    label = max((label_of(actor, action, path) for path in places), default=Label.PUBLIC)
    with database.work(Scope(person_id=actor.person_id)) as work:
        deed = Deed("export_table", title, after={"label": label.word})
        record_deed(work, actor.person_id, PLATFORM, deed)
        work.commit()
    return label


def note_handed_out(
    database: Database, actor: Actor, action: Action, subject: Placed, deed: Deed
) -> Label:
    """Write down that a program was given sensitive records; return the label of what it has."""
    label = label_of(actor, action, subject.access_path)
    if label >= Label.SENSITIVE:
        with database.work(Scope(person_id=actor.person_id)) as work:
            note_export(work, actor, action, subject, deed)
            work.commit()
    return label
