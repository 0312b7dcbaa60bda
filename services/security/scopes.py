"""From an actor and an action to the rows that the database shows."""

from __future__ import annotations

from services.data.work import Scope
from services.labels import RADAR, DataSet, Readable
from services.security.permissions import PERMISSIONS, Action, Actor, Membership

# Of what a region's figures are made.
ADDED_UP = Readable(
    (
        DataSet.ACTIVITY,
        DataSet.EVIDENCE,
        DataSet.LINE,
        DataSet.REGION,
        DataSet.RESULT,
        DataSet.TELEMETRY,
    )
)


def scope_for(actor: Actor, *actions: Action) -> Scope:
    """Return the paths where a membership grants one of the actions, and nothing wider.

    What is readable there is what those memberships are cleared for.
    """
    granting = _granting(actor, *actions)
    paths = {m.access_path for m in granting}
    level = actor.clearance.level(m.role for m in granting)
    return Scope(tuple(sorted(paths)), actor.person_id, actor.clearance.readable(level))


def scope_to_add_up(actor: Actor, action: Action) -> Scope:
    """Return the scope for what is shown of a region: single records are read to be added up.

    Whoever may see what regions add up to sees totals of everything, whatever the labels of its
    parts: a total must not depend on who looks. What is asked in this scope leaves it as a total.
    """
    found = scope_for(actor, action)
    granting = _granting(actor, action)
    level = actor.clearance.level(m.role for m in granting)
    cleared = [
        m.access_path
        for m in granting
        if actor.clearance.label(DataSet.AGGREGATE, m.access_path) <= level
    ]
    readable = ADDED_UP if len(cleared) == len(granting) else found.readable
    return Scope(found.access_paths, found.person_id, readable)


# How far an organization has come follows from these.
_STEPS = Readable((DataSet.ACTIVITY, DataSet.RESULT))


def scope_of_progress(actor: Actor, *actions: Action) -> Scope:
    """Return the scope for how far organizations are with what they were called to fill in.

    Whether something was typed, handed in or decided is for whoever called, whatever the label of
    what it says. What is asked in this scope leaves it as a state, a day and a count.
    """
    found = scope_for(actor, *actions)
    return Scope(found.access_paths, found.person_id, _STEPS)


def scope_of_radar(actor: Actor) -> Scope:
    """Return the scope for what the radar reads and what it said, where the actor may run it.

    No label opens the latter: firms stand at the same place, and do not see it.
    """
    found = scope_for(actor, Action.RUN_RADAR)
    opened = Readable((*found.readable.data_sets, RADAR), found.readable.closed)
    return Scope(found.access_paths, found.person_id, opened)


def _granting(actor: Actor, *actions: Action) -> list[Membership]:
    wanted = frozenset(actions) & actor.actions
    return [m for m in actor.memberships if PERMISSIONS[m.role] & wanted]
