"""Alerts as rows: the newest of each condition, what is written of it, and what ends by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import orjson
from sqlalchemy import insert, text, update

from services.alert_facts import ACKNOWLEDGED, OPEN, RESOLVED
from services.data.alert_tables import alert, alert_event
from services.data.work import Work

Key = tuple[int, str]


class Placed(Protocol):
    """What lies at a place of the tree."""

    @property
    def organization_id(self) -> int:
        """Return whose it is."""

    @property
    def access_path(self) -> str:
        """Return where that stands."""


@dataclass(frozen=True, slots=True)
class Held:
    """The newest alert of a condition, as it stood `at` an instant."""

    organization_id: int
    access_path: str
    alert_id: UUID
    key: str
    rule: str
    severity: str
    state: str
    clear_since: datetime | None
    resolved_at: datetime | None
    occurrences: int
    at: datetime


@dataclass(frozen=True, slots=True)
class NewAlert:
    """What is to be opened."""

    organization_id: int
    access_path: str
    rule: str
    rule_version: int
    severity: str
    key: str
    link: str
    at: datetime
    clear_since: datetime | None


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What became of an alert; without a person the platform did it."""

    kind: str
    at: datetime
    made_by: int | None = None
    owner_id: int | None = None
    body: str = ""


_HELD = """a.organization_id, a.access_path, a.alert_id, a.key, a.rule, a.severity, a.state,
  a.clear_since, a.resolved_at, a.occurrences"""
_NEWEST = text(f"""
SELECT {_HELD}, CAST(:at AS timestamptz) AS at
FROM business.alert a
WHERE (a.organization_id, a.alert_id) IN (
  SELECT DISTINCT ON (b.organization_id, b.key) b.organization_id, b.alert_id
  FROM business.alert b
  JOIN unnest(CAST(:organizations AS bigint[]), CAST(:keys AS text[]))
    AS asked(organization_id, key) USING (organization_id, key)
  ORDER BY b.organization_id, b.key, b.resolved_at DESC NULLS FIRST)
ORDER BY a.organization_id, a.key FOR UPDATE OF a
""")
_ONE = text(f"""
SELECT {_HELD}, CAST(:at AS timestamptz) AS at FROM business.alert a
WHERE a.organization_id = :organization_id AND a.alert_id = :alert_id FOR UPDATE
""")
_OPEN = text("""
INSERT INTO business.alert
  (organization_id, access_path, rule, rule_version, severity, key, link, state,
   opened_at, waiting_since, seen_at, clear_since, occurrences)
SELECT organization_id, access_path, rule, rule_version, severity, key, link, 'open',
       at, at, at, clear_since, 1
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (
  organization_id bigint, access_path ltree, rule text, rule_version integer, severity text,
  key text, link text, at timestamptz, clear_since timestamptz)
ORDER BY organization_id, key
ON CONFLICT DO NOTHING RETURNING organization_id, key, alert_id
""")
_WRITE = text("""
UPDATE business.alert a
SET state = new.state, clear_since = new.clear_since, occurrences = new.occurrences,
    seen_at = CASE WHEN new.is_seen THEN :at ELSE a.seen_at END,
    waiting_since = CASE WHEN new.is_back THEN :at ELSE a.waiting_since END,
    resolved_at = NULL, resolved_by = NULL
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (
  organization_id bigint, alert_id uuid, state text, clear_since timestamptz, occurrences bigint,
  is_seen boolean, is_back boolean)
WHERE a.organization_id = new.organization_id AND a.alert_id = new.alert_id
""")
_EVIDENCE = text("""
INSERT INTO business.alert_evidence AS kept
  (organization_id, alert_id, access_path, subject, first_seen, last_seen)
SELECT organization_id, alert_id, access_path, subject, told, told
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (
  organization_id bigint, alert_id uuid, access_path ltree, subject jsonb, told jsonb)
ON CONFLICT (organization_id, alert_id) DO UPDATE
SET subject = excluded.subject, last_seen = excluded.last_seen
""")


def newest_of(work: Work, keys: Iterable[Key], at: datetime) -> dict[Key, Held]:
    """Return the newest alert of each condition that has one, held until the transaction ends.

    One that is not resolved comes before all that are.
    """
    asked = sorted(set(keys))
    if not asked:
        return {}
    named = {"organizations": [k[0] for k in asked], "keys": [k[1] for k in asked]}
    found = _read(work, _NEWEST, named | {"at": at})
    return {(each.organization_id, each.key): each for each in found}


def held(work: Work, which: tuple[int, UUID], at: datetime) -> Held:
    """Return an alert in scope that exists, held until the transaction ends."""
    named = {"organization_id": which[0], "alert_id": which[1], "at": at}
    return _read(work, _ONE, named)[0]


