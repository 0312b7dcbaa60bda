"""What a device measured, by column: a message may hold hundreds of values, a batch thousands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Generic, NamedTuple, TypeVar

# A point: by the code that a device calls it, or by the number under which it is registered.
Point = TypeVar("Point", str, int)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


class Value(NamedTuple, Generic[Point]):
    """One value of one point at one instant, with what the device says of its quality."""

    point: Point
    taken_at: datetime
    value: float
    quality: int
    time_quality: int


class Instants(NamedTuple, Generic[Point]):
    """The readings of a message: of each instant its time, its qualities and what was measured.

    `taken_ms` are milliseconds since 1970 in UTC; `values` are those of all instants, one instant
    after another, in the order of its points.
    """

    taken_ms: list[int]
    qualities: list[int]
    time_qualities: list[int]
    points: list[tuple[Point, ...]]
    values: list[float]

    @classmethod
    def of(cls, readings: Iterable[Value[Point]]) -> Instants[Point]:
        """Return single values, whatever their instants, by column."""
        rows = list(readings)
        return cls(
            [milliseconds(row.taken_at) for row in rows],
            [row.quality for row in rows],
            [row.time_quality for row in rows],
            [(row.point,) for row in rows],
            [row.value for row in rows],
        )

    def numbered(self, points: list[tuple[int, ...]]) -> Instants[int]:
        """Return the same values under the numbers of their points."""
        return Instants(self.taken_ms, self.qualities, self.time_qualities, points, self.values)

    def each(self) -> Iterator[Value[Point]]:
        """Yield one value after another."""
        values = iter(self.values)
        for number, points in enumerate(self.points):
            at = instant(self.taken_ms[number])
            said = self.qualities[number], self.time_qualities[number]
            for point in points:
                yield Value(point, at, next(values), *said)


def milliseconds(at: datetime) -> int:
    """Return the whole milliseconds from 1970 to an instant."""
    return (at - EPOCH) // MILLISECOND


def instant(milliseconds_since_1970: int) -> datetime:
    """Return the instant so many milliseconds after the beginning of 1970."""
    return EPOCH + milliseconds_since_1970 * MILLISECOND
