"""How many organizations a batch leaves out because their label is above who ordered it (7.3 b).

Only a count is told, and only to whom what the place adds up to is open: which organizations they
are is what the label keeps.
"""

from __future__ import annotations

from services.data import filed
from services.data.engine import Database
from services.data.jobs import StoredJob
from services.data.work import Scope
from services.labels import DataSet
from services.security.permissions import Action, Actor, ClearanceError, require_cleared
from services.security.scopes import ADDED_UP, scope_for


def may_count(actor: Actor, access_path: str) -> bool:
    """Return whether the actor may know how many organizations of a place filed."""
    try:
        require_cleared(actor, Action.RECALCULATE, (DataSet.AGGREGATE,), access_path)
    except ClearanceError:
        return False
    return True


def filed_below(database: Database, actor: Actor, job: StoredJob) -> int | None:
    """Return how many years are filed below the place of a batch; None if that is not to be told.

    What is left out is what the batch neither computes nor refuses of these.
    """
    if not may_count(actor, job.access_path):
        return None
    own = scope_for(actor, Action.RECALCULATE)
    with database.work(Scope(own.access_paths, own.person_id, ADDED_UP)) as work:
        return len(filed.keys(work, job.access_path, int(job.arguments["year"])))
