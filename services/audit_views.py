"""Searches of the audit trail under a name: ready-made ones, and those that somebody keeps."""

from __future__ import annotations

from collections.abc import Mapping

from services import clock
from services.data import saved_views
from services.data.engine import Database
from services.data.saved_views import SavedView
from services.data.work import Scope
from services.errors import NotFoundError, PlatformError
from services.oversight import CHANNELS, SEARCHED, read_query
from services.security.permissions import Action, Actor, require
from services.security.trail import PLATFORM, Deed, record_deed

__all__ = ["SavedView"]

LONGEST_NAME, MOST = 60, 50
# By the key of their text: what was refused since yesterday, and what came by each channel.
READY: Mapping[str, Mapping[str, str]] = {
    "refused_today": {"result": "refused", "within": "24"},
    "failed_today": {"result": "failed", "within": "24"},
    **{channel: {"channel": channel} for channel in CHANNELS},
}


class ViewNameError(PlatformError):
    """A view has no name, too long a one, or there are too many."""

    text_key = "view_name"


def views_of(actor: Actor, database: Database) -> tuple[SavedView, ...]:
    """Return the views that the actor keeps, by name."""
    require(actor, Action.VIEW_AUDIT)
    with database.work(Scope(person_id=actor.person_id)) as work:
        return saved_views.of_person(work, actor.person_id)


def save_view(actor: Actor, database: Database, name: str, query: Mapping[str, str]) -> SavedView:
    """Keep what is looked for under a name; one of the same name is replaced."""
    require(actor, Action.VIEW_AUDIT)
    read_query(query)
    wanted = {key: str(query[key]) for key in SEARCHED if query.get(key)}
    view = SavedView(name.strip(), wanted)
    with database.work(Scope(person_id=actor.person_id)) as work:
        held = {each.name for each in saved_views.of_person(work, actor.person_id)}
        too_many = len(held | {view.name}) > MOST
        if not 0 < len(view.name) <= LONGEST_NAME or too_many:
            raise ViewNameError("view", value=view.name[:LONGEST_NAME], most=MOST)
        saved_views.keep(work, actor.person_id, view, clock.now())
        deed = Deed("save_view", view.name, after=wanted)
        record_deed(work, actor.person_id, PLATFORM, deed)
        work.commit()
    return view


def remove_view(actor: Actor, database: Database, name: str) -> None:
    """Remove a view of one's own, or raise NotFoundError."""
    require(actor, Action.VIEW_AUDIT)
    with database.work(Scope(person_id=actor.person_id)) as work:
        if not saved_views.remove(work, actor.person_id, name):
            raise NotFoundError("view", value=name[:LONGEST_NAME])
        record_deed(work, actor.person_id, PLATFORM, Deed("remove_view", name))
        work.commit()
