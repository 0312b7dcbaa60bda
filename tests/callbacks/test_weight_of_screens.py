"""Dash spends about a millisecond on every element, and more on each when there are thousands."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from dash._utils import to_json

from callbacks.standards.library import show_library
from components.panels.recalculation import MOST_SHOWN, batch_list
from services.accounting.recalculation import Change, Recalculation
from services.standards.catalog import load_catalog

MOST_ELEMENTS = 1_500
CONTEXT = SimpleNamespace(catalog=load_catalog())
LARGEST_METHOD = "省级温室气体清单编制指南(2025年版)"


def elements(screen):
    return to_json(screen).count('"namespace"')


@pytest.mark.parametrize(
    "address", [{}, {"view": "methods"}, {"view": "methods", "method": LARGEST_METHOD}]
)
def test_the_library_is_light_enough_for_a_browser(address):
    assert elements(show_library(CONTEXT, address)) < MOST_ELEMENTS


def test_a_batch_of_a_whole_province_is_light_enough_and_shows_the_largest_changes():
    changes = tuple(
        Change(key, {"zh-CN": f"示例{key}", "en": f"Sample {key}"}, 1000.0, 1000.0 + key)
        for key in range(8_000)
    )
    done = Recalculation(
        uuid4(), 2023, date(2026, 1, 1), "done", 1.0, datetime(2026, 1, 2, tzinfo=UTC), changes,
        refused=(), inconsistent=0, left_out=0, told="",
    )  # fmt: skip
    shown = batch_list([done])
    text = to_json(shown)
    assert elements(shown) < MOST_ELEMENTS
    assert all(f"示例{8_000 - place}" in text for place in (1, MOST_SHOWN))
    assert f"示例{7_999 - MOST_SHOWN}" not in text
