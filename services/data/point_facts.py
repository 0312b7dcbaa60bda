"""Dated facts of measuring points, how each stands today, and how far its readings came (4.2 c)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, insert, select, text

from services.data.organizations import Organization
from services.data.point_tables import counter_mark, point_binding, point_calibration
from services.data.work import Work
from services.metering import MISSED_REPORTS
from services.registry import (
    SILENT_REPORTS,
    Binding,
    Calibration,
    CounterMark,
    PointFacts,
    ProvenReading,
    RegisteredPoint,
)

Recorded = tuple[int | None, datetime]
SHOWN_READINGS = 20

# Whoever records a fact anew about the same day or instant corrects it: the last recorded counts.
_POINTS = text("""
SELECT p.point_id, p.device_id, d.code AS device_code, d.gateway, d.name_zh AS device_zh,
       d.name_en AS device_en, d.interval_s, p.code, p.name_zh, p.name_en, p.unit, p.kind,
       l.value, l.quality, l.taken_at,
       b.source, b.item, b.symbol, b.unit AS bound_unit, b.scale, b.valid_from,
       c.calibrated_on, c.next_due, c.document,
       CASE WHEN d.retired_at IS NOT NULL THEN 'retired'
            WHEN l.taken_at IS NULL
              OR l.taken_at < CAST(:now AS timestamptz)
                 - make_interval(secs => CAST(:silent AS integer) * d.interval_s) THEN 'silent'
            WHEN l.taken_at < CAST(:now AS timestamptz)
                 - make_interval(secs => CAST(:late AS integer) * d.interval_s) THEN 'late'
            WHEN c.next_due < :today THEN 'overdue'
            ELSE 'ok' END AS state
FROM collected.point p
JOIN collected.device d USING (organization_id, device_id)
LEFT JOIN collected.latest_reading l USING (organization_id, device_id, point_id)
LEFT JOIN (SELECT DISTINCT ON (point_id) * FROM collected.point_binding
           WHERE organization_id = :organization_id AND valid_from <= :today
           ORDER BY point_id, valid_from DESC, recorded_at DESC) AS b
  ON b.organization_id = p.organization_id AND b.point_id = p.point_id AND b.source <> ''
LEFT JOIN (SELECT DISTINCT ON (point_id) * FROM collected.point_calibration
           WHERE organization_id = :organization_id
           ORDER BY point_id, calibrated_on DESC, recorded_at DESC) AS c
  ON c.organization_id = p.organization_id AND c.point_id = p.point_id
