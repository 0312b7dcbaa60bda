"""The job that checks the transparency log."""

from __future__ import annotations

from services.bootstrap import Platform
from services.consistency.log_check import run_check
from services.data.jobs import StoredJob
from services.security.permissions import Actor
from workers.log_keeping import pinned


def check_log(platform: Platform, _actor: Actor, job: StoredJob) -> None:
    """Compare every record with its leaf and every leaf with the tree, by what was kept outside."""
    run_check(platform.database, job, pinned(platform.settings))
