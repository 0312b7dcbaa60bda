"""How somebody wishes to be told of alerts by e-mail (4.2 c)."""

from __future__ import annotations

from dash import html

from components.forms.controls import button, select, text_input
from components.ids import collection_alerts as ids
from components.panels.card import card
from services.alert_facts import SEVERITIES, Wish
from services.i18n.texts import t

HOURS = 24


def notices_card(wish: Wish, sends_mail: bool) -> html.Section:
    """Return the form of somebody's own wishes; whether mail is sent at all stands above it."""
    severities = [("", t("notices.never"))]
    for name in reversed(SEVERITIES):
        told = t("notices.from_severity", severity=t(f"alerts.severities.{name}"))
        severities.append((name, told))
    hours = [("", t("notices.no_quiet"))]
    hours += [(str(hour), t("notices.hour", hour=f"{hour:02d}")) for hour in range(HOURS)]
    fields = [
        text_input(ids.ADDRESS, t("notices.address"), wish.address, placeholder="name@example.cn"),
        select(ids.FROM_SEVERITY, t("notices.severity"), severities, wish.severity),
        select(ids.QUIET_FROM, t("notices.quiet_from"), hours, _hour(wish.quiet_from)),
        select(ids.QUIET_UNTIL, t("notices.quiet_until"), hours, _hour(wish.quiet_until)),
    ]
    off = [] if sends_mail else [html.P(t("notices.off"), className="muted")]
    save = button(t("notices.save"), ids.KEEP_WISH)
    form = html.Div(fields, className="telemetry-form")
    body = html.Div([*off, form, html.Div(save), html.Div(id=ids.WISH)], className="stack")
    return card(t("notices.title"), body, t("notices.hint"))


def _hour(hour: int | None) -> str:
    return "" if hour is None else str(hour)