WHERE p.organization_id = :organization_id
ORDER BY d.retired_at IS NOT NULL, d.gateway, d.code, p.point_id
""")


def points_of(
    work: Work, organization_id: int, now: datetime, today: date
) -> tuple[RegisteredPoint, ...]:
    """Return every point by gateway, device and number; those of retired devices last."""
    asked = {"organization_id": organization_id, "now": now, "today": today}
    asked |= {"late": MISSED_REPORTS, "silent": SILENT_REPORTS}
    return tuple(_point(row) for row in work.connection.execute(_POINTS, asked))


def _point(row: Any) -> RegisteredPoint:
    named = {
        name: getattr(row, name)
        for name in (
            *("point_id", "device_id", "device_code", "gateway", "interval_s", "code", "unit"),
            *("kind", "state", "value", "quality", "taken_at"),
        )
    }
    bound = (row.source, row.item, row.symbol, row.bound_unit, row.scale, row.valid_from)
    seen = (row.calibrated_on, row.next_due, row.document)
    return RegisteredPoint(
        **named,
        names={"zh-CN": row.name_zh, "en": row.name_en},
        device_names={"zh-CN": row.device_zh, "en": row.device_en},
        binding=Binding(row.point_id, *bound) if row.source else None,
        calibration=Calibration(row.point_id, *seen) if row.calibrated_on else None,
    )


Fact = Binding | Calibration | CounterMark
_TABLES: Mapping[type[Fact], Table] = {
    Binding: point_binding,
    Calibration: point_calibration,
    CounterMark: counter_mark,
}


def add(work: Work, owner: Organization, device_id: int, fact: Fact, recorded: Recorded) -> None:
    """Record a fact about a point of a device, by whom and when."""
    by, at = recorded
    place = {"organization_id": owner.organization_id, "access_path": owner.access_path}
    values = {**place, "device_id": device_id, **asdict(fact), "recorded_by": by, "recorded_at": at}
    work.connection.execute(insert(_TABLES[type(fact)]).values(**values))


def facts_of(
    work: Work, organization_id: int, point_id: int, since: datetime, until: datetime
) -> PointFacts:
    """Return what was recorded of a point, and its newest readings within a span."""
    order = {Binding: "valid_from", Calibration: "calibrated_on", CounterMark: "at"}
    found: dict[type[Fact], tuple[Any, ...]] = {}
    for kind, table in _TABLES.items():
        names = list(kind.__dataclass_fields__)
        query = (
            select(*(table.c[name] for name in names))
            .where(table.c.organization_id == organization_id, table.c.point_id == point_id)
            .order_by(table.c[order[kind]].desc(), table.c.recorded_at.desc())
        )
        found[kind] = tuple(kind(*row) for row in work.connection.execute(query))
    return PointFacts(
        found[Binding],
        found[Calibration],
        found[CounterMark],
        _proven(work, organization_id, point_id, (since, until)),
    )


_READINGS = text("""
SELECT r.taken_at, r.value, r.quality, m.received_at, m.integrity,
       CASE WHEN t.sequences @> m.sequence THEN 'receipted' ELSE 'persisted' END AS proof
FROM (SELECT * FROM collected.reading
      WHERE organization_id = :organization_id AND point_id = :point_id
        AND taken_at >= :since AND taken_at <= :until
      ORDER BY taken_at DESC, message_id DESC LIMIT :most) AS r
JOIN collected.message m USING (organization_id, device_id, message_id)
LEFT JOIN collected.receipt t USING (organization_id, device_id, boot)
ORDER BY r.taken_at DESC, m.message_id DESC
""")


def _proven(
    work: Work, organization_id: int, point_id: int, span: tuple[datetime, datetime]
) -> tuple[ProvenReading, ...]:
    asked = {"organization_id": organization_id, "point_id": point_id, "most": SHOWN_READINGS}
    rows = work.connection.execute(_READINGS, asked | {"since": span[0], "until": span[1]})
    return tuple(ProvenReading(*row) for row in rows)


_NOTE_RECEIPTS = text("""
INSERT INTO collected.receipt AS kept
  (organization_id, access_path, device_id, boot, sequences, last_at)
SELECT n.organization_id, d.access_path, n.device_id, n.boot, CAST(n.sequences AS int8multirange),
       :at
FROM unnest(CAST(:organizations AS bigint[]), CAST(:devices AS bigint[]), CAST(:boots AS text[]),
            CAST(:sequences AS text[])) AS n(organization_id, device_id, boot, sequences)
JOIN collected.device d USING (organization_id, device_id)
ORDER BY n.organization_id, n.device_id, n.boot
ON CONFLICT (organization_id, device_id, boot) DO UPDATE
SET sequences = kept.sequences + excluded.sequences, last_at = excluded.last_at
""")


def note_receipts(
    work: Work, ranges: Mapping[tuple[int, int, str], list[list[int]]], at: datetime
) -> None:
    """Note which messages receipts have named: closed ranges by organization, device and boot."""
    if not ranges:
        return
    told = ["{" + ",".join(f"[{a},{b}]" for a, b in each) + "}" for each in ranges.values()]
    keys = list(ranges)
    asked = {
        "organizations": [key[0] for key in keys],
        "devices": [key[1] for key in keys],
        "boots": [key[2] for key in keys],
    }
    work.connection.execute(_NOTE_RECEIPTS, asked | {"sequences": told, "at": at})
