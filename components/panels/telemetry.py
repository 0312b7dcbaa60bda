"""Pieces of the telemetry page: newest values, live chart, set-aside messages (4.2 c)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dash import html
from dash.development.base_component import Component

from components import theme
from components.figures.telemetry import live_curve
from components.forms.controls import button
from components.ids import collection_telemetry as ids
from components.panels import states
from components.panels.badge import badge
from components.panels.card import card
from components.panels.chart import ChartMeta, DataTable, chart_card
from components.panels.tile import tile
from components.shell.page import tiles
from components.tables.table import Cell, Column, data_table
from services.formatting import datetime_text, exact, number, time_text
from services.i18n.texts import language, t
from services.metering import Bin, Device, Point, SetAside

CHART_HEIGHT = 340
MINUTE, HOUR, DAY = 60, 3600, 86_400
# The colour of a quantity is that of the energy it measures, as on every other page.
COLOURS = {"power": "fuel-electricity", "energy": "fuel-electricity"}
GOOD_QUALITY = 0
INTEGRITY_TONES = {"signed": "good", "token": "watch", "weak": "over"}
DAY_LETTERS = len("2026-01-01")


@dataclass(frozen=True, slots=True)
class Curve:
    """What the chart shows: a point of a device, its bins, and the stretch of time.

    `vouched` counts its readings by what vouches for them.
    """

    device: Device
    point: Point
    bins: tuple[Bin, ...]
    since: datetime
    until: datetime
    vouched: Mapping[str, int] = field(default_factory=dict)


def device_tiles(devices: Sequence[Device], now: datetime) -> list[Component]:
    """Return a card for each device, with a tile for the newest value of each point."""
    return [_device_card(device, now) for device in devices]


def _device_card(device: Device, now: datetime) -> Component:
    since = device.stale_since(now)
    described = t(
        "telemetry.device_line",
        code=device.code,
        gateway=device.gateway,
        seconds=device.interval_s,
    )
    mark = badge(t("telemetry.stale_mark"), "watch") if since else _clock_mark(device)
    shown = [_point_tile(point, device, now) for point in device.points]
    return card(device.names[language()], tiles(*shown), described, actions=mark)


def _clock_mark(device: Device) -> Component | None:
    if device.clock_ahead_s is None or not device.clock_is_off:
        return None
    way = "ahead" if device.clock_ahead_s > 0 else "behind"
    seconds = number(abs(device.clock_ahead_s), 0)
    return badge(t(f"telemetry.clock.{way}", seconds=seconds), "watch")


def _point_tile(point: Point, device: Device, now: datetime) -> Component:
    label = point.names[language()]
    if point.taken_at is None:
        return tile(label, "—", point.unit, t("telemetry.never"), "unknown")
    late = device.stale_since(now) is not None
    age = age_text(now - point.taken_at)
    if point.quality != GOOD_QUALITY:
        age = t("telemetry.doubtful", age=age, quality=t(f"telemetry.quality.{point.quality}"))
    doubtful = late or point.quality != GOOD_QUALITY
    return tile(
        label,
        reading_text(point.value),
        point.unit,
        html.Span(age, className="tile-age", title=datetime_text(point.taken_at)),
        "watch" if doubtful else None,
        exact_text=exact(point.value),
    )


def reading_text(value: float | None) -> str:
    """Return a meter's reading with a digit after the point, two below a hundred.

    A counter moves in its last digits, so that the three of other tiles would hide it.
    """
    return number(value, 1 if value is not None and abs(value) >= 100 else 2)


def age_text(age: timedelta) -> str:
    """Return how long ago something was, in the largest unit that fits."""
    seconds = max(0, int(age.total_seconds()))
    for unit, size in (("days", DAY), ("hours", HOUR), ("minutes", MINUTE)):
        if seconds >= size:
            return t(f"telemetry.age.{unit}", n=seconds // size)
    return t("telemetry.age.seconds", n=seconds)


def live_chart(curve: Curve, now: datetime) -> list[Component]:
    """Return the chart of a point, with a mark above when its data stopped."""
    since = curve.device.stale_since(now)
    stale = [states.stale(datetime_text(since))] if since else []
    title = f"{curve.device.names[language()]} · {curve.point.names[language()]}"
    if not curve.bins:
        nothing = states.empty(t("telemetry.no_readings"), t("telemetry.no_readings_hint"))
        return [*stale, card(title, nothing, _span(curve))]
    return [*stale, _chart(curve, title)]


def _chart(curve: Curve, title: str) -> Component:
    bins, point = curve.bins, curve.point
    figure = live_curve(
        [b.begins_at for b in bins],
        [b.mean for b in bins],
        ([b.low for b in bins], [b.high for b in bins]),
        point.unit,
        theme.colour(COLOURS.get(point.kind, "brand")),
    )
    last = bins[-1]
    summary = t("telemetry.summary", value=number(last.mean), unit=point.unit)
    return chart_card(
        ids.CHART,
        title,
        figure,
        _numbers(curve),
        _meta(curve),
        height=CHART_HEIGHT,
        note=html.Div(integrity_badges(curve.vouched)) if curve.vouched else "",
        summary=summary,
    )


def _numbers(curve: Curve) -> DataTable:
    unit = curve.point.unit
    columns = (
        Column("at", t("telemetry.column.at")),
        Column("mean", t("telemetry.column.mean"), True, unit),
        Column("low", t("telemetry.column.low"), True, unit),
        Column("high", t("telemetry.column.high"), True, unit),
        Column("count", t("telemetry.column.count"), True),
    )
    rows = [
        {
            "at": f"{datetime_text(b.begins_at)[:10]} {time_text(b.begins_at)}",
            "mean": b.mean,
            "low": b.low,
            "high": b.high,
            "count": b.count,
        }
        for b in reversed(curve.bins)
    ]
    return DataTable(columns, rows)


def _meta(curve: Curve) -> ChartMeta:
    device, point = curve.device, curve.point
    last = device.last_at
    return ChartMeta(
        unit=point.unit,
        period=_span(curve),
        source=t("telemetry.source", device=device.code, gateway=device.gateway),
        as_of=f"{datetime_text(last)[:10]} {time_text(last)}" if last else "",
        filters={
            t("telemetry.filter.device"): device.names[language()],
            t("telemetry.filter.point"): f"{point.names[language()]} ({point.code})",
            t("telemetry.integrity.title"): _vouched(curve.vouched),
        },
    )


def integrity_badges(vouched: Mapping[str, int]) -> list[Component]:
    """Return what vouches for the readings shown, and for how many: a signature or a token."""
    return [
        badge(_counted(name, count), INTEGRITY_TONES[name], t(f"telemetry.integrity.{name}_means"))
        for name, count in vouched.items()
    ]


def _vouched(vouched: Mapping[str, int]) -> str:
    return " · ".join(_counted(name, count) for name, count in vouched.items())


def _counted(name: str, count: int) -> str:
    told = t(f"telemetry.integrity.{name}")
    return t("telemetry.integrity.of_window", name=told, count=number(count, 0))


def _span(curve: Curve) -> str:
    since, until = datetime_text(curve.since), datetime_text(curve.until)
    if since[:DAY_LETTERS] == until[:DAY_LETTERS]:
        until = until[DAY_LETTERS:].strip()
    return t("telemetry.span", since=since, until=until)


def quarantine_card(rows: Sequence[SetAside], total: int, may_redrive: bool) -> Component:
    """Return the messages that could not be stored, each with its reason, count and cure.

    Who manages the devices may have them tried again.
    """
    title = t("telemetry.quarantine.title")
    if not rows:
        nothing = states.calm(t("telemetry.quarantine.empty"), t("telemetry.quarantine.empty_hint"))
        return card(title, nothing, t("telemetry.quarantine.subtitle"))
    columns = (
        Column("reason", t("telemetry.column.reason")),
        Column("where", t("telemetry.column.where")),
        Column("count", t("telemetry.column.arrivals"), True),
        Column("first", t("telemetry.column.first")),
        Column("last", t("telemetry.column.last")),
        Column("message", t("telemetry.column.message")),
    )
    table = data_table(columns, [_set_aside_row(row) for row in rows], caption=title)
    total_text = t("telemetry.quarantine.total", total=number(total, 0))
    again = button(t("telemetry.quarantine.again"), ids.REDRIVE) if may_redrive else None
    return card(
        title,
        table,
        t("telemetry.quarantine.subtitle"),
        actions=[badge(total_text, "watch"), again],
    )


def _set_aside_row(row: SetAside) -> dict[str, object]:
    what = html.Strong(t(f"telemetry.reasons.{row.reason}.what"))
    cure = html.Div(t(f"telemetry.reasons.{row.reason}.do"), className="telemetry-cure")
    begin = html.Details(
        [
            html.Summary(t("telemetry.message_size", size=number(row.size, 0))),
            html.Code(_printable(row.excerpt), className="telemetry-excerpt"),
        ]
    )
    return {
        "reason": Cell([what, cure], row.reason),
        "where": Cell(_where(row), row.detail, row.topic),
        "count": row.arrivals,
        "first": Cell(datetime_text(row.first_at), row.first_at.timestamp()),
        "last": Cell(datetime_text(row.last_at), row.last_at.timestamp()),
        "message": Cell([begin], row.size),
    }


def _where(row: SetAside) -> list[Component]:
    # The tenant is this page's own organization; the gateway and stream tell the messages apart.
    place = "/".join(_printable(row.topic).split("/")[2:]) or _printable(row.topic)
    parts = [html.Code(place)]
    return [*parts, html.Div(_printable(row.detail))] if row.detail else parts


def _printable(text: str) -> str:
    """Return the text with control characters shown as their codes."""
    return "".join(
        f"\\x{ord(c):02x}" if unicodedata.category(c).startswith("C") else c for c in text
    )
