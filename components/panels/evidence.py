"""Taking the evidence bundle of a result (5.2.1 b)."""

from __future__ import annotations

from dash import html

from components.forms.controls import guarded_file_link
from components.panels.card import card
from services.accounting.results import RunSummary
from services.i18n.texts import t


def evidence_card(run: RunSummary) -> html.Section:
    """Return what the bundle is for, the hash to compare with it, and the link that makes it."""
    link = guarded_file_link(t("evidence.download"), f"/download/evidence/{run.run_id}")
    label = html.Span(t("result.facts.input_hash"), className="muted")
    whole_hash = html.P([label, " ", html.Code(run.input_hash)], className="evidence-hash")
    return card(t("evidence.title"), whole_hash, t("evidence.hint"), actions=link)