def open_all(work: Work, new: Sequence[NewAlert]) -> dict[Key, UUID]:
    """Open alerts; return the id of each that nobody else opened meanwhile, by its condition."""
    if not new:
        return {}
    rows = work.connection.execute(_OPEN, {"rows": _json(new)})
    return {(row.organization_id, row.key): row.alert_id for row in rows}


@dataclass(frozen=True, slots=True)
class Written:
    """How an alert stands after a look; `is_back` where it was resolved and goes on."""

    organization_id: int
    alert_id: UUID
    state: str
    clear_since: datetime | None
    occurrences: int
    is_seen: bool
    is_back: bool


def write_all(work: Work, changed: Sequence[Written], at: datetime) -> None:
    """Write down how alerts stand after a look at their conditions."""
    if changed:
        work.connection.execute(_WRITE, {"rows": _json(changed), "at": at})


def add_events(work: Work, to: Iterable[tuple[Placed, UUID, NewEvent]]) -> None:
    """Write down what became of alerts."""
    rows = [
        {
            "organization_id": place.organization_id,
            "access_path": place.access_path,
            "alert_id": alert_id,
            "kind": event.kind,
            "at": event.at,
            "made_by": event.made_by,
            "owner_id": event.owner_id,
            "body": event.body,
        }
        for place, alert_id, event in to
    ]
    if rows:
        work.connection.execute(insert(alert_event), rows)


Shown = tuple[Placed, UUID, Mapping[str, Any], Mapping[str, Any]]


def keep_evidence(work: Work, seen: Iterable[Shown]) -> None:
    """Keep what an alert is about, and the figures that showed it: the first ones and the last."""
    rows = [
        {
            "organization_id": place.organization_id,
            "access_path": place.access_path,
            "alert_id": alert_id,
            "subject": subject,
            "told": told,
        }
        for place, alert_id, subject, told in seen
    ]
    if rows:
        work.connection.execute(_EVIDENCE, {"rows": orjson.dumps(rows).decode()})


_OVER = text(f"""
UPDATE business.alert a SET state = 'resolved', resolved_at = :at
FROM unnest(CAST(:rules AS text[]), CAST(:seconds AS float8[])) AS known(rule, clear_s)
WHERE a.rule = known.rule AND a.state <> 'resolved'
  AND a.clear_since <= CAST(:at AS timestamptz) - make_interval(secs => known.clear_s)
RETURNING {_HELD}, CAST(:at AS timestamptz) AS at
""")
_LEFT = text(f"""
UPDATE business.alert a SET escalated_at = :at
FROM unnest(CAST(:severities AS text[]), CAST(:seconds AS float8[])) AS known(severity, after_s)
WHERE a.severity = known.severity AND a.state = 'open' AND a.escalated_at IS NULL
  AND a.waiting_since <= CAST(:at AS timestamptz) - make_interval(secs => known.after_s)
RETURNING {_HELD}, CAST(:at AS timestamptz) AS at
""")


def end_over(work: Work, clear: Mapping[str, timedelta], at: datetime) -> tuple[Held, ...]:
    """Resolve alerts whose condition was over for the time of their rule; return them."""
    return _read(work, _OVER, {"rules": list(clear), "seconds": _seconds(clear), "at": at})


def leave_waiting(work: Work, after: Mapping[str, timedelta], at: datetime) -> tuple[Held, ...]:
    """Note which alerts waited in vain for so long, by severity; return them, each one time."""
    return _read(work, _LEFT, {"severities": list(after), "seconds": _seconds(after), "at": at})


def acknowledge(work: Work, found: Held, owner_id: int | None) -> None:
    """Write down that somebody has taken notice of an alert, and who takes care."""
    values: dict[str, Any] = {"state": ACKNOWLEDGED} if found.state == OPEN else {}
    if owner_id is not None:
        values["owner_id"] = owner_id
    if values:
        _change(work, found, **values)


def resolve(work: Work, found: Held, person_id: int, at: datetime) -> None:
    """Write down who resolved an alert."""
    _change(work, found, state=RESOLVED, resolved_at=at, resolved_by=person_id)


def _change(work: Work, found: Held, **values: Any) -> None:
    work.connection.execute(
        update(alert)
        .where(
            alert.c.organization_id == found.organization_id,
            alert.c.alert_id == found.alert_id,
        )
        .values(values)
    )


def _read(work: Work, query: Any, asked: Mapping[str, Any]) -> tuple[Held, ...]:
    return tuple(Held(**row._mapping) for row in work.connection.execute(query, asked))


def _seconds(spans: Mapping[str, timedelta]) -> list[float]:
    return [span.total_seconds() for span in spans.values()]


def _json(rows: Sequence[Any]) -> str:
    return orjson.dumps(list(rows)).decode()
