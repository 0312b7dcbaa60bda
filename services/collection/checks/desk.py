"""Findings of rules as people work on them: what is open, clearing, limits (5.1.7 c)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services import clock
from services.accounting.filing import fingerprint
from services.collection.check_rules import (
    ERROR,
    INFO,
    Limit,
    SetLimit,
    in_order,
    limit_kind,
    rules_on,
)
from services.collection.checks.basis import limits_of
from services.data import check_limits, organizations, row_findings
from services.data.check_limits import NewLimit, StoredLimit
from services.data.engine import Database
from services.data.organizations import Organization
from services.data.row_findings import Clearing, RowFinding, Wanted
from services.data.work import Work
from services.errors import ConflictError, PlatformError
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed

PAGE, MOST_HISTORY, LONGEST_REASON = 25, 50, 2_000


class ClearReasonError(PlatformError):
    """A finding is only cleared with a reason that others can read."""

    text_key = "clear_reason"


class OwnRowsError(PlatformError):
    """Whoever typed or handed in rows does not clear what is doubtful in them."""

    text_key = "own_rows"


class ClearedError(ConflictError):
    """Another person has cleared the finding before."""

    text_key = "finding_cleared"


class FindingChangedError(ConflictError):
    """The finding says something else than what was shown to the person, or is gone."""

    text_key = "finding_changed"


class NotClearableError(PlatformError):
    """What cannot be right is corrected, and not cleared."""

    text_key = "not_clearable"


class LimitError(PlatformError):
    """A limit was to be set to what the rule does not take."""

    text_key = "check_limit"


class LimitReasonError(PlatformError):
    """A limit is only moved with a reason."""

    text_key = "check_limit_reason"


@dataclass(frozen=True, slots=True)
class Listed:
    """A finding with every time it was cleared, and whether the reader may clear it.

    `why_not` is typed or role where they may not, and empty where they may.
    """

    finding: RowFinding
    clearings: tuple[Clearing, ...]
    why_not: str

    @property
    def seen(self) -> str:
        """Return the SHA-256 of what is shown of the finding; clearing it names it."""
        return _seen(self.finding)


@dataclass(frozen=True, slots=True)
class Desk:
    """A page of findings; `counts` of all that are asked for, by rule and severity."""

    listed: tuple[Listed, ...]
    counts: Mapping[tuple[str, str], int]
    years: tuple[int, ...]
    first: int

    @property
    def total(self) -> int:
        """Return how many there are in all."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class LimitNow:
    """A limit of a rule as it holds for an organization, and what holds at single points."""

    rule: str
    limit: str
    now: Limit
    points: Mapping[str, Limit]


@dataclass(frozen=True, slots=True)
class LimitBook:
    """The limits of an organization as they hold, what was set before, and whether it may be."""

    subject: Organization
    limits: tuple[LimitNow, ...]
    history: tuple[StoredLimit, ...]
    may_set: bool


@dataclass(frozen=True, slots=True)
class LimitOrder:
    """A limit to be set; `value` is None where it is given up, `point` empty for all points."""

    organization_id: int
    rule: str
    limit: str
    point: str
    value: float | None
    reason: str


def findings_of(actor: Actor, database: Database, wanted: Wanted, first: int = 0) -> Desk:
    """Return a page of what rules found within the actor's scope."""
    with database.work(scope_for(actor, Action.VIEW_CHECKS)) as work:
        found = row_findings.page(work, wanted, first, PAGE)
        keys = [(each.organization_id, each.finding_id) for each in found]
        cleared = row_findings.clearings(work, keys) if keys else {}
        # The choice of a rule or a severity does not change what there is to choose from.
        counts = row_findings.counts(work, wanted)
        years = row_findings.years(work)
    listed = (Listed(f, cleared.get(f.finding_id, ()), _why_not(actor, f)) for f in found)
    return Desk(tuple(listed), counts, years, first)


def clear_finding(
    actor: Actor, database: Database, finding_id: UUID, seen: str, reason: str
) -> Listed:
    """Clear a finding as it was seen, with a reason; it stays beside it for good, and in the audit.

    FindingChangedError where a check has found something else since, or nothing.
    """
    said = reason.strip()[:LONGEST_REASON]
    if not said:
        raise ClearReasonError("reason")
    with database.work(scope_for(actor, Action.RESOLVE_FINDING)) as work:
        found = row_findings.get(work, finding_id)
        subject = organizations.get(work, found.organization_id)
        require(actor, Action.RESOLVE_FINDING, subject.access_path)
        _refuse(actor, found, seen)
        if not row_findings.clear(work, found, actor.person_id, said, clock.now()):
            _refuse(actor, row_findings.get(work, finding_id), seen)
            raise FindingChangedError("finding", value=found.year)
        after = {"invariant": found.rule, "part": found.part, "reason": said}
        deed = Deed("resolve_finding", str(finding_id), after=after | {"version": found.version})
        record_deed(work, actor.person_id, subject, deed)
        done = row_findings.get(work, finding_id)
        cleared = row_findings.clearings(work, [(found.organization_id, finding_id)])
        work.commit()
    return Listed(done, cleared[finding_id], "")


