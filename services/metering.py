"""Devices, measuring points and readings as plain values, for data, use cases and pages (4.2 c)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

# How a device speaks: our own protocol with signatures, or one that proves less.
SIGNED, HJ212, SPARKPLUG = "signed", "hj212", "sparkplug"
# A device that misses this many of its own reports is called stale.
MISSED_REPORTS = 3
# From so many seconds on a clock that goes wrong is told of; a period is read by the minute.
CLOCK_OFF_S = 60
# Kinds of points that measure CO2: tonnes or kilograms an hour, and tonnes counted.
CO2_FLOW, CO2_MASS = "co2_flow", "co2_mass"


@dataclass(frozen=True, slots=True)
class NewPoint:
    """A quantity that a device measures; kind is power, energy, flow, volume, mass …"""

    code: str
    names: Mapping[str, str]
    unit: str
    kind: str


@dataclass(frozen=True, slots=True)
class NewDevice:
    """What is needed to register a device; it reports at least every `interval_s` seconds."""

    code: str
    gateway: str
    names: Mapping[str, str]
    interval_s: int
    points: tuple[NewPoint, ...]
    protocol: str = SIGNED


@dataclass(frozen=True, slots=True)
class DeviceKeyRow:
    """The key made at registration, by whom and when."""

    key_id: str
    secret: bytes = field(repr=False)
    registered_by: int | None
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class Point:
    """A registered point with its newest value; `taken_at` is None before the first."""

    point_id: int
    code: str
    names: Mapping[str, str]
    unit: str
    kind: str
    value: float | None
    quality: int | None
    taken_at: datetime | None
    received_at: datetime | None


@dataclass(frozen=True, slots=True)
class Device:
    """A registered device with its points, never with its secret."""

    organization_id: int
    device_id: int
    code: str
    gateway: str
    names: Mapping[str, str]
    interval_s: int
    key_id: str
    registered_at: datetime
    retired_at: datetime | None
    points: tuple[Point, ...]
    # By how many seconds the clock of its gateway goes ahead of ours; None while nothing tells.
    clock_ahead_s: float | None = None

    @property
    def clock_is_off(self) -> bool:
        """Return whether somebody should set the clock of the gateway."""
        return self.clock_ahead_s is not None and abs(self.clock_ahead_s) >= CLOCK_OFF_S

    @property
    def last_at(self) -> datetime | None:
        """Return the time of the newest reading, or None before the first."""
        return max((p.taken_at for p in self.points if p.taken_at is not None), default=None)

    def stale_since(self, now: datetime) -> datetime | None:
        """Return when the device last spoke if that is longer ago than it should be."""
        last = self.last_at
        allowed = timedelta(seconds=MISSED_REPORTS * self.interval_s)
        return last if last is not None and now - last > allowed else None


@dataclass(frozen=True, slots=True)
class SeriesQuery:
    """A point of a device, a span of time, and how many values a chart can show."""

    device_id: int
    point_id: int
    since: datetime
    until: datetime
    max_points: int = 300


@dataclass(frozen=True, slots=True)
class Bin:
    """All readings of one stretch of time: their mean, lowest, highest and number."""

    begins_at: datetime
    mean: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class SetAside:
    """A message in quarantine, with how often and when it came."""

    reason: str
    detail: str
    topic: str
    excerpt: str
    size: int
    first_at: datetime
    last_at: datetime
    arrivals: int
