"""The registry of devices: how each point stands, and all that is known of one (4.2 c)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dash import html
from dash.development.base_component import Component

from components.forms.controls import Options, link_button
from components.ids import collection_devices as ids
from components.ids import collection_limits as limit_ids
from components.panels import states
from components.panels.badge import badge
from components.panels.card import card
from components.panels.device_forms import point_forms
from components.panels.telemetry import INTEGRITY_TONES, age_text, reading_text
from components.panels.tile import tile
from components.panels.units import unit_text
from components.shell.filters import write_filters
from components.shell.page import tiles
from components.tables.table import Cell, Column, Part, browser_table, data_table
from services.formatting import date_text, datetime_text, exact, number
from services.i18n.texts import language, t
from services.registry import RETIRED, STATES, Binding, PointFacts, RegisteredPoint

TONES = {"ok": "good", "late": "watch", "silent": "over", "overdue": "watch", "retired": "plain"}
PROOF_TONES = {"persisted": "watch", "receipted": "good", "used": "accent"}


@dataclass(frozen=True, slots=True)
class DevicesView:
    """The points of an organization, with the words for what they may be bound to.

    `uses` are those of its method; without any nothing can be bound.
    """

    organization_id: int
    points: Sequence[RegisteredPoint]
    uses: Options
    at: datetime
    may_manage: bool
    chosen: RegisteredPoint | None = None
    facts: PointFacts | None = None


def devices_cards(view: DevicesView) -> list[Component]:
    """Return how the points stand, the chosen one with what is known of it, and the list."""
    if not view.points:
        return [card("", states.empty(t("devices.none"), t("devices.none_hint")))]
    chosen = [_chosen(view, view.chosen, view.facts)] if view.chosen and view.facts else []
    return [tiles(*_tiles(view)), *chosen, _listed(view)]


def _tiles(view: DevicesView) -> list[Component]:
    living = [point for point in view.points if point.state != RETIRED]
    counted = Counter(point.state for point in living)
    gateways = len({point.gateway for point in living})
    devices = len({point.device_id for point in living})
    shown = [
        tile(
            t("devices.points"),
            number(len(living), 0),
            "",
            t("devices.of_devices", devices=devices, gateways=gateways),
        )
    ]
    for state in STATES:
        tone = TONES[state] if counted[state] else None
        hint = t(f"devices.states.{state}_means")
        shown.append(tile(t(f"devices.states.{state}"), number(counted[state], 0), "", hint, tone))
    return shown


def _listed(view: DevicesView) -> Component:
    names = ("gateway", "device", "point", "state", "newest", "bound", "calibration", "act")
    columns = [Column(name, t(f"devices.columns.{name}")) for name in names]
    words = dict(view.uses)
    rows = [_row(point, view, words) for point in view.points]
    table = browser_table(columns, rows, t("devices.listed"))
    return card(t("devices.listed"), html.Div(table, className="first-whole"))


def _row(point: RegisteredPoint, view: DevicesView, words: Mapping[str, str]) -> dict[str, object]:
    state = t(f"devices.states.{point.state}")
    means = t(f"devices.states.{point.state}_means")
    here = {"organization": view.organization_id, "point": point.point_id}
    return {
        "gateway": point.gateway,
        "device": Cell(
            [("strong", point.device_names[language()]), ("small", point.device_code)],
            point.device_code,
        ),
        "point": Cell([("strong", point.names[language()]), ("small", point.code)], point.code),
        "state": Cell([(f"badge badge-{TONES[point.state]}", state, means)], point.state),
        "newest": _newest(point, view.at),
        "bound": _bound(point.binding, words),
        "calibration": _calibration(point),
        "act": Cell([("a", t("devices.choose"), ids.PATH + write_filters(here))]),
    }


def _newest(point: RegisteredPoint, at: datetime) -> Cell:
    if point.taken_at is None:
        return Cell("—", "", t("telemetry.never"))
    value = f"{reading_text(point.value)} {point.unit}"
    parts: list[Part] = [("strong", value), ("small", age_text(at - point.taken_at))]
    return Cell(parts, point.taken_at.isoformat())


def _bound(binding: Binding | None, words: Mapping[str, str]) -> Cell:
    if binding is None:
        return Cell("—", "", t("devices.nowhere"))
    key = "|".join((binding.source, binding.item, binding.symbol))
    told = words.get(key, key.replace("|", " · "))
    by = t(
        "devices.scaled",
        scale=exact(binding.scale),
        unit=unit_text(binding.unit),
        day=date_text(binding.valid_from),
    )
    return Cell([("strong", told), ("small", by)], key)


def _calibration(point: RegisteredPoint) -> Cell:
    known = point.calibration
    if known is None:
        return Cell("—", "", t("devices.never_calibrated"))
    due = t("devices.due", day=date_text(known.next_due))
    return Cell([("strong", due), ("small", known.document)], known.next_due.isoformat())


def _chosen(view: DevicesView, point: RegisteredPoint, facts: PointFacts) -> Component:
    back = ids.PATH + write_filters({"organization": view.organization_id})
    title = t(
        "devices.chosen", device=point.device_names[language()], point=point.names[language()]
    )
    described = t(
        "telemetry.device_line",
        code=point.device_code,
        gateway=point.gateway,
        seconds=point.interval_s,
    )
    forms = point_forms(point, view.uses, view.at) if view.may_manage else []
    body = html.Div(
        [
            *forms,
            html.Div(id=limit_ids.PLACE),
            _readings(point, facts),
            _history(facts, dict(view.uses)),
        ],
        className="stack",
    )
    return card(title, body, described, actions=link_button(t("devices.back"), back, "quiet"))


def _readings(point: RegisteredPoint, facts: PointFacts) -> Component:
    title = t("devices.readings")
    if not facts.readings:
        return html.Div([html.H3(title), html.P(t("telemetry.no_readings"), className="muted")])
    names = ("taken", "value", "quality", "received", "integrity", "proof")
    columns = [
        Column(n, t(f"devices.columns.{n}"), n == "value", point.unit if n == "value" else "")
        for n in names
    ]
    rows = [
        {
            "taken": Cell(datetime_text(each.taken_at), each.taken_at.isoformat()),
            "value": each.value,
            "quality": t(f"telemetry.quality.{each.quality}"),
            "received": Cell(datetime_text(each.received_at), each.received_at.isoformat()),
            "integrity": Cell(integrity_badge(each.integrity), each.integrity),
            "proof": Cell(
                badge(
                    t(f"devices.proofs.{each.proof}"),
                    PROOF_TONES[each.proof],
                    t(f"devices.proofs.{each.proof}_means"),
                ),
                each.proof,
            ),
        }
        for each in facts.readings
    ]
    hint = html.P(t("devices.proofs.hint"), className="muted")
    return html.Div([html.H3(title), hint, data_table(columns, rows, caption=title)])


def integrity_badge(integrity: str) -> html.Span:
    """Return what vouches for a reading: the device's own signature, or a program's token."""
    name, means = t(f"telemetry.integrity.{integrity}"), t(f"telemetry.integrity.{integrity}_means")
    return badge(name, INTEGRITY_TONES[integrity], means)


def _history(facts: PointFacts, words: Mapping[str, str]) -> Component:
    rows = [
        *(_bound_row(each, words) for each in facts.bindings),
        *(
            _fact_row(
                date_text(each.calibrated_on),
                t("devices.calibrate"),
                " · ".join(
                    filter(None, (t("devices.due", day=date_text(each.next_due)), each.document))
                ),
            )
            for each in facts.calibrations
        ),
        *(
            _fact_row(
                datetime_text(each.at),
                t(f"devices.marks.{each.kind}"),
                t(
                    "devices.marked",
                    end=exact(each.end_value),
                    start=exact(each.start_value),
                    factor=exact(each.factor),
                    note=each.note,
                ),
            )
            for each in facts.marks
        ),
    ]
    title = t("devices.history")
    if not rows:
        return html.Div([html.H3(title), html.P(t("devices.no_history"), className="muted")])
    columns = [Column(name, t(f"devices.columns.{name}")) for name in ("day", "fact", "told")]
    return html.Div([html.H3(title), browser_table(columns, rows, title)])


def _bound_row(binding: Binding, words: Mapping[str, str]) -> dict[str, object]:
    key = "|".join((binding.source, binding.item, binding.symbol))
    where = words.get(key, key.replace("|", " · ")) if binding.source else t("devices.nowhere")
    told = f"{where} · × {exact(binding.scale)} {unit_text(binding.unit)}".strip()
    return _fact_row(date_text(binding.valid_from), t("devices.bind"), told)


def _fact_row(day: str, fact: str, told: str) -> dict[str, object]:
    return {"day": day, "fact": fact, "told": told}
