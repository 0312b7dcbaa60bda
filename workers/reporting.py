"""The job that makes a report."""

from __future__ import annotations

from services.bootstrap import Platform
from services.data.jobs import StoredJob
from services.reports.making import Maker
from services.reports.making import make_report as make
from services.security.permissions import Actor


def make_report(platform: Platform, actor: Actor, job: StoredJob) -> None:
    """Make the files of an ordered report; safe to run twice."""
    make(Maker(platform.database, platform.catalog, platform.settings.data_folder), actor, job)
