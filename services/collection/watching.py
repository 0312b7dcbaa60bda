"""Streaming checks: what came is held against the limits of its point, and silence is noticed.

They follow the listener instead of standing in its way: every few seconds what was committed since
is looked at in one statement, by point (4.2 c; range, rate of change, stuck, late, silent).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.alerts.lifecycle import Condition
from services.alerts.observing import Observation, observe
from services.data import point_watch, watch_progress
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.point_watch import Names, Silence, Watched
from services.data.work import Work
from services.security.trail import Place

RANGE, RATE, STUCK, LATE, SILENT = (
    *("point.range", "point.rate", "point.stuck", "point.late"),
    "point.silent",
)
RULES = (RANGE, RATE, STUCK, LATE, SILENT)
DEVICES_PAGE = "/collection/devices"


@dataclass(frozen=True, slots=True)
class Checked:
    """How many points had readings that came or have to report, and how many alerts opened."""

    points: int
    opened: int


def check_new(database: Database, now: datetime) -> Checked:
    """Hold what was committed since the last time against the limits; nothing beside another."""
    with database.work(SYSTEM_SCOPE) as work:
        if not watch_progress.take_turn(work):
            return Checked(0, 0)
        reach = watch_progress.advance(work, now)
        seen = point_watch.check(work, reach) if reach else []
        standing = point_watch.standing(work, RULES) if seen else set()
        found = [
            each
            for watched in seen
            for each in _looks(watched)
            if each.found is not Condition.CLEAR or each.key in standing
        ]
        opened = _observe(work, found, now)
        work.commit()
    return Checked(len(seen), opened)


def scan_silent(database: Database, now: datetime) -> Checked:
    """Notice points that do not report, and calm what nobody checks any more."""
    with database.work(SYSTEM_SCOPE) as work:
        if not watch_progress.take_turn(work):
            return Checked(0, 0)
        silences = point_watch.silences(work, now)
        standing = point_watch.standing(work, [SILENT])
        found = [
            each
            for each in map(_silence, silences)
            if each.found is not Condition.CLEAR or each.key in standing
        ]
        found += [_over(row) for row in point_watch.unchecked(work)]
        opened = _observe(work, found, now)
        work.commit()
    return Checked(len(silences), opened)


def _observe(work: Work, found: list[Observation], now: datetime) -> int:
    """Observe, with what people call the points that something is wrong with."""
    if not found:
        return 0
    about = {(each.place.organization_id, _number(each)) for each in found}
    names = point_watch.names_of(work, about)
    named = [_named(each, names.get((each.place.organization_id, _number(each)))) for each in found]
    return observe(work, named, now)


def _looks(seen: Watched) -> Iterator[Observation]:
    """Yield how each check found a point; nothing of checks that are off or cannot tell."""
    told: tuple[tuple[str, bool | None, bool | None, Mapping[str, Any]], ...] = (
        (
            RANGE,
            seen.range_broken,
            seen.range_clear,
            {"value": seen.range_value, "at": seen.range_at, "low": seen.low, "high": seen.high},
        ),
        (
            RATE,
            seen.rate_broken,
            seen.rate_clear,
            {"value": seen.rate_value, "at": seen.rate_at, "most": seen.change_per_minute},
        ),
        (
            STUCK,
            seen.stuck_broken,
            seen.stuck_clear,
            {
                "value": seen.stuck_value,
                "at": seen.stuck_at,
                "count": seen.stuck_count,
                "most": seen.same_readings,
            },
        ),
        (
            LATE,
            seen.late_broken,
            seen.late_clear,
            {"value": seen.late_by_s, "at": seen.late_at, "most": seen.late_s},
        ),
    )
    for rule, is_broken, is_clear, figures in told:
        found = _condition(is_broken, is_clear)
        if found is not None:
            yield _observation(seen, rule, found, figures)


def _condition(is_broken: bool | None, is_clear: bool | None) -> Condition | None:
    """Return how a check found a point.

    One that was within its limits all the time, and not by the margin, tells neither that something
    stands nor that it is over.
    """
    if is_broken:
        return Condition.PASSED if is_clear else Condition.STANDS
    return Condition.CLEAR if is_broken is not None and is_clear else None


def _silence(seen: Silence) -> Observation:
    found = Condition.STANDS if seen.is_silent else Condition.CLEAR
    return _observation(seen, SILENT, found, {"at": seen.since, "most": seen.allowed_s})


def _observation(
    seen: Watched | Silence, rule: str, found: Condition, figures: Mapping[str, Any]
) -> Observation:
    query = f"?organization={seen.organization_id}&point={seen.point_id}"
    return Observation(
        place=Place(seen.organization_id, seen.access_path),
        rule=rule,
        about=f"point:{seen.point_id}",
        found=found,
        subject={},
        link=DEVICES_PAGE + query,
        severity=seen.severity,
        evidence=figures,
    )


def _over(row: Any) -> Observation:
    """Return that a condition is over because nobody looks at it any more."""
    rule, about = row.key.split("/", 1)
    place = Place(row.organization_id, row.access_path)
    return Observation(place, rule, about, Condition.CLEAR, {}, "")


def _number(seen: Observation) -> int:
    return int(seen.about.removeprefix("point:"))


def _named(seen: Observation, names: Names | None) -> Observation:
    if names is None:
        return seen
    subject = {
        "zh-CN": f"{names.device_zh} · {names.point_zh}",
        "en": f"{names.device_en} · {names.point_en}",
    }
    return replace(seen, subject=subject, evidence={**seen.evidence, "unit": names.unit})
