"""The job that fetches what a connector brings."""

from __future__ import annotations

from services.bootstrap import Platform
from services.collection.attachments import Limits
from services.collection.fetching import Fetcher, run_fetch
from services.collection.receiving import FOLDER
from services.data.jobs import StoredJob
from services.security.permissions import Actor


def fetch(platform: Platform, actor: Actor, job: StoredJob) -> None:
    """Fetch once and import what is good; what is there already changes nothing."""
    settings = platform.settings
    limits = Limits(settings.file_mb, settings.files_mb)
    folder = settings.data_folder / FOLDER
    given = (platform.database, platform.catalog, platform.kinds)
    run_fetch(Fetcher(*given, limits, folder), actor, job)
