"""Taking the evidence bundle of a result (5.2.1 b)."""

from __future__ import annotations

from dash import html

from components.forms.controls import file_link
from components.panels.card import card
from services.i18n.texts import t


def evidence_card(run_id: str) -> html.Section:
    """Return what the bundle is for, and the link that makes it."""
    link = file_link(t("evidence.download"), f"/download/evidence/{run_id}")
    return card(t("evidence.title"), html.P(t("evidence.hint"), className="muted"), actions=link)
