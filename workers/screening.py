"""The job that runs the radar over submissions."""

from __future__ import annotations

from services.bootstrap import Platform
from services.collection.radar.rounds import run_round
from services.data.jobs import StoredJob
from services.security.permissions import Actor


def screen(platform: Platform, actor: Actor, job: StoredJob) -> None:
    """Run an ordered round; a second attempt begins anew, for nothing is stored before its end."""
    run_round(platform.database, platform.catalog, actor, job)
