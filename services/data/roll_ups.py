"""Roll-ups of readings to 15 minutes, hours, days and months, as far as they came (4.4 d).

A quarter of an hour knows only its own readings and, as its tail, what leads to the next quarter
that has any. So readings that come late change the quarters they fall into and the ones before,
and nothing else; hours, days and months are sums of the level below.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from services.data.message_progress import Progress
from services.data.roll_up_sums import QUARTER, Window
from services.data.work import Work
from services.metering import MISSED_REPORTS
from services.registry import COUNTERS

BAD_QUALITY = 2
_LOCK = 7_302_160_037
_BIN = "date_bin('15 minutes', {0}, TIMESTAMPTZ '2000-01-01 00:00+00')"


def take_turn(work: Work) -> bool:
    """Return whether nobody else rolls up now; held until the transaction ends.

    All of it sees one moment: what comes meanwhile is for the next time.
    """
    for setting in ("TRANSACTION ISOLATION LEVEL REPEATABLE READ", "LOCAL work_mem = '128MB'"):
        work.connection.exec_driver_sql(f"SET {setting}")
    asked = text("SELECT pg_try_advisory_xact_lock(:key)")
    return bool(work.connection.execute(asked, {"key": _LOCK}).scalar_one())


def forget_all(work: Work) -> None:
    """Forget every roll-up, so that the next look makes all anew from the readings."""
    for level in ("quarter", "hour", "day", "month"):
        work.connection.execute(text(f"DELETE FROM statistics.reading_{level}"))
    work.connection.execute(text("DELETE FROM statistics.roll_up_progress"))


_COLLECT = """
INSERT INTO statistics.touched_bin (organization_id, access_path, device_id, point_id, begins_at)
SELECT t.organization_id, p.access_path, p.device_id, t.point_id, t.begins_at
FROM (SELECT organization_id, point_id, {begins} AS begins_at
      FROM collected.reading WHERE {which} GROUP BY 1, 2, 3) AS t
JOIN collected.point p USING (organization_id, point_id)
ORDER BY t.begins_at
ON CONFLICT DO NOTHING
"""
_BEGINS = _BIN.format("taken_at")
_COLLECT_NEW = text(_COLLECT.format(begins=_BEGINS, which="message_id > :newest"))
_COLLECT_LATE = text(
    _COLLECT.format(begins=_BEGINS, which="message_id = ANY(CAST(:late AS bigint[]))")
)


def collect(work: Work, known: Progress, late: Sequence[int]) -> None:
    """Write down to which quarters something came with new messages, and with late ones."""
    work.connection.execute(_COLLECT_NEW, {"newest": known.newest})
    if late:
        work.connection.execute(_COLLECT_LATE, {"late": list(late)})


# So many quarters at once that the readings of many points are sorted in memory.
AT_ONCE = 50_000
_TOUCHED_HOURS = text("""
SELECT min(begins_at), max(begins_at), count(*) FROM statistics.touched_bin
GROUP BY date_bin('6 hours', begins_at, TIMESTAMPTZ '2000-01-01 00:00+00') ORDER BY 1
""")


def windows(work: Work) -> list[Window]:
    """Return stretches of time that hold what is to be made anew, each a piece of work."""
    found: list[Window] = []
    size = 0
    for first, last, count in work.connection.execute(_TOUCHED_HOURS):
        size += count
        if found and size <= AT_ONCE:
            found[-1] = Window(found[-1].since, last + QUARTER)
        else:
            found.append(Window(first, last + QUARTER))
            size = count
    return found


_TOUCHED = """
  SELECT t.organization_id, t.access_path, t.device_id, t.point_id, t.begins_at, d.interval_s,
         p.kind = ANY(:counters) AS is_counter
  FROM statistics.touched_bin t
  JOIN collected.point p USING (organization_id, device_id, point_id)
  JOIN collected.device d USING (organization_id, device_id)
  WHERE t.begins_at >= :since AND t.begins_at < :until
"""
# Of two marks of one instant the one recorded last counts. What a counter shows from a mark on is a
# segment of its own: multiplied by the factor of the mark, the end of it still by the factor that
# held until then.
_MARKS = """
  SELECT organization_id, point_id, at, end_value, start_value, factor,
         lead(at) OVER each AS until, coalesce(lag(factor) OVER each, 1) AS factor_before,
         coalesce(lag(at) OVER each, '-infinity') AS segment_before
  FROM (SELECT DISTINCT ON (organization_id, point_id, at) *
        FROM collected.counter_mark ORDER BY organization_id, point_id, at, recorded_at DESC) AS m
  WHERE kind <> 'withdrawn'
  WINDOW each AS (PARTITION BY organization_id, point_id ORDER BY at)
