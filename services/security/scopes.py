"""From an actor and an action to the rows that the database shows."""

from __future__ import annotations

from services.data.work import Scope
from services.security.permissions import PERMISSIONS, Action, Actor


def scope_for(actor: Actor, *actions: Action) -> Scope:
    """Return the paths where a membership grants one of the actions, and nothing wider."""
    wanted = frozenset(actions) & actor.actions
    paths = {m.access_path for m in actor.memberships if PERMISSIONS[m.role] & wanted}
    return Scope(tuple(sorted(paths)), actor.person_id)
