"""The job that checks everything filed below a place by the rules in force (5.1.7 c)."""

from __future__ import annotations

from services.bootstrap import Platform
from services.collection.filed_checks import run_checks
from services.data.jobs import StoredJob
from services.security.permissions import Actor


def check_filed_years(platform: Platform, actor: Actor, job: StoredJob) -> None:
    """Check what is filed below the place of a job; an attempt after a cut goes on where it was."""
    run_checks(platform.database, platform.catalog, actor, job)