"""
_SHOWN = f"""
  SELECT r.organization_id, r.point_id, t.begins_at, t.interval_s, t.is_counter, r.taken_at,
         r.value * coalesce(m.factor, 1) AS value, 2 AS rank,
         coalesce(m.at, '-infinity') AS segment
  FROM collected.reading r
  JOIN touched t ON t.organization_id = r.organization_id AND t.point_id = r.point_id
    AND t.begins_at = {_BIN.format("r.taken_at")}
  LEFT JOIN marks m ON m.organization_id = r.organization_id AND m.point_id = r.point_id
    AND r.taken_at >= m.at AND (m.until IS NULL OR r.taken_at < m.until)
  WHERE r.taken_at >= :since AND r.taken_at < :until AND r.quality <> :bad
  UNION ALL
  SELECT m.organization_id, m.point_id, t.begins_at, t.interval_s, t.is_counter, m.at,
         m.end_value * m.factor_before, 0, m.segment_before
  FROM marks m JOIN touched t ON t.organization_id = m.organization_id
    AND t.point_id = m.point_id AND t.begins_at = {_BIN.format("m.at")}
  WHERE m.end_value IS NOT NULL
  UNION ALL
  SELECT m.organization_id, m.point_id, t.begins_at, t.interval_s, t.is_counter, m.at,
         m.start_value * m.factor, 1, m.at
  FROM marks m JOIN touched t ON t.organization_id = m.organization_id
    AND t.point_id = m.point_id AND t.begins_at = {_BIN.format("m.at")}
  WHERE m.start_value IS NOT NULL
"""
# A step of a counter is what it showed next less what it showed; there is none over the end of a
# segment, and it is unknown where the counter went back without anybody having said why. A rate
# holds until the next reading, after reports that did not come for one report; nothing is filled.
_HOLDS = """CASE WHEN gap_s IS NULL OR next_segment <> segment THEN 0
       WHEN gap_s <= :missed * interval_s THEN gap_s ELSE interval_s END"""
_QUARTERS = text(f"""
WITH touched AS MATERIALIZED ({_TOUCHED}),
marks AS MATERIALIZED ({_MARKS}),
pairs AS (
  SELECT *, date_part('epoch', next_at - taken_at) AS gap_s,
         next_segment = segment AND next_value >= value AS steps
  FROM (
    SELECT s.*, lead(value) OVER each AS next_value, lead(taken_at) OVER each AS next_at,
           lead(segment) OVER each AS next_segment, row_number() OVER each = 1 AS is_first
    FROM ({_SHOWN}) AS s
    WINDOW each AS (PARTITION BY organization_id, point_id, begins_at
                    ORDER BY taken_at, rank, value)
  ) AS ordered
),
counted AS MATERIALIZED (
  SELECT organization_id, point_id, begins_at,
         count(*) FILTER (WHERE rank = 2) AS readings,
         coalesce(sum(value) FILTER (WHERE rank = 2), 0) AS total,
         min(value) FILTER (WHERE rank = 2) AS low, max(value) FILTER (WHERE rank = 2) AS high,
         max(value) FILTER (WHERE is_first) AS first_value, min(taken_at) AS first_at,
         max(segment) FILTER (WHERE is_first) AS first_segment,
         max(value) FILTER (WHERE next_at IS NULL) AS last_value, max(taken_at) AS last_at,
         max(segment) FILTER (WHERE next_at IS NULL) AS last_segment,
         coalesce(sum(CASE WHEN NOT is_counter THEN value * held_s / 3600
                           WHEN steps THEN next_value - value END), 0) AS amount,
         coalesce(sum(CASE WHEN NOT is_counter THEN held_s WHEN steps THEN gap_s END), 0)
           AS amount_s,
         sum(held_s) AS covered_s,
         count(*) FILTER (WHERE is_counter AND next_segment = segment AND NOT steps) AS steps_back
  FROM (SELECT *, {_HOLDS} AS held_s FROM pairs) AS held
  GROUP BY organization_id, point_id, begins_at
),
doubted AS MATERIALIZED (
  SELECT r.organization_id, r.point_id, {_BIN.format("r.taken_at")} AS begins_at,
         count(*) AS suspect
  FROM collected.reading r
  WHERE r.taken_at >= :since AND r.taken_at < :until AND r.quality <> 0
  GROUP BY 1, 2, 3
)
INSERT INTO statistics.reading_quarter AS kept
  (organization_id, access_path, device_id, point_id, begins_at, readings, suspect, total, low,
   high, first_value, first_at, first_segment, last_value, last_at, last_segment, inner_amount,
   inner_amount_s, inner_covered_s, inner_steps_back, amount, amount_s, covered_s, steps_back,
   leap, computed_at)
