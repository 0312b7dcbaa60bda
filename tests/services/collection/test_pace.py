"""Buckets: a minute at once, then the pace; nothing is taken before it is stored."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from services.collection.pace import BURST_SECONDS, Pace

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Row:
    device: object
    received_at: datetime


@dataclass
class One:
    row: Row = field()


def messages(count, at=NOW, device_id=1):
    return [One(Row(SimpleNamespace(device_id=device_id), at)) for _ in range(count)]


@pytest.fixture
def pace():
    return Pace(2)


def test_a_minutes_worth_may_come_at_once_and_no_more(pace):
    inside, early = pace.within(messages(2 * BURST_SECONDS + 3))
    assert len(inside) == 2 * BURST_SECONDS
    # Two a second: the next has its turn after half a second, the third after one and a half.
    waits = [(one.again_at - NOW).total_seconds() for one in early]
    assert waits == [0.5, 1.0, 1.5]


def test_nothing_is_taken_before_it_is_stored(pace):
    for _ in range(3):
        inside, _ = pace.within(messages(2 * BURST_SECONDS))
        assert len(inside) == 2 * BURST_SECONDS
    pace.take(inside)
    assert pace.within(messages(1))[0] == []


def test_the_bucket_fills_again_with_time_and_not_above_its_rim(pace):
    pace.take(messages(2 * BURST_SECONDS))
    assert len(pace.within(messages(99, NOW + timedelta(seconds=5)))[0]) == 10
    assert len(pace.within(messages(999, NOW + timedelta(days=9)))[0]) == 2 * BURST_SECONDS


def test_a_clock_that_is_set_back_fills_nothing(pace):
    pace.take(messages(2 * BURST_SECONDS))
    assert pace.within(messages(1, NOW - timedelta(hours=1)))[0] == []


def test_one_device_does_not_hold_up_another(pace):
    pace.take(messages(2 * BURST_SECONDS))
    inside, early = pace.within(messages(1) + messages(1, device_id=2))
    assert [one.row.device.device_id for one in inside] == [2]
    assert [one.accepted.row.device.device_id for one in early] == [1]
