"""Reminding those who are late with a campaign: by a person, and before the day by itself."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services import clock
from services.collection.campaigns import CampaignClosedError, managed, told_of
from services.data import campaign_progress, campaigns, messages
from services.data.campaign_progress import OPEN_STATES, CalledState, Sought
from services.data.campaigns import StoredCampaign
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.work import Work
from services.errors import NotFoundError
from services.security.permissions import Action, Actor
from services.security.scopes import scope_of_progress
from services.security.trail import JOB, Deed, Place, Sender, record_deed, sent_by

REMINDER = "campaign_reminder"


def remind(
    actor: Actor, database: Database, campaign_id: UUID, organization_id: int | None = None
) -> int:
    """Remind everybody who has not handed in, or the one named; return how many were told.

    By a person nobody is reminded twice on a day.
    """
    with database.work(scope_of_progress(actor, Action.MANAGE_CAMPAIGNS)) as work:
        found = managed(work, actor, campaign_id)
        if found.closed_at is not None:
            raise CampaignClosedError("campaign", value=found.name)
        late = _late(work, found)
        if organization_id is not None:
            late = [each for each in late if each.organization_id == organization_id]
            if not late:
                raise NotFoundError("organization", value=organization_id)
        count = _send(work, found, late, f"by_hand:{clock.today()}")
        _told(work, found, actor.person_id, {"sent": count, "only": organization_id})
        work.commit()
    return count


def remind_due(database: Database, day: date) -> int:
    """Send the reminders that fall on a day and were not sent; return how many messages.

    It may run as often as one likes: which reminder went out is written down with the messages.
    """
    sent = 0
    with database.work(SYSTEM_SCOPE) as work, sent_by(Sender(JOB)):
        for found, days_before in campaigns.reminding(work, day):
            if not campaigns.keep_reminder(work, found, days_before, clock.now()):
                continue
            count = _send(work, found, _late(work, found), str(days_before))
            _told(work, found, None, {"sent": count, "days_before": days_before})
            sent += count
        work.commit()
    return sent


def _late(work: Work, found: StoredCampaign) -> list[CalledState]:
    called, _ = campaign_progress.page(work, [found.campaign_id], Sought(OPEN_STATES))
    return list(called)


def _send(work: Work, found: StoredCampaign, late: list[CalledState], occasion: str) -> int:
    return messages.send(work, [told_of(found, each, REMINDER, occasion) for each in late])


def _told(
    work: Work, found: StoredCampaign, person_id: int | None, after: dict[str, object]
) -> None:
    deed = Deed("remind_campaign", str(found.campaign_id), after={"name": found.name} | after)
    record_deed(work, person_id, Place(found.organization_id, found.access_path), deed)