def place_named(actor: Actor, database: Database, code: str) -> Organization | None:
    """Return the organization of a code within the actor's scope, else the actor's own place."""
    with database.work(scope_for(actor, Action.VIEW_CHECKS)) as work:
        if code:
            return organizations.by_code(work, code)
        held = (m for m in actor.memberships if actor.may(Action.VIEW_CHECKS, m.access_path))
        own = next(held, None)
        return organizations.get(work, own.organization_id) if own else None


def limit_book(actor: Actor, database: Database, organization_id: int) -> LimitBook:
    """Return the limits of an organization, each with whose it is and since when."""
    with database.work(scope_for(actor, Action.VIEW_CHECKS)) as work:
        subject = organizations.get(work, organization_id)
        require(actor, Action.VIEW_CHECKS, subject.access_path)
        return _book(work, actor, subject)


def set_limit(actor: Actor, database: Database, order: LimitOrder) -> LimitBook:
    """Set a limit from the next check on; what was found by another one stays as it was told."""
    said, day = order.reason.strip()[:LONGEST_REASON], clock.today()
    if not said:
        raise LimitReasonError("reason")
    _check_value(order, day)
    with database.work(scope_for(actor, Action.SET_CHECK_LIMIT)) as work:
        subject = organizations.get(work, order.organization_id)
        require(actor, Action.SET_CHECK_LIMIT, subject.access_path)
        _refuse_disorder(work, order, day)
        before = limits_of(work, order.organization_id, day).of(
            order.rule, order.limit, order.point
        )
        at = clock.now()
        place = (order.rule, order.limit, order.point, order.value)
        check_limits.add(work, subject, NewLimit(*place, said, actor.person_id, at))
        named = {"rule": order.rule, "limit": order.limit, "point": order.point}
        deed = Deed(
            "set_check_limit",
            f"{order.rule}.{order.limit}",
            before={"value": before.value, "origin": before.origin},
            after={**named, "value": order.value, "reason": said},
            at=at,
        )
        record_deed(work, actor.person_id, subject, deed)
        book = _book(work, actor, subject)
        work.commit()
    return book


def _seen(found: RowFinding) -> str:
    numbers = [found.expected, found.found]
    return fingerprint([found.version, found.severity, *numbers, found.evidence])


def _refuse(actor: Actor, found: RowFinding, seen: str) -> None:
    if found.severity == ERROR:
        raise NotClearableError("finding", value=found.year)
    if found.resolved_at is not None:
        raise ClearedError("finding", value=found.year, name=found.resolved_by)
    if found.gone_at is not None or seen != _seen(found):
        raise FindingChangedError("finding", value=found.year)
    if found.severity != INFO and actor.person_id in found.makers:
        raise OwnRowsError("finding", value=found.year, name=actor.name)


def _why_not(actor: Actor, found: RowFinding) -> str:
    if not actor.may(Action.RESOLVE_FINDING, found.access_path):
        return "role"
    if found.severity == ERROR:
        return "error"
    return "typed" if found.severity != INFO and actor.person_id in found.makers else ""


def _check_value(order: LimitOrder, day: date) -> None:
    kind = limit_kind(order.rule, order.limit, day)
    value = order.value
    if value is not None and not kind.low <= value <= kind.high:
        bounds = {"low": kind.low, "high": kind.high, "unit": kind.unit}
        raise LimitError("limit", value=value, **bounds)


def _refuse_disorder(work: Work, order: LimitOrder, day: date) -> None:
    """Refuse a lower limit above its upper one."""
    if order.value is None:
        return
    before = limits_of(work, order.organization_id, day)
    new = SetLimit(order.rule, order.limit, order.point, order.value, clock.now())
    after = replace(before, own=(*before.own, new)).all_of(order.rule, order.point)
    if not in_order(after):
        kind = limit_kind(order.rule, order.limit, day)
        bounds = {"low": kind.low, "high": kind.high, "unit": kind.unit}
        raise LimitError("limit", value=order.value, **bounds)


def _book(work: Work, actor: Actor, subject: Organization) -> LimitBook:
    limits = limits_of(work, subject.organization_id, clock.today())
    now = []
    for rule in rules_on(limits.day):
        for name in rule.limits:
            named = {s.point for s in limits.own if (s.rule, s.limit) == (rule.id, name)} - {""}
            points = {point: limits.of(rule.id, name, point) for point in sorted(named)}
            now.append(LimitNow(rule.id, name, limits.of(rule.id, name), points))
    history = check_limits.history(work, subject.organization_id, MOST_HISTORY)
    may_set = actor.may(Action.SET_CHECK_LIMIT, subject.access_path)
    return LimitBook(subject, tuple(now), history, may_set)
