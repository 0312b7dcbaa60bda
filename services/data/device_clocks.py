"""How the clock of a gateway goes, by what it writes into its messages (4.2 c)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import text

from services.data.orders import Order
from services.data.telemetry import MessageRow
from services.data.work import Work

# What is on its way longer than usual looks like a clock that is slow: of the last hundred
# messages the tenth quickest tells of the clock, and the others of the way.
KEPT = 100
QUICK_SHARE = 0.1

_NOTE = text("""
INSERT INTO collected.device_clock AS c
  (organization_id, access_path, device_id, lags, updated_at)
SELECT n.organization_id, d.access_path, n.device_id,
       CAST(n.lags AS double precision[]), n.updated_at
FROM unnest(CAST(:organizations AS bigint[]), CAST(:devices AS bigint[]), CAST(:lags AS text[]),
            CAST(:updated AS timestamptz[])) AS n(organization_id, device_id, lags, updated_at)
JOIN collected.device d USING (organization_id, device_id)
ORDER BY n.organization_id, n.device_id
ON CONFLICT (organization_id, device_id) DO UPDATE
SET lags = (excluded.lags || c.lags)[1:100], updated_at = excluded.updated_at,
    access_path = excluded.access_path
""")
_AHEAD = text("""
SELECT device_id, -(SELECT percentile_cont(:share) WITHIN GROUP (ORDER BY lag)
                    FROM unnest(lags) AS lag)
FROM collected.device_clock WHERE organization_id = :organization_id
""")


def note(work: Work, messages: Sequence[MessageRow]) -> None:
    """Keep the seconds between writing and arrival of new messages that are no back-fill."""
    for order in noting(messages):
        work.connection.execute(order.statement, order.values)


def noting(messages: Sequence[MessageRow]) -> list[Order]:
    """Return what keeps them; nothing where no gateway wrote its time down."""
    lags: dict[tuple[int, int], list[float]] = {}
    for message in messages:
        if message.gateway_at is not None and not message.historical:
            key = message.device.place.organization_id, message.device.device_id
            lag = (message.received_at - message.gateway_at).total_seconds()
            lags.setdefault(key, []).insert(0, lag)
    if not lags:
        return []
    latest = max(message.received_at for message in messages)
    given = {
        "organizations": [key[0] for key in lags],
        "devices": [key[1] for key in lags],
        "lags": [_array(newest[:KEPT]) for newest in lags.values()],
        "updated": [latest] * len(lags),
    }
    return [Order(_NOTE, given)]


def _array(values: Sequence[float]) -> str:
    return "{" + ",".join(map(repr, values)) + "}"


def ahead(work: Work, organization_id: int) -> Mapping[int, float]:
    """Return by how many seconds the clock of each device's gateway goes ahead of ours.

    A device whose gateway does not write its time has none.
    """
    asked = {"organization_id": organization_id, "share": QUICK_SHARE}
    return {row[0]: float(row[1]) for row in work.connection.execute(_AHEAD, asked)}
