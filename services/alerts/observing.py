"""The one way in which alerts come to be: somebody looks at a condition, and says how it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from services.alert_facts import OPENED, REOPENED
from services.alerts.lifecycle import Change, Condition, Standing, after_look
from services.alerts.rules import Rule, load_rules
from services.alerts.telling import tell_opened
from services.clock import SHANGHAI
from services.data import alerts as rows
from services.data.alerts import Held, Key, NewAlert, NewEvent, Placed, Written
from services.data.work import Work


@dataclass(frozen=True, slots=True)
class Observation:
    """How a rule found what it looks at.

    `about` names that within the rule and the place, the same every time ("point:12"); `subject`
    says what it is, as `zh-CN` and `en`. `severity` is the rule's where it is empty. `evidence` are
    readings that show it, and figures of nothing else: it bears the label of telemetry.
    """

    place: Placed
    rule: str
    about: str
    found: Condition
    subject: Mapping[str, Any]
    link: str
    severity: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """Return what is the same for every look at the same condition."""
        return self.place.organization_id, f"{self.rule}/{self.about}"


def observe(work: Work, seen: Iterable[Observation], now: datetime) -> int:
    """Open, continue or calm the alert of each condition; return how many were opened.

    `seen` names a condition once. What is over long enough is resolved by `settling.settle`.
    """
    looks = {each.key: each for each in seen}
    held = rows.newest_of(work, looks, now)
    day = now.astimezone(SHANGHAI).date()
    changes: list[_Look] = []
    for key, each in looks.items():
        rule = load_rules().on(each.rule, day)
        change = after_look(_standing(held.get(key)), each.found, now, rule.clear)
        if change is not None:
            changes.append(_Look(each, rule, change, held.get(key)))
    opened = _opened(work, [each for each in changes if each.change.event == OPENED], now)
    _continued(work, [each for each in changes if each.change.event != OPENED], now)
    return opened


@dataclass(frozen=True, slots=True)
class _Look:
    """An observation with what becomes of its alert."""

    seen: Observation
    rule: Rule
    change: Change
    held: Held | None


def _opened(work: Work, looks: Sequence[_Look], now: datetime) -> int:
    new = [
        NewAlert(
            each.seen.place.organization_id,
            each.seen.place.access_path,
            each.rule.name,
            each.rule.version,
            each.seen.severity or each.rule.severity,
            each.seen.key[1],
            each.seen.link,
            now,
            each.change.clear_since,
        )
        for each in looks
    ]
    ids = rows.open_all(work, new)
    # What somebody else opened meanwhile is his to tell of.
    mine = [(each, ids[each.seen.key]) for each in looks if each.seen.key in ids]
    event = NewEvent(OPENED, now)
    rows.add_events(work, ((each.seen.place, alert_id, event) for each, alert_id in mine))
    _keep_evidence(work, mine)
    opened = [one for one in new if (one.organization_id, one.key) in ids]
    tell_opened(work, [(one, ids[one.organization_id, one.key]) for one in opened])
    return len(mine)


def _continued(work: Work, looks: Sequence[_Look], now: datetime) -> None:
    known = [(each, each.held) for each in looks if each.held is not None]
    written = [
        Written(
            held.organization_id,
            held.alert_id,
            each.change.state,
            each.change.clear_since,
            each.change.occurrences,
            is_seen=each.seen.found is not Condition.CLEAR,
            is_back=each.change.event == REOPENED,
        )
        for each, held in known
    ]
    rows.write_all(work, written, now)
    back = [(held, held.alert_id) for each, held in known if each.change.event == REOPENED]
    rows.add_events(work, ((*one, NewEvent(REOPENED, now)) for one in back))
    _keep_evidence(work, [(each, held.alert_id) for each, held in known])


def _keep_evidence(work: Work, looks: Iterable[tuple[_Look, UUID]]) -> None:
    shown = [
        (each.seen.place, alert_id, each.seen.subject, each.seen.evidence)
        for each, alert_id in looks
        if each.seen.found is not Condition.CLEAR
    ]
    rows.keep_evidence(work, shown)


def _standing(held: Held | None) -> Standing | None:
    if held is None:
        return None
    return Standing(held.state, held.clear_since, held.resolved_at, held.occurrences)
