"""Words and marks of alerts, the same wherever one is shown."""

from __future__ import annotations

from dash import html

from components.panels.badge import badge
from services.alert_facts import ACKNOWLEDGED, ERROR, INFO, OPEN, RESOLVED, WARNING, Alert
from services.formatting import datetime_text
from services.i18n.texts import language, t

SEVERITY_TONES = {INFO: "accent", WARNING: "watch", ERROR: "over"}
SEVERITY_MARKS = {INFO: "i", WARNING: "▲", ERROR: "■"}
STATE_TONES = {OPEN: "over", ACKNOWLEDGED: "watch", RESOLVED: "good"}


def rule_name(rule: str) -> str:
    """Return what people call a rule."""
    return t(f"alerts.rules.{rule.replace('.', '_')}.name")


def rule_meaning(rule: str) -> str:
    """Return what a rule tells of."""
    return t(f"alerts.rules.{rule.replace('.', '_')}.means")


def severity_text(severity: str) -> str:
    """Return how bad something is, as a mark and a word."""
    return f"{SEVERITY_MARKS[severity]} {t(f'alerts.severities.{severity}')}"


def severity_badge(severity: str) -> html.Span:
    """Return the same in its colour."""
    return badge(severity_text(severity), SEVERITY_TONES[severity])


def state_badge(found: Alert) -> html.Span:
    """Return how far an alert is, with whether it goes on."""
    return badge(t(f"alerts.states.{found.state}"), STATE_TONES[found.state], standing_text(found))


def standing_text(found: Alert) -> str:
    """Return whether what an alert tells of goes on, or since when it is over."""
    if found.resolved_at is not None:
        return t("alerts.resolved_at", at=datetime_text(found.resolved_at))
    if found.clear_since is not None:
        return t("alerts.over_since", at=datetime_text(found.clear_since))
    return t("alerts.standing")


def subject_text(found: Alert) -> str:
    """Return what an alert is about; that it is closed to whom it is."""
    return str(found.subject.get(language()) or t("alerts.unnamed"))
