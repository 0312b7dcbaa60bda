"""E-mails about alerts: who wishes them, what waits to be sent, what was sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from services.alert_facts import SEVERITIES, Wish
from services.clock import SHANGHAI
from services.data.alert_tables import notice_wish
from services.data.work import Work


@dataclass(frozen=True, slots=True)
class DueMail:
    """An alert that somebody is to be told of by e-mail, with what it needs to be in words."""

    organization_id: int
    mail_id: UUID
    person_id: int
    alert_id: UUID
    kind: str
    language: str
    address: str
    quiet_from: int | None
    quiet_until: int | None
    rule: str
    severity: str
    opened_at: datetime
    name_zh: str
    name_en: str


# Of alerts from so long ago nobody is told who comes to wish it now.
NEWS = timedelta(days=1)
# So often a mail is tried again, at longer and longer times.
MOST_TRIES = 8
_RANK = "array_position(CAST(:severities AS text[]), {0})"
_COLLECT = text(f"""
INSERT INTO business.alert_mail (organization_id, access_path, person_id, alert_id, kind, due_at)
SELECT DISTINCT a.organization_id, a.access_path, w.person_id, a.alert_id, k.kind,
       CAST(:now AS timestamptz)
FROM business.alert a
CROSS JOIN LATERAL (VALUES ('opened', a.opened_at, CAST(:working AS text[])),
                           ('escalated', a.escalated_at, CAST(:answering AS text[])))
  AS k(kind, at, roles)
JOIN base.membership m ON m.organization_id = a.organization_id AND m.role = ANY(k.roles)
  AND m.ended_at IS NULL AND m.valid_from <= :day AND (m.valid_to IS NULL OR m.valid_to >= :day)
JOIN base.person p ON p.person_id = m.person_id AND p.is_active
JOIN base.notice_wish w ON w.person_id = m.person_id
WHERE a.state <> 'resolved' AND k.at > CAST(:now AS timestamptz) - :news
  AND k.at >= w.changed_at AND w.severity <> ''
  AND {_RANK.format("a.severity")} >= {_RANK.format("w.severity")}
ON CONFLICT DO NOTHING
""")
# What was resolved before anybody was told of it is told to nobody.
_DUE = text("""
SELECT m.organization_id, m.mail_id, m.person_id, m.alert_id, m.kind, p.language, w.address,
       w.quiet_from, w.quiet_until, a.rule, a.severity, a.opened_at, o.name_zh, o.name_en
FROM business.alert_mail m
JOIN business.alert a USING (organization_id, alert_id)
JOIN base.organization o USING (organization_id)
JOIN base.person p ON p.person_id = m.person_id AND p.is_active
JOIN base.notice_wish w ON w.person_id = m.person_id AND w.severity <> ''
WHERE m.sent_at IS NULL AND NOT m.given_up AND m.due_at <= :now AND a.state <> 'resolved'
ORDER BY m.person_id, a.opened_at, m.mail_id
FOR UPDATE OF m SKIP LOCKED
""")
_TAKE = text("""
UPDATE business.alert_mail m SET tries = m.tries + 1, given_up = m.tries + 1 >= :most,
  due_at = CAST(:now AS timestamptz) + m.tries * m.tries * interval '1 minute' + interval '1 minute'
FROM unnest(CAST(:organizations AS bigint[]), CAST(:mails AS uuid[]))
  AS taken(organization_id, mail_id)
WHERE m.organization_id = taken.organization_id AND m.mail_id = taken.mail_id
""")
_SENT = text("""
UPDATE business.alert_mail m SET sent_at = :now, given_up = false
FROM unnest(CAST(:organizations AS bigint[]), CAST(:mails AS uuid[]))
  AS told(organization_id, mail_id)
WHERE m.organization_id = told.organization_id AND m.mail_id = told.mail_id
""")


def wish_of(work: Work, person_id: int) -> Wish:
    """Return what somebody wishes; nothing at all where nothing was said."""
    query = select(*(notice_wish.c[name] for name in Wish.__dataclass_fields__))
    row = work.connection.execute(query.where(notice_wish.c.person_id == person_id)).one_or_none()
    return Wish(*row) if row else Wish()


def keep_wish(work: Work, person_id: int, wish: Wish, at: datetime) -> None:
    """Write down what somebody wishes from now on."""
    told = {name: getattr(wish, name) for name in Wish.__dataclass_fields__} | {"changed_at": at}
    fresh = upsert(notice_wish).values(person_id=person_id, **told)
    work.connection.execute(fresh.on_conflict_do_update(index_elements=["person_id"], set_=told))


def forget_wish(work: Work, person_id: int) -> None:
    """Forget where somebody was told."""
    work.connection.execute(delete(notice_wish).where(notice_wish.c.person_id == person_id))


@dataclass(frozen=True, slots=True)
class Tellers:
    """Which roles are told of what is opened, and which of what nobody acknowledged."""

    working: Iterable[str]
    answering: Iterable[str]


def collect(work: Work, tellers: Tellers, now: datetime) -> None:
    """Let a mail wait for everybody who wishes to be told of an alert; nobody is told twice."""
    asked: dict[str, Any] = {"working": sorted(tellers.working)}
    asked |= {
        "answering": sorted(tellers.answering),
        "severities": list(SEVERITIES),
        "news": NEWS,
        "now": now,
        "day": now.astimezone(SHANGHAI).date(),
    }
    work.connection.execute(_COLLECT, asked)


def due(work: Work, now: datetime) -> list[DueMail]:
    """Return what is to be sent, by person, and hold it for this transaction."""
    return [DueMail(*row) for row in work.connection.execute(_DUE, {"now": now})]


def take(work: Work, mails: Iterable[DueMail], now: datetime) -> None:
    """Write down that mails are tried now, and when again unless they are sent."""
    work.connection.execute(_TAKE, _named(mails) | {"now": now, "most": MOST_TRIES})


def sent(work: Work, mails: Iterable[DueMail], now: datetime) -> None:
    """Write down that the server took mails."""
    work.connection.execute(_SENT, _named(mails) | {"now": now})


def _named(mails: Iterable[DueMail]) -> dict[str, Any]:
    found = list(mails)
    return {
        "organizations": [each.organization_id for each in found],
        "mails": [each.mail_id for each in found],
    }
