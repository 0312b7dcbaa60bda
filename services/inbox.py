"""What the platform tells somebody within itself, until they have read it."""

from __future__ import annotations

from uuid import UUID

from services import clock
from services.data import messages
from services.data.engine import Database
from services.data.messages import StoredMessage
from services.errors import NotFoundError
from services.security.permissions import Action, Actor
from services.security.scopes import scope_for

MOST_SHOWN = 20
# For whom messages to an organization are: those who do something with its data or its alerts.
_READERS = (
    Action.EDIT_ACTIVITY,
    Action.CHECK_ACTIVITY,
    Action.APPROVE_ACTIVITY,
    Action.HANDLE_ALERTS,
)


def unread_of(actor: Actor, database: Database) -> tuple[StoredMessage, ...]:
    """Return what the actor has not read yet, the newest first, twenty at most."""
    with database.work(scope_for(actor, *_READERS)) as work:
        return messages.unread(work, actor.person_id, MOST_SHOWN)


def mark_read(actor: Actor, database: Database, message_id: UUID) -> None:
    """Put a message away for the actor; others go on seeing it."""
    with database.work(scope_for(actor, *_READERS)) as work:
        if not messages.read(work, actor.person_id, message_id, clock.now()):
            raise NotFoundError("message", value=message_id)
        work.commit()
