"""Limits of measuring points: who set them, when and why (4.2 c)."""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import datetime

from services.alert_facts import SEVERITIES
from services.data import organizations, point_facts, point_limits
from services.data.engine import Database
from services.errors import NotFoundError, PlatformError
from services.registry import PointLimit, RecordedLimit
from services.security.permissions import Action, Actor, require
from services.security.scopes import scope_for
from services.security.trail import Deed, record_deed

LONGEST_REASON, MOST = 500, 1_000_000_000
_LEAST = {
    "margin": 0.0,
    "change_per_minute": 1e-9,
    "same_readings": 2,
    "late_s": 1,
    "silent_reports": 2,
}


class PointLimitError(PlatformError):
    """A limit of a point is none that readings could be held against, or has no reason."""

    text_key = "point_limit"


def limits_of(
    actor: Actor, database: Database, organization_id: int, point_id: int
) -> tuple[RecordedLimit, ...]:
    """Return every limit that was set for a point, the one that counts first."""
    with database.work(scope_for(actor, Action.VIEW_TELEMETRY)) as work:
        owner = organizations.get(work, organization_id)
        require(actor, Action.VIEW_TELEMETRY, owner.access_path)
        return point_limits.history(work, organization_id, point_id)


def set_limit(
    actor: Actor, database: Database, organization_id: int, limit: PointLimit, now: datetime
) -> None:
    """Hold the readings of a point against limits from now on; those before stay on record."""
    _check(limit)
    with database.work(scope_for(actor, Action.MANAGE_DEVICES)) as work:
        owner = organizations.get(work, organization_id)
        require(actor, Action.MANAGE_DEVICES, owner.access_path)
        points = point_facts.points_of(work, organization_id, now, now.date())
        point = next((each for each in points if each.point_id == limit.point_id), None)
        if point is None:
            raise NotFoundError("point", value=limit.point_id)
        before = point_limits.history(work, organization_id, limit.point_id)
        point_limits.add(work, owner, point.device_id, limit, (actor.person_id, now))
        deed = Deed(
            "limit_point",
            f"point:{point.device_code}/{point.code}",
            before=asdict(before[0].limit) if before else {},
            after=asdict(limit),
            at=now,
        )
        record_deed(work, actor.person_id, owner, deed)
        work.commit()


def _check(limit: PointLimit) -> None:
    for name in ("low", "high", "margin", "change_per_minute"):
        value = getattr(limit, name)
        if value is not None and not math.isfinite(value):
            raise PointLimitError(name, value=value)
    for name, least in _LEAST.items():
        value = getattr(limit, name)
        if value is not None and not least <= value <= MOST:
            raise PointLimitError(name, value=value)
    low, high = limit.low, limit.high
    # With less between them than the margin on both sides no reading would be back within.
    if low is not None and high is not None and low + 2 * limit.margin >= high:
        raise PointLimitError("high", value=high)
    if limit.severity not in SEVERITIES:
        raise PointLimitError("severity", value=limit.severity[:20])
    if not limit.reason or len(limit.reason) > LONGEST_REASON or not limit.reason.isprintable():
        raise PointLimitError("reason", value=repr(limit.reason[:50]))
