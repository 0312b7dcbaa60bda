"""The jobs that compute anew what is filed: below a place, or one year of an organization."""

from __future__ import annotations

from services.accounting.proposing import restate_ordered
from services.accounting.recalculation import recalculate as compute
from services.bootstrap import Platform
from services.data.jobs import StoredJob
from services.security.permissions import Actor


def recalculate(platform: Platform, actor: Actor, job: StoredJob) -> None:
    """Compute an ordered batch; an attempt after a cut goes on where it was."""
    compute(platform.database, platform.catalog, actor, job)


def restate(platform: Platform, actor: Actor, job: StoredJob) -> None:
    """Restate the year of a job; a second attempt finds it ended."""
    restate_ordered(platform.database, platform.catalog, actor, job)
