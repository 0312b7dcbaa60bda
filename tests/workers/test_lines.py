"""A line of a log is written by the platform, whatever stands in an address or a name."""

import logging
import sys

from workers.lines import LOG_FORMAT, OneLine

FORGED = "refused /x\n2026-11-27 10:00:00 1 INFO services.security admin approved\r\x1b[2K\u2028end"


def written(message, *values, error=None):
    record = logging.LogRecord("gate", logging.WARNING, "", 1, message, values, error)
    assert OneLine().filter(record)
    return logging.Formatter(LOG_FORMAT).format(record)


def test_an_event_is_one_line():
    for line in (written(FORGED), written("refused %s", FORGED)):
        assert line.splitlines() == [line]
        assert "\x1b" not in line
        assert "admin approved" in line


def test_a_traceback_is_set_in_whatever_the_error_says():
    try:
        raise ValueError(FORGED)
    except ValueError:
        first, *others = written("failed", error=sys.exc_info()).splitlines()
    assert first.endswith(" gate failed")
    assert len(others) > 2
    assert all(line.startswith("  ") for line in others)


def test_chinese_stays_as_it_is():
    assert written("拒绝 %s", "示例水泥厂").endswith(" gate 拒绝 示例水泥厂")
