"""Badges: how far a value can be trusted, and how something stands."""

from __future__ import annotations

from dash import html

from components.tables.table import Part
from components.theme import STATUS_MARKS
from services.i18n.texts import t

# Origin and status of a value, and how loudly it has to be marked.
TONES = {
    "verified": "good",
    "exact": "plain",
    "measured": "good",
    "user": "plain",
    "derived": "plain",
    "constant": "plain",
    "policy": "accent",
    "default": "watch",
    "secondary": "watch",
    "recalled": "over",
    "estimated": "hatched",
    "sample": "hatched",
}


def badge(text: str, tone: str = "plain", title: str = "") -> html.Span:
    """Return a small label; tone is plain, good, watch, over, unknown, accent or hatched."""
    return html.Span(text, className=f"badge badge-{tone}", title=title or None)


def trust_badge(kind: str) -> html.Span:
    """Return the badge of a value's origin or status (measured, default, recalled …)."""
    return badge(t(f"trust.{kind}.name"), TONES[kind], t(f"trust.{kind}.meaning"))


def trust_part(kind: str) -> Part:
    """Return the same badge for a table that the browser builds."""
    return f"badge badge-{TONES[kind]}", t(f"trust.{kind}.name"), t(f"trust.{kind}.meaning")


def sample_badge() -> html.Span:
    """Return the mark that stands wherever sample data is shown."""
    return trust_badge("sample")


def status_mark(status: str) -> html.Span:
    """Return the mark and word of a standing: good, watch, over or unknown."""
    mark = html.Span(STATUS_MARKS[status], className="status-mark", **{"aria-hidden": "true"})
    return html.Span([mark, t(f"status.{status}")], className=f"status status-{status}")