SELECT organization_id, t.access_path, t.device_id, point_id, begins_at, coalesce(c.readings, 0),
       coalesce(s.suspect, 0), coalesce(c.total, 0), c.low, c.high, c.first_value, c.first_at,
       c.first_segment, c.last_value, c.last_at, c.last_segment, coalesce(c.amount, 0),
       coalesce(c.amount_s, 0), coalesce(c.covered_s, 0), coalesce(c.steps_back, 0), 0, 0, 0, 0, 0,
       :at
FROM touched t
LEFT JOIN counted c USING (organization_id, point_id, begins_at)
LEFT JOIN doubted s USING (organization_id, point_id, begins_at)
WHERE c.first_at IS NOT NULL OR s.suspect > 0
ON CONFLICT (organization_id, point_id, begins_at) DO UPDATE
SET access_path = excluded.access_path, readings = excluded.readings, suspect = excluded.suspect,
    total = excluded.total, low = excluded.low, high = excluded.high,
    first_value = excluded.first_value, first_at = excluded.first_at,
    first_segment = excluded.first_segment, last_value = excluded.last_value,
    last_at = excluded.last_at, last_segment = excluded.last_segment,
    inner_amount = excluded.inner_amount, inner_amount_s = excluded.inner_amount_s,
    inner_covered_s = excluded.inner_covered_s, inner_steps_back = excluded.inner_steps_back,
    computed_at = excluded.computed_at
""")
# Of a touched quarter nothing may be left: what made it one may have been taken back.
_EMPTIED = text("""
DELETE FROM statistics.reading_quarter q USING statistics.touched_bin t
WHERE q.organization_id = t.organization_id AND q.point_id = t.point_id
  AND q.begins_at = t.begins_at AND q.computed_at <> :at
  AND t.begins_at >= :since AND t.begins_at < :until
