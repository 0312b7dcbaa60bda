"""Forms of the registry: register a device, bind, calibrate, mark and replace a point (4.2 c)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from components.forms.controls import Options, button, field, select, text_input
from components.ids import collection_devices as ids
from components.panels.card import card
from components.panels.telemetry_connect import Address, facts_list
from services.clock import SHANGHAI
from services.i18n.texts import t
from services.registry import RETIRED, RegisteredPoint

DEFAULT_INTERVAL_S = 60
MOST_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a person must copy into the gateway now, for it is never shown again."""

    device: str
    gateway: str
    key_id: str
    key: str


@dataclass(frozen=True, slots=True)
class NewPassword:
    """What a person must set in a station that speaks HJ 212, and where it connects to."""

    number: str
    password: str
    address: str


def station_registered(new: NewPassword) -> Component:
    """Show the password of a new station, once, and how little it vouches for."""
    facts = facts_list(
        ("MN", new.number), ("PW", new.password), (t("devices.station_address"), new.address)
    )
    return html.Div(
        [
            html.P(html.Strong(t("devices.station_done", device=new.number))),
            facts,
            html.P(t("telemetry.integrity.weak_means"), className="telemetry-note"),
        ],
        className="telemetry-key",
        role="status",
    )


def registered(new: NewKey, address: Address) -> Component:
    """Show the key of a new device, once."""
    facts = facts_list(
        (t("telemetry.register.code"), new.device),
        (t("telemetry.register.gateway"), new.gateway),
        (t("telemetry.topic_up"), f"c/{address.tenant}/{new.gateway}/up/main"),
        (t("telemetry.topic_ack"), f"c/{address.tenant}/{new.gateway}/ack"),
        (t("telemetry.register.key_id"), new.key_id),
        (t("telemetry.register.key"), new.key),
    )
    return html.Div(
        [html.P(html.Strong(t("telemetry.register.done", device=new.device))), facts],
        className="telemetry-key",
        role="status",
    )


def register_card(kinds: Sequence[str]) -> Component:
    """Return the form that registers a device with the points of its kind."""
    interval = dbc.Input(
        id=ids.INTERVAL,
        type="number",
        value=DEFAULT_INTERVAL_S,
        min=1,
        max=MOST_SECONDS,
        step=1,
        class_name="input",
    )
    options = [(kind, t(f"telemetry.kinds.{kind}")) for kind in kinds]
    fields = [
        text_input(ids.GATEWAY, t("telemetry.register.gateway"), placeholder="GW-1"),
        text_input(ids.CODE, t("telemetry.register.code"), placeholder="METER-1"),
        select(ids.KIND, t("telemetry.register.kind"), options, kinds[0]),
        text_input(ids.NAME_ZH, t("telemetry.register.name_zh")),
        text_input(ids.NAME_EN, t("telemetry.register.name_en")),
        field(t("telemetry.register.interval"), interval),
    ]
    send = button(t("telemetry.register.send"), ids.REGISTER, "primary")
    body = [html.Div(fields, className="telemetry-form"), send, html.Div(id=ids.REGISTERED)]
    return card(t("telemetry.register.title"), body, t("devices.register_hint"))


def point_forms(point: RegisteredPoint, uses: Options, at: datetime) -> list[Component]:
    """Return what can be recorded of a point, and what can be done with its device."""
    if point.state == RETIRED:
        return []
    local = at.astimezone(SHANGHAI)
    parts = [_binding(point, uses, local.date()), _calibration(local.date())]
    if point.is_counter:
        parts.append(_counter(local))
    return [*parts, _replacement(point)]


def _binding(point: RegisteredPoint, uses: Options, today: date) -> Component:
    bound = point.binding
    chosen = "|".join((bound.source, bound.item, bound.symbol)) if bound else ""
    known = [key for key, _ in uses]
    fields = [
        select(
            ids.USE,
            t("devices.fields.source"),
            [("", t("devices.nowhere")), *uses],
            chosen if chosen in known else "",
        ),
        text_input(
            ids.SCALE, t("devices.fields.scale"), placeholder=t("devices.by_units"), numeric=True
        ),
        _day(ids.FROM, t("devices.fields.valid_from"), today.replace(day=1).isoformat()),
        button(t("devices.do_bind"), ids.BIND, "primary"),
    ]
    return _part(t("devices.bind"), fields)


def _calibration(today: date) -> Component:
    fields = [
        _day(ids.CALIBRATED, t("devices.fields.calibrated_on"), today.isoformat()),
        _day(ids.DUE, t("devices.fields.next_due"), ""),
        text_input(ids.DOCUMENT, t("devices.fields.document")),
        button(t("devices.do_calibrate"), ids.CALIBRATE),
    ]
    return _part(t("devices.calibrate"), fields)


def _counter(local: datetime) -> Component:
    kinds = [(kind, t(f"devices.marks.{kind}")) for kind in ("rolled_over", "replaced")]
    kinds.append(("withdrawn", t("devices.marks.withdrawn")))
    moment = dbc.Input(
        id=ids.MARK_AT,
        type="datetime-local",
        value=f"{local:%Y-%m-%dT%H:%M}",
        class_name="input",
    )
    fields = [
        select(ids.MARK_KIND, t("devices.fields.kind"), kinds, kinds[0][0]),
        field(t("devices.fields.at"), moment),
        text_input(ids.END_VALUE, t("devices.fields.end_value"), numeric=True),
        text_input(ids.START_VALUE, t("devices.fields.start_value"), numeric=True),
        text_input(ids.FACTOR, t("devices.fields.factor"), "1", numeric=True),
        text_input(ids.NOTE, t("devices.fields.note")),
        button(t("devices.do_mark"), ids.MARK),
    ]
    return _part(t("devices.mark"), fields, t("devices.mark_hint"))


def _replacement(point: RegisteredPoint) -> Component:
    fields = [
        text_input(ids.NEW_CODE, t("devices.fields.new_code"), placeholder="METER-2"),
        text_input(ids.OLD_END, t("devices.fields.old_end"), numeric=True),
        text_input(ids.NEW_START, t("devices.fields.new_start"), numeric=True),
        text_input(ids.NEW_FACTOR, t("devices.fields.factor"), "1", numeric=True),
        button(t("devices.do_replace"), ids.REPLACE),
        button(t("devices.do_retire"), ids.RETIRE, "danger"),
    ]
    title = t("devices.replace", device=point.device_code)
    told = html.Div(id=ids.REPLACED)
    return html.Div([_part(title, fields, t("devices.replace_hint")), told])


def _part(title: str, fields: Sequence[Component], hint: str = "") -> Component:
    told = html.P(hint, className="muted") if hint else None
    return html.Div([html.H3(title), told, html.Div(fields, className="restatement-order")])


def _day(input_id: str, label: str, value: str) -> html.Div:
    return field(label, dbc.Input(id=input_id, type="date", value=value, class_name="input"))
