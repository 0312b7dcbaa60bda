"""What is counted by one process is counted for all; a counter that is away holds nobody up."""

import time

import pytest

from workers.counters import LEAVE_ALONE_SECONDS, counters_at
from workers.embedded.ports import free_port

KEY = "limit:test:person 1:7"


@pytest.mark.postgres
def test_two_processes_count_together_and_the_count_ends_by_itself(redis_url):
    first, second = counters_at(redis_url), counters_at(redis_url)
    first.redis.delete(KEY)
    assert [one.count(KEY, 60) for one in (first, second, first)] == [1, 2, 3]
    assert 0 < first.redis.ttl(KEY) <= 60


def test_a_counter_that_is_away_counts_nothing_and_is_left_alone(caplog):
    away = counters_at(f"redis://127.0.0.1:{free_port()}")
    began = time.monotonic()
    assert [away.count(KEY, 60) for _ in range(1_000)] == [None] * 1_000
    assert time.monotonic() - began < LEAVE_ALONE_SECONDS
    assert len(caplog.records) == 1
