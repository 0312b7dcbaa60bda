"""Reads that leave a trace according to the label of what was read (7.2, 7.3)."""

from __future__ import annotations

from dataclasses import replace

from services.data.engine import Database
from services.data.work import Scope, Work
from services.labels import Label
from services.security.permissions import PERMISSIONS, Action, Actor, label_of
from services.security.trail import PLATFORM, Deed, Placed, record_deed


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
    """Write down that somebody looked at a screen, where what it shows is important."""
    if label_of(actor, action, subject.access_path) >= Label.IMPORTANT:
        with database.work(Scope(person_id=actor.person_id)) as work:
            note_export(work, actor, action, subject, deed)
            work.commit()


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
