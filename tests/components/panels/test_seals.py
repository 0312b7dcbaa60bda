"""The page of seals says in words and marks when nothing is sealed, too late, or not as it was."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from dash._utils import to_json

from components.panels.seals import SealsView, ago, seals_screen
from services.consistency.log_audit import Difference
from services.consistency.log_check import LogCheck
from services.i18n.texts import use_language
from services.transparency.standing import Standing

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)
SEALED = Standing(NOW, 7, NOW - timedelta(seconds=9), "log\n7\nroot\n", 0, None, ("k",), (), ())
DONE = LogCheck(uuid4(), "done", 1.0, NOW, NOW, 5, 7, 0, 0, 0, (), "")


def shown(standing=SEALED, *checks):
    with use_language("en"):
        return to_json(seals_screen(SealsView({}, standing, checks)))


def test_a_log_that_was_never_sealed_says_so_and_what_to_do():
    text = shown(replace(SEALED, sealed_at=None, note="", size=0))
    assert "Never sealed" in text
    assert "See that it runs" in text
    assert "log/checkpoint" not in text


def test_late_sealing_stands_above_everything_with_how_late_it_is():
    waiting = replace(SEALED, waiting=3, waiting_since=NOW - timedelta(seconds=90))
    assert "Sealing is late by 90 s: 3 leaves" in shown(waiting)
    assert "tile tile-over" in shown(waiting)
    in_time = replace(waiting, waiting_since=NOW - timedelta(seconds=60))
    assert "Sealing is late" not in shown(in_time)


def test_a_difference_is_named_and_marked():
    differs = replace(DONE, count=1, differences=(Difference("run", "abc", "changed"),))
    text = shown(SEALED, differs)
    assert "1 differences were found." in text
    assert "is not what was sealed" in text
    assert "tile tile-over" in text
    assert "tile tile-over" not in shown(SEALED, DONE)


def test_while_a_check_is_under_way_the_last_result_stays_and_the_clock_goes_on():
    text = shown(SEALED, replace(DONE, state="running", ended_at=None), DONE)
    assert '"max_intervals": -1' in text or '"max_intervals":-1' in text
    assert "tile tile-good" in text


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=119), "119 s"),
        (timedelta(seconds=121), "2 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(days=2), "2 d"),
    ],
)
def test_a_span_is_told_in_a_unit_that_a_person_would_use(span, words):
    with use_language("en"):
        assert ago(span) == words
