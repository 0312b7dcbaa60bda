"""How long what is kept, and the nightly removal of what was kept long enough (7.3 b)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta

from services import clock
from services.data import audit, privacy
from services.data.audit import AuditQuery
from services.data.engine import ROOT_PATH, SYSTEM_SCOPE, Database
from services.data.privacy import Rule
from services.data.work import Scope
from services.errors import NotFoundError, PlatformError
from services.labels import EVERYTHING
from services.security import own_data
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.security.trail import JOB, PLATFORM, Deed, Sender, record_deed, sent_by

APPLIED = "apply_retention"
CLOSED = "closed_accounts"
# Nothing that somebody typed says a number with more digits in good faith.
MOST_DAYS = 36_525
NIGHT = time(2)


class RetentionError(PlatformError):
    """A kind of record was to be kept for less than it has to be, or for no sensible time."""

    text_key = "retention"


def retention_rules(actor: Actor, database: Database) -> tuple[Rule, ...]:
    """Return the rules that count today, by kind."""
    require(actor, Action.SET_RETENTION)
    with database.work(scope_for(actor, Action.SET_RETENTION)) as work:
        found = privacy.rules(work, clock.today())
    return tuple(found.values())


def rules_in_force(database: Database) -> Mapping[str, Rule]:
    """Return the rule of each kind that counts today: anybody may know."""
    with database.work(Scope()) as work:
        return privacy.rules(work, clock.today())


def days_of(database: Database) -> Mapping[str, int]:
    """Return for each kind how many days it is kept: anybody may know."""
    return {kind: rule.days for kind, rule in rules_in_force(database).items()}


def set_retention(actor: Actor, database: Database, kind: str, days: int, reason: str) -> None:
    """Keep a kind of record for so many days from today on, or say why that is too short."""
    require(actor, Action.SET_RETENTION, ROOT_PATH)
    with database.work(scope_for(actor, Action.SET_RETENTION)) as work:
        rule = privacy.rules(work, clock.today()).get(kind)
        if rule is None:
            raise NotFoundError("retention", value=kind)
        if not rule.floor_days <= days <= MOST_DAYS or not reason.strip():
            raise RetentionError(kind, value=days, floor=rule.floor_days, source=rule.source)
        new = replace(
            rule, applies_from=clock.today(), days=days, reason=reason.strip()[:500],
            set_by=actor.person_id, set_at=clock.now(),
        )  # fmt: skip
        privacy.add_rule(work, new)
        deed = Deed("set_retention", kind, {"days": rule.days}, {"days": days})
        record_deed(work, actor.person_id, PLATFORM, deed)
        work.commit()


def apply_tonight(database: Database, now: datetime) -> Mapping[str, int] | None:
    """Remove what was kept long enough, once a night; None by day or when it was done."""
    local = now.astimezone(clock.SHANGHAI)
    night = datetime.combine(local.date(), NIGHT, clock.SHANGHAI)
    if local < night:
        night -= timedelta(days=1)
    with database.work(SYSTEM_SCOPE) as work:
        if audit.search(work, AuditQuery(first=night, action=APPLIED), 1):
            return None
    return apply_retention(database, now)


def apply_retention(database: Database, now: datetime) -> Mapping[str, int]:
    """Remove what was kept long enough, and write down how much of which kind."""
    with database.work(SYSTEM_SCOPE) as work:
        rules = privacy.rules(work, now.astimezone(clock.SHANGHAI).date())
        removed = {k: privacy.forget(work, k, now, rule.days) for k, rule in rules.items()}
        closed = privacy.closed_before(work, now - timedelta(days=rules[CLOSED].days))
        removed[CLOSED] = len(closed)
        told = {kind: count for kind, count in removed.items() if count}
        with sent_by(Sender(JOB)):
            record_deed(work, None, PLATFORM, Deed(APPLIED, "", after=told))
        work.commit()
    for person_id in closed:
        with database.work(Scope((ROOT_PATH,), person_id, EVERYTHING)) as work:
            with sent_by(Sender(JOB)):
                own_data.erase(work, person_id)
            work.commit()
    return told
