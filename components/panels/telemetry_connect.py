"""How a device is connected: the steps, the address, the way to the registry (4.2 c)."""

from __future__ import annotations

from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components.forms.controls import link_button
from components.ids import collection_telemetry as ids
from components.panels import states
from components.panels.card import card
from services.i18n.texts import t

STEPS = ("register", "publish", "receipt", "resend")


@dataclass(frozen=True, slots=True)
class Address:
    """Where the devices of an organization publish: broker as host:port, and its topics."""

    broker: str
    tenant: str


def no_devices() -> Component:
    """Say that nothing is connected, and lead to the guide on the same page."""
    guide = html.A(
        t("telemetry.empty_action"), href=f"#{ids.CONNECT}", className="button button-primary"
    )
    return card("", states.empty(t("telemetry.empty"), t("telemetry.empty_hint"), guide))


def connect_card(address: Address, registry: str) -> Component:
    """Return the guide with the organization's own topics, and the way to the registry."""
    steps = html.Ol(
        [html.Li([html.Strong(t(f"telemetry.steps.{s}.name")), _step(s)]) for s in STEPS],
        className="telemetry-steps",
    )
    example = html.Pre(html.Code(_payload()), className="telemetry-code", tabIndex="0")
    body = [
        steps,
        facts_list(
            (t("telemetry.broker"), address.broker),
            (t("telemetry.topic_up"), f"c/{address.tenant}/<gateway>/up/<stream>"),
            (t("telemetry.topic_ack"), f"c/{address.tenant}/<gateway>/ack"),
        ),
        html.P(t("telemetry.payload_lead")),
        example,
        html.P(t("telemetry.guide_file"), className="telemetry-note"),
    ]
    if registry:
        body.append(link_button(t("devices.title"), registry, "primary"))
    return card(t("telemetry.connect"), body, t("telemetry.connect_lead"), card_id=ids.CONNECT)


def _step(step: str) -> html.Span:
    return html.Span(t(f"telemetry.steps.{step}.text"))


def _payload() -> str:
    return (
        '{"v":1,"gw":"GW-1","dev":"METER-1","boot":"9f2c41d07be3a856","seq":0,\n'
        ' "ts":1767225600000,"tq":2,"q":0,"vals":{"P":412.5,"E":10324.8},\n'
        ' "hist":false,"kid":"k1","mac":"<HMAC-SHA256>"}'
    )


def facts_list(*facts: tuple[str, str]) -> html.Dl:
    """Return names with their values, to be copied."""
    rows = [[html.Dt(label), html.Dd(html.Code(value))] for label, value in facts]
    return html.Dl([part for row in rows for part in row], className="telemetry-facts")
