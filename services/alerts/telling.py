"""Who is told of an alert: those who work on its place, other systems, and who answers for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.alert_facts import INFO
from services.data import memberships, messages
from services.data.alerts import Held, NewAlert
from services.data.messages import NewMessage
from services.data.work import Work
from services.security.permissions import Role
from services.security.trail import JOB, Deed, Sender, record_deed, sent_by

PAGE = "/collection/alerts"
# Who answers for an organization: they are told of what nobody took notice of.
ANSWERING = frozenset({Role.MANAGER.value, Role.APPROVER.value})


def address_of(organization_id: int, alert_id: UUID) -> str:
    """Return the address at which an alert is shown."""
    return f"{PAGE}?alert={alert_id}&organization={organization_id}"


def tell_opened(work: Work, opened: Sequence[tuple[NewAlert, UUID]]) -> None:
    """Tell of alerts that were opened: in the trail, and where it matters in the inbox."""
    for new, alert_id in opened:
        _record(work, new, alert_id, "open_alert")
    told = [(new, alert_id) for new, alert_id in opened if new.severity != INFO]
    messages.send(
        work,
        [(new, _message("alert_opened", new, alert_id)) for new, alert_id in told],
    )


def tell_ended(work: Work, ended: Sequence[Held]) -> None:
    """Tell in the trail of alerts that ended by themselves."""
    for each in ended:
        _record(work, each, each.alert_id, "end_alert")


def tell_escalated(work: Work, left: Sequence[Held]) -> None:
    """Tell those who answer for each organization of an alert that nobody took notice of."""
    for each in left:
        _record(work, each, each.alert_id, "escalate_alert")
        people = {
            held.person_id
            for held in memberships.at(work, each.organization_id)
            if held.role in ANSWERING
        }
        told = _message("alert_escalated", each, each.alert_id)
        messages.send(
            work,
            [
                (each, replace(told, person_id=one, occasion=f"{told.occasion}:{one}"))
                for one in sorted(people)
            ],
        )


def _message(kind: str, about: NewAlert | Held, alert_id: UUID) -> NewMessage:
    return NewMessage(
        kind=kind,
        # What it is about bears the label of readings, and stands with the alert alone.
        told={"rule": about.rule, "severity": about.severity},
        link=address_of(about.organization_id, alert_id),
        # Of one alert nobody hears twice, whatever becomes of it.
        occasion=f"{kind}:{alert_id}",
        sent_at=about.at,
    )


def _record(work: Work, about: NewAlert | Held, alert_id: UUID, action: str) -> None:
    told = {"rule": about.rule, "severity": about.severity}
    with sent_by(Sender(JOB)):
        record_deed(work, None, about, Deed(action, str(alert_id), after=told, at=about.at))
