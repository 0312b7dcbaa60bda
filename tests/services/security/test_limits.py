"""Limits are dated data; what is over one is known, and a flood is told in steps."""

from datetime import UTC, date, datetime

import pytest

from services.security.limits import (
    LimitError,
    Spent,
    Uncounted,
    limit_of,
    limits,
    network_of,
    spend,
)

TODAY = date(2026, 11, 27)
NOW = datetime(2026, 11, 27, 8, 0, 50, tzinfo=UTC)


class Memory:
    """Counts in this process."""

    def __init__(self):
        self.sums = {}

    def count(self, key, _seconds):
        self.sums[key] = self.sums.get(key, 0) + 1
        return self.sums[key]


def test_every_limit_of_the_file_can_be():
    names = {"stranger", "page", "api", "file", "refusal", "unknown_token"}
    assert {one.name for one in limits()} == names


def test_a_limit_that_is_not_there_or_not_yet_is_an_error():
    with pytest.raises(LimitError):
        limit_of("page", date(2025, 12, 31))
    with pytest.raises(LimitError):
        limit_of("nothing", TODAY)


def test_each_source_is_counted_alone_and_begins_anew_with_the_next_span():
    counters, limit = Memory(), limit_of("file", TODAY)
    spent = [spend(counters, limit, "person 1", NOW) for _ in range(121)]
    assert [one.is_over for one in spent[118:]] == [False, False, True]
    assert spent[-1].seconds_left == 10
    assert not spend(counters, limit, "person 2", NOW).is_over
    assert spend(counters, limit, "person 1", NOW.replace(minute=1)).count == 1


def test_without_a_counter_nothing_is_known():
    assert spend(Uncounted(), limit_of("page", TODAY), "person 1", NOW) is None


def test_of_a_flood_the_first_ones_are_told_and_then_each_doubling():
    told = [n for n in range(1, 1_001) if Spent(n, 20, 1).is_told]
    assert told == [*range(1, 21), 40, 80, 160, 320, 640]


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", ""),
    ],
)
def test_a_source_is_an_address_or_the_network_that_one_subscriber_has(address, source):
    assert network_of(address) == source
