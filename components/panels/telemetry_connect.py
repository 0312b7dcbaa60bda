"""How a device is connected: the steps, the address, a form to register it (4.2 c)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from components.forms.controls import button, field, select, text_input
from components.ids import collection_telemetry as ids
from components.panels import states
from components.panels.card import card
from services.i18n.texts import t

STEPS = ("register", "publish", "receipt", "resend")
DEFAULT_INTERVAL_S = 60
MOST_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Address:
    """Where the devices of an organization publish: broker as host:port, and its topics."""

    broker: str
    tenant: str


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a person must copy into the gateway now, for it is never shown again."""

    device: str
    gateway: str
    key_id: str
    key: str


def no_devices() -> Component:
    """Say that nothing is connected, and lead to the guide on the same page."""
    guide = html.A(
        t("telemetry.empty_action"), href=f"#{ids.CONNECT}", className="button button-primary"
    )
    return card("", states.empty(t("telemetry.empty"), t("telemetry.empty_hint"), guide))


def connect_card(address: Address, kinds: Sequence[str], may_register: bool) -> Component:
    """Return the guide with the organization's own topics, and the form for who may use it."""
    steps = html.Ol(
        [html.Li([html.Strong(t(f"telemetry.steps.{s}.name")), _step(s)]) for s in STEPS],
        className="telemetry-steps",
    )
    example = html.Pre(html.Code(_payload()), className="telemetry-code", tabIndex="0")
    body = [
        steps,
        _facts(
            (t("telemetry.broker"), address.broker),
            (t("telemetry.topic_up"), f"c/{address.tenant}/<gateway>/up/<stream>"),
            (t("telemetry.topic_ack"), f"c/{address.tenant}/<gateway>/ack"),
        ),
        html.P(t("telemetry.payload_lead")),
        example,
        html.P(t("telemetry.guide_file"), className="telemetry-note"),
    ]
    if may_register:
        body += [html.H3(t("telemetry.register.title")), _form(kinds), html.Div(id=ids.REGISTERED)]
    return card(t("telemetry.connect"), body, t("telemetry.connect_lead"), card_id=ids.CONNECT)


def registered(new: NewKey, address: Address) -> Component:
    """Show the key of a new device, once."""
    facts = _facts(
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


def _step(step: str) -> html.Span:
    return html.Span(t(f"telemetry.steps.{step}.text"))


def _facts(*facts: tuple[str, str]) -> html.Dl:
    rows = [[html.Dt(label), html.Dd(html.Code(value))] for label, value in facts]
    return html.Dl([part for row in rows for part in row], className="telemetry-facts")


def _payload() -> str:
    return (
        '{"v":1,"gw":"GW-1","dev":"METER-1","boot":"9f2c41d07be3a856","seq":0,\n'
        ' "ts":1767225600000,"tq":2,"q":0,"vals":{"P":412.5,"E":10324.8},\n'
        ' "hist":false,"kid":"k1","mac":"<HMAC-SHA256>"}'
    )


def _form(kinds: Sequence[str]) -> Component:
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
        text_input(ids.CODE, t("telemetry.register.code"), placeholder="METER-1"),
        text_input(ids.GATEWAY, t("telemetry.register.gateway"), placeholder="GW-1"),
        text_input(ids.NAME_ZH, t("telemetry.register.name_zh")),
        text_input(ids.NAME_EN, t("telemetry.register.name_en")),
        select(ids.KIND, t("telemetry.register.kind"), options, kinds[0]),
        field(t("telemetry.register.interval"), interval),
    ]
    send = button(t("telemetry.register.send"), ids.REGISTER, "primary")
    return html.Div([html.Div(fields, className="telemetry-form"), send])
