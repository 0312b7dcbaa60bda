"""What is known of a measuring point beside its readings, as plain values (4.2 c)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from services.metering import CO2_MASS

# How a point stands: the first that is true of it, in this order.
RETIRED, SILENT, LATE, OVERDUE, OK = "retired", "silent", "late", "overdue", "ok"
STATES = (SILENT, LATE, OVERDUE, OK)
# Of how many of its own reports a point misses before it is called silent; late is MISSED_REPORTS.
SILENT_REPORTS = 30
# How far a reading has come; what is set aside was received alone.
PERSISTED, RECEIPTED, USED = "persisted", "receipted", "used"
ROLLED_OVER, REPLACED, REMOVED, INSTALLED, WITHDRAWN = (
    *("rolled_over", "replaced", "removed", "installed"),
    "withdrawn",
)
# Kinds of points that count on and on; their amount is a difference, that of the others a rate held
# for a time. A concentration has no amount of its own.
COUNTERS = ("energy", "volume", "mass", CO2_MASS)
CONCENTRATION, GAS_FLOW = "co2_concentration", "gas_flow"
# What a rate is called after it was held for hours.
_HELD: Mapping[str, str] = MappingProxyType(
    {"kW": "kWh", "m³/h": "m³", "t/h": "t", "kg/h": "kg", "GJ/h": "GJ"}
)


@dataclass(frozen=True, slots=True)
class Binding:
    """To which quantity a point's amounts go from a day on: amount × scale, in `unit`.

    An empty source says that they go nowhere.
    """

    point_id: int
    source: str
    item: str
    symbol: str
    unit: str
    scale: float
    valid_from: date


@dataclass(frozen=True, slots=True)
class Calibration:
    """When a point was calibrated, by which document, and when it has to be again."""

    point_id: int
    calibrated_on: date
    next_due: date
    document: str


@dataclass(frozen=True, slots=True)
class CounterMark:
    """What a counter showed last before an instant and first after it.

    Steps after it are multiplied by `factor`; None where nothing was counted before or after.
    """

    point_id: int
    at: datetime
    kind: str
    end_value: float | None
    start_value: float | None
    factor: float
    note: str


@dataclass(frozen=True, slots=True)
class PointLimit:
    """Within what the readings of a point have to stay; what is None is not checked.

    Low, high and margin are in the unit of the point, `change_per_minute` in that by the minute:
    a reading is back within only by the margin. `same_readings` is how many alike in a row are too
    many, `late_s` how many seconds one may be under way, `silent_reports` how many of its own
    reports it may miss. `severity` is that of its alerts, `reason` why it was set so.
    """

    point_id: int
    low: float | None = None
    high: float | None = None
    margin: float = 0.0
    change_per_minute: float | None = None
    same_readings: int | None = None
    late_s: int | None = None
    silent_reports: int | None = None
    severity: str = "warning"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RecordedLimit:
    """A limit as somebody recorded it; of several the newest counts."""

    limit: PointLimit
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class RegisteredPoint:
    """A point with its device, how it stands, and the facts in force today."""

    point_id: int
    device_id: int
    device_code: str
    gateway: str
    device_names: Mapping[str, str]
    interval_s: int
    code: str
    names: Mapping[str, str]
    unit: str
    kind: str
    state: str
    value: float | None
    quality: int | None
    taken_at: datetime | None
    binding: Binding | None
    calibration: Calibration | None

    @property
    def is_counter(self) -> bool:
        """Return whether its amount is a difference of what it shows."""
        return self.kind in COUNTERS


@dataclass(frozen=True, slots=True)
class ProvenReading:
    """One reading with what vouches for it and how far it has come."""

    taken_at: datetime
    value: float
    quality: int
    received_at: datetime
    integrity: str
    proof: str


@dataclass(frozen=True, slots=True)
class PointFacts:
    """All that was recorded of a point, the newest first, and its newest readings."""

    bindings: tuple[Binding, ...]
    calibrations: tuple[Calibration, ...]
    marks: tuple[CounterMark, ...]
    readings: tuple[ProvenReading, ...]


def amount_unit(kind: str, unit: str) -> str:
    """Return in what the amount of a point is told, empty where it has none.

    >>> amount_unit("energy", "kWh"), amount_unit("power", "kW"), amount_unit(CONCENTRATION, "g/m³")
    ('kWh', 'kWh', '')
    """
    if kind == CONCENTRATION:
        return ""
    return unit if kind in COUNTERS else _HELD.get(unit, "")
