"""The choice of a status above the clause register."""

from __future__ import annotations

from dash import html

from components.forms.controls import tabs
from components.panels.conformance import TONES
from services.i18n.texts import t

ALL = "all"


def status_filter(filter_id: str) -> html.Div:
    """Return tabs for every status, beginning with all."""
    choices = [(ALL, t("register.all")), *((s, t(f"register.{s}")) for s in TONES)]
    return tabs(filter_id, t("register.filter"), choices, ALL)