""")
_GAP = "date_part('epoch', c.next_at - q.last_at)"
_NEAR = f"({_GAP} <= :missed * c.interval_s OR c.next_at <= q.begins_at + INTERVAL '15 minutes')"
_STEPS = """(c.is_counter AND c.next_segment = q.last_segment AND c.next_value >= q.last_value)"""
# In hours; nothing where nothing came after it, or what came belongs to another segment.
_HELD = f"""(CASE WHEN c.next_segment = q.last_segment THEN
      CASE WHEN {_GAP} <= :missed * c.interval_s THEN {_GAP} ELSE c.interval_s END
      ELSE 0 END / 3600)"""
# Only the first of quarters in a row has to look for the one before it. What is told of each is
# made first, so that its quarter is found by the whole key.
_TAILS = text(f"""
WITH fresh AS MATERIALIZED (
  SELECT organization_id, point_id, begins_at FROM statistics.touched_bin
  WHERE begins_at >= :since AND begins_at < :until
),
concerned AS MATERIALIZED (
  SELECT * FROM fresh
  UNION
  SELECT f.organization_id, f.point_id, before.begins_at
  FROM (SELECT organization_id, point_id, begins_at FROM fresh
        EXCEPT SELECT organization_id, point_id, begins_at + INTERVAL '15 minutes' FROM fresh) AS f
  CROSS JOIN LATERAL (
    SELECT q.begins_at FROM statistics.reading_quarter q
    WHERE q.organization_id = f.organization_id AND q.point_id = f.point_id
      AND q.begins_at < f.begins_at AND q.first_at IS NOT NULL
    ORDER BY q.begins_at DESC LIMIT 1) AS before
),
told AS MATERIALIZED (
  SELECT c.*, d.interval_s, p.kind = ANY(:counters) AS is_counter, n.first_at AS next_at,
         n.first_value AS next_value, n.first_segment AS next_segment
  FROM concerned c
  JOIN collected.point p USING (organization_id, point_id)
  JOIN collected.device d USING (organization_id, device_id)
  LEFT JOIN LATERAL (
    SELECT n.first_at, n.first_value, n.first_segment FROM statistics.reading_quarter n
    WHERE n.organization_id = c.organization_id AND n.point_id = c.point_id
      AND n.begins_at > c.begins_at AND n.first_at IS NOT NULL
    ORDER BY n.begins_at LIMIT 1) AS n ON true
),
changed AS (
  UPDATE statistics.reading_quarter q
  SET amount = q.inner_amount + coalesce(CASE WHEN NOT c.is_counter THEN q.last_value * {_HELD}
        WHEN {_STEPS} AND {_NEAR} THEN c.next_value - q.last_value END, 0),
      amount_s = q.inner_amount_s + coalesce(CASE WHEN NOT c.is_counter THEN {_HELD} * 3600
        WHEN {_STEPS} AND {_NEAR} THEN {_GAP} END, 0),
      covered_s = q.inner_covered_s + {_HELD} * 3600,
      steps_back = q.inner_steps_back + coalesce(c.is_counter AND c.next_value < q.last_value
        AND c.next_segment = q.last_segment, false)::integer,
      leap = CASE WHEN {_STEPS} AND NOT {_NEAR} THEN c.next_value - q.last_value ELSE 0 END,
      leap_to = CASE WHEN {_STEPS} AND NOT {_NEAR} THEN c.next_at END,
      computed_at = :at
  FROM told AS c
  WHERE q.organization_id = c.organization_id AND q.point_id = c.point_id
    AND q.begins_at = c.begins_at
  RETURNING q.begins_at
)
SELECT min(begins_at) FROM changed
""")


_NO_LOOPS, _LOOPS = (text(f"SET LOCAL enable_nestloop = {each}") for each in ("off", "on"))
# Of rows written a moment ago nothing is known yet, and the neighbour of each quarter would be
# sought among all of them.
_BY_INDEX, _AS_USUAL = (
    text(
        f"SELECT set_config('enable_seqscan', '{each}', true),"
        f" set_config('enable_bitmapscan', '{each}', true)"
    )
    for each in ("off", "on")
)


def roll_up(work: Work, window: Window, at: datetime) -> Window:
    """Make the quarters of a window anew to which something came; return what was changed."""
    asked = {"since": window.since, "until": window.until, "at": at}
    rules = {"missed": MISSED_REPORTS, "counters": list(COUNTERS)}
    run = work.connection.execute
    # Fresh rows have no statistics, and one row in each would be sought for every reading.
    run(_NO_LOOPS)
    run(_QUARTERS, asked | rules | {"bad": BAD_QUALITY})
    run(_LOOPS)
    run(_EMPTIED, asked)
    run(_BY_INDEX)
    first = run(_TAILS, asked | rules).scalar_one()
    run(_AS_USUAL)
    return Window(min(first or window.since, window.since), window.until)


_TOUCH = text(f"""
INSERT INTO statistics.touched_bin
  (organization_id, access_path, device_id, point_id, begins_at)
SELECT p.organization_id, p.access_path, p.device_id, p.point_id, b.begins_at
FROM collected.point p
CROSS JOIN LATERAL (
  SELECT {_BIN.format("CAST(:at AS timestamptz)")} AS begins_at
  UNION
  SELECT q.begins_at FROM statistics.reading_quarter q
  WHERE q.organization_id = p.organization_id AND q.point_id = p.point_id
    AND q.begins_at >= CAST(:at AS timestamptz)) AS b
WHERE p.organization_id = :organization_id AND p.point_id = :point_id
ON CONFLICT DO NOTHING
""")


def touch(work: Work, organization_id: int, point_id: int, at: datetime) -> None:
    """Let a point be rolled up anew from an instant on: what its counter showed is told anew."""
    asked = {"organization_id": organization_id, "point_id": point_id, "at": at}
    work.connection.execute(_TOUCH, asked)


def settle(work: Work, window: Window) -> None:
    """Forget which quarters of a window were to be made anew, after they were."""
    work.connection.execute(
        text("DELETE FROM statistics.touched_bin WHERE begins_at >= :since AND begins_at < :until"),
        {"since": window.since, "until": window.until},
    )
