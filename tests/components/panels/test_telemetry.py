"""Pieces of the telemetry page: ages, doubtful values, reasons in both languages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from components.panels.device_forms import NewKey, registered
from components.panels.devices import integrity_badge
from components.panels.telemetry import (
    Curve,
    age_text,
    device_tiles,
    integrity_badges,
    live_chart,
    quarantine_card,
    reading_text,
)
from components.panels.telemetry_connect import Address, connect_card
from services.collection.refusals import Reason
from services.data.telemetry import SIGNED, TOKEN, WEAK
from services.i18n.texts import LANGUAGES, t, use_language
from services.metering import Bin, Device, Point, SetAside

NOW = datetime(2026, 1, 1, 4, 0, 0, tzinfo=UTC)
NAMES = {"zh-CN": "示例电表", "en": "Sample meter"}
POINT = Point(
    1, "P", {"zh-CN": "有功功率", "en": "Active power"}, "kW", "power", 412.25, 0, NOW, NOW
)
DEVICE = Device(7, 3, "METER-1", "GW-1", NAMES, 10, "k1", NOW, None, (POINT,))
BIN = Bin(NOW, 412.5, 400.0, 420.0, 3)
ROW = SetAside("wrong_mac", "METER-1", "c/x/GW-1/up/main", "{\x00<b>", 4, NOW, NOW, 2)


def seen(*components):
    """Return every word a reader would find in the components."""
    words = []
    for component in components:
        if isinstance(component, list | tuple):
            words.append(seen(*component))
        elif isinstance(component, str | int | float):
            words.append(str(component))
        elif component is not None and hasattr(component, "children"):
            words.append(seen(component.children))
    return " ".join(words)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 秒前"), (59, "59 秒前"), (60, "1 分钟前"), (7199, "1 小时前"), (172_800, "2 天前")],
)
def test_an_age_is_told_in_its_largest_unit(seconds, text):
    assert age_text(timedelta(seconds=seconds)) == text


def test_a_clock_that_runs_ahead_gives_no_negative_age():
    assert age_text(timedelta(seconds=-3)) == "0 秒前"


@pytest.mark.parametrize(
    ("value", "text"), [(41.5, "41.50"), (100_868.34, "100,868.3"), (0.0, "0.00"), (None, "—")]
)
def test_a_counter_keeps_the_digits_it_moves_in(value, text):
    assert reading_text(value) == text


def test_a_fresh_value_carries_no_mark_and_an_old_one_does():
    fresh = seen(device_tiles([DEVICE], NOW + timedelta(seconds=5)))
    assert "412.2" in fresh
    assert t("status.watch") not in fresh
    old = seen(device_tiles([DEVICE], NOW + timedelta(seconds=60)))
    assert t("status.watch") in old
    assert t("telemetry.stale_mark") in old


def test_a_doubtful_value_says_so():
    doubtful = replace(DEVICE, points=(replace(POINT, quality=2),))
    assert "无效" in seen(device_tiles([doubtful], NOW))


def test_a_point_without_a_value_is_unknown_never_zero():
    silent = replace(DEVICE, points=(replace(POINT, value=None, taken_at=None, received_at=None),))
    shown = seen(device_tiles([silent], NOW))
    assert "—" in shown
    assert t("telemetry.never") in shown


def test_the_chart_of_a_silent_device_says_since_when():
    span = (NOW - timedelta(hours=1), NOW)
    curve = Curve(DEVICE, POINT, (BIN,), *span)
    assert "2026-01-01 12:00" in seen(live_chart(curve, NOW + timedelta(minutes=5))[0])
    assert len(live_chart(curve, NOW)) == 1


def test_no_readings_is_said_not_drawn():
    curve = Curve(DEVICE, POINT, (), NOW - timedelta(hours=1), NOW)
    assert t("telemetry.no_readings") in seen(live_chart(curve, NOW))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_is_told_with_its_cure(reason, language):
    with use_language(language):
        shown = seen(quarantine_card([replace(ROW, reason=reason.value)], 2, True))
        assert t(f"telemetry.reasons.{reason.value}.what") in shown
        assert t(f"telemetry.reasons.{reason.value}.do") in shown


def test_control_characters_of_a_message_are_shown_as_codes():
    assert "{\\x00<b>" in seen(quarantine_card([ROW], 2, True))


def test_an_empty_quarantine_says_that_all_is_stored():
    assert t("telemetry.quarantine.empty") in seen(quarantine_card([], 0, True))


def test_the_guide_shows_the_organizations_own_topics_and_the_way_to_the_registry():
    address, registry = Address("mqtt://broker:1883", "3f4608ae"), "/collection/devices"
    assert "c/3f4608ae/" in seen(connect_card(address, ""))
    assert registry in str(connect_card(address, registry).to_plotly_json())
    assert registry not in str(connect_card(address, "").to_plotly_json())


def test_what_vouches_for_the_readings_is_told():
    curve = Curve(DEVICE, POINT, (BIN,), NOW - timedelta(hours=1), NOW, {"signed": 7, "token": 2})
    shown = seen(live_chart(curve, NOW))
    assert "设备签名 7 条" in shown
    assert "令牌代报 2 条" in shown


def test_a_new_key_is_shown_with_what_belongs_to_it():
    shown = seen(registered(NewKey("METER-1", "GW-1", "k1", "00ff"), Address("", "3f46")))
    assert "00ff" in shown
    assert "c/3f46/GW-1/up/main" in shown


def test_a_span_within_a_day_tells_the_day_once():
    # 04:00 UTC is noon in Shanghai.
    morning = Curve(DEVICE, POINT, (BIN,), NOW - timedelta(hours=1), NOW)
    before = Curve(DEVICE, POINT, (BIN,), NOW - timedelta(days=1), NOW)
    assert "2026-01-01 11:00 至 12:00" in seen(*live_chart(morning, NOW))
    assert "2025-12-31 12:00 至 2026-01-01 12:00" in seen(*live_chart(before, NOW))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("integrity", [SIGNED, TOKEN, WEAK])
def test_what_vouches_for_a_reading_is_told_of_every_kind(language, integrity):
    with use_language(language):
        (counted,) = integrity_badges({integrity: 1200})
        assert t(f"telemetry.integrity.{integrity}") in seen(counted, integrity_badge(integrity))
        assert "1,200" in seen(counted)
