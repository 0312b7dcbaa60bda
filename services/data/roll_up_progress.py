"""How far readings are rolled up, by the numbers of messages that were seen (4.4 d)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import text

from services.data.engine import ROOT_PATH
from services.data.message_progress import NOTHING, Progress
from services.data.work import Work

ROOT_ID = 100_000
# No transaction takes that long between its first number and its end.
UNDER_WAY = timedelta(hours=1)
_PROGRESS = text(
    "SELECT settled, middle, middle_at, newest, missing::text FROM statistics.roll_up_progress"
)
_KEEP = text("""
INSERT INTO statistics.roll_up_progress
  (organization_id, access_path, settled, middle, middle_at, newest, missing)
VALUES (:root, CAST(:path AS ltree), :settled, :middle, :middle_at, :newest,
  CAST(:missing AS int8multirange))
ON CONFLICT (organization_id) DO UPDATE
SET settled = excluded.settled, middle = excluded.middle, middle_at = excluded.middle_at,
    newest = excluded.newest, missing = excluded.missing
""")


def progress(work: Work, at: datetime) -> Progress:
    """Return how far readings are rolled up; before the first time, that none is."""
    row = work.connection.execute(_PROGRESS).one_or_none()
    return Progress(*row) if row else Progress(0, 0, at - UNDER_WAY, 0, NOTHING)


def keep_progress(work: Work, reached: Progress) -> None:
    """Write down what is rolled up now."""
    place = {"root": ROOT_ID, "path": ROOT_PATH}
    work.connection.execute(_KEEP, place | asdict(reached))
