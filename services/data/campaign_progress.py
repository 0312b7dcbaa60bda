"""How far the organizations of campaigns are: read off drafts, submissions and decisions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.data.work import Work

NOT_STARTED, IN_PROGRESS, CHECKED = "not_started", "in_progress", "checked"
SUBMITTED, SENT_BACK, ACCEPTED = "submitted", "sent_back", "accepted"
STATES = (NOT_STARTED, IN_PROGRESS, CHECKED, SUBMITTED, SENT_BACK, ACCEPTED)
# Whoever has not handed in.
OPEN_STATES = (NOT_STARTED, IN_PROGRESS, CHECKED, SENT_BACK)
MOST = 100_000

# One row for each organization that a campaign calls, with the state that follows from what it
# has: the newest submission and its decision, else the draft and whether somebody checked it.
_CALLED = """
    SELECT c.campaign_id, c.organization_id, c.access_path, c.year, c.method,
      o.code, o.name_zh, o.name_en, o.sort_order, d.edited_at,
      s.submitted_at, v.decided_at, v.comment,
      CASE WHEN v.state = 'approved' THEN 'accepted'
           WHEN v.state = 'returned' THEN 'sent_back'
           WHEN s.submission_id IS NOT NULL THEN 'submitted'
           WHEN k.revision IS NOT NULL THEN 'checked'
           WHEN d.rows <> '[]'::jsonb THEN 'in_progress'
           ELSE 'not_started' END AS state
    FROM business.campaign_call c
    JOIN base.organization o ON o.organization_id = c.organization_id
    LEFT JOIN business.draft d ON d.organization_id = c.organization_id AND d.year = c.year
    LEFT JOIN business.draft_check k ON k.organization_id = c.organization_id
      AND k.year = c.year AND k.revision = d.revision
    LEFT JOIN LATERAL (
      SELECT n.submission_id, n.submitted_at FROM collected.submission n
      WHERE n.organization_id = c.organization_id AND n.year = c.year
      ORDER BY n.version DESC LIMIT 1) s ON true
    LEFT JOIN business.decision v ON v.organization_id = c.organization_id
      AND v.submission_id = s.submission_id
    WHERE c.campaign_id = ANY (:campaigns)
"""
_COUNTS = text(f"""
    SELECT campaign_id, state, count(*) AS organizations FROM ({_CALLED}) called
    GROUP BY campaign_id, state
""")
# The rows needed are those of the year before, by source and item; only of what is shown, for a
# draft is unpacked to look into it.
_PAGE = text(f"""
    WITH shown AS (
      SELECT *, count(*) OVER () AS found FROM ({_CALLED}) called
      WHERE state = ANY (:states)
        AND (:words = '' OR strpos(lower(concat_ws(' ', code, name_zh, name_en)), :words) > 0)
      ORDER BY sort_order, code, campaign_id LIMIT :size OFFSET :start)
    SELECT shown.*, share.needed, share.filled FROM shown
    LEFT JOIN LATERAL (
      SELECT count(*) AS needed, count(*) FILTER (WHERE EXISTS (
        SELECT FROM business.draft d, jsonb_array_elements(d.rows) AS r
        WHERE d.organization_id = shown.organization_id AND d.year = shown.year
          AND r ->> 'source' = last.source AND coalesce(r ->> 'item', '') = last.item)) AS filled
      FROM (
        SELECT DISTINCT a.source, a.item FROM collected.activity a
        WHERE a.organization_id = shown.organization_id AND a.submission_id = (
          SELECT n.submission_id FROM collected.submission n
          WHERE n.organization_id = shown.organization_id AND n.year = shown.year - 1
          ORDER BY n.version DESC LIMIT 1)) last) share
      ON shown.state IN ('in_progress', 'checked')
    ORDER BY sort_order, code, campaign_id
""")


@dataclass(frozen=True, slots=True)
class Sought:
    """A part of those called: in these states, with the words in name or code, from `start` on."""

    states: tuple[str, ...] = STATES
    words: str = ""
    start: int = 0
    size: int = MOST


@dataclass(frozen=True, slots=True)
class CalledState:
    """How far one organization is.

    `needed` are the rows of the year before, by source and item, and `filled` those of them that
    the draft has; both None where nothing is being filled in, `needed` 0 without a year before.
    """

    campaign_id: UUID
    organization_id: int
    access_path: str
    year: int
    method: str
    code: str
    names: Mapping[str, str]
    state: str
    edited_at: datetime | None
    submitted_at: datetime | None
    decided_at: datetime | None
    comment: str
    needed: int | None
    filled: int | None


def counts(work: Work, campaigns: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """Return how many organizations are in which state, for each campaign."""
    found: dict[UUID, dict[str, int]] = {each: {} for each in campaigns}
    for row in work.connection.execute(_COUNTS, {"campaigns": list(campaigns)}):
        found[row.campaign_id][row.state] = row.organizations
    return found


def page(
    work: Work, campaigns: Collection[UUID], sought: Sought
) -> tuple[tuple[CalledState, ...], int]:
    """Return the part of those called that is sought, and how many fit in all."""
    asked = {
        "campaigns": list(campaigns),
        "states": list(sought.states),
        "words": sought.words.lower(),
        "start": sought.start,
        "size": sought.size,
    }
    rows = work.connection.execute(_PAGE, asked).all()
    return tuple(map(_called, rows)), rows[0].found if rows else 0


def _called(row: Any) -> CalledState:
    own = set(CalledState.__dataclass_fields__) - {"names", "comment"}
    names = {"zh-CN": row.name_zh, "en": row.name_en}
    return CalledState(
        names=names, comment=row.comment or "", **{name: getattr(row, name) for name in own}
    )
