"""The job that computes anew what is filed below a place."""

from __future__ import annotations

from services.accounting.recalculation import recalculate as compute
from services.bootstrap import Platform
from services.data.jobs import StoredJob
from services.security.permissions import Actor


def recalculate(platform: Platform, actor: Actor, job: StoredJob) -> None:
    """Compute an ordered batch; an attempt after a cut goes on where it was."""
    compute(platform.database, platform.catalog, actor, job)
