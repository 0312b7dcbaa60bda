"""Limits of a measuring point: the form, and those so far with who and why (4.2 c)."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from components.forms.controls import button, select, text_input
from components.ids import collection_limits as ids
from components.tables.table import Column, data_table
from services.alert_facts import SEVERITIES, WARNING
from services.formatting import datetime_text, exact
from services.i18n.texts import t
from services.registry import PointLimit, RecordedLimit

FIELDS = (
    ("low", ids.LOW),
    ("high", ids.HIGH),
    ("margin", ids.MARGIN),
    ("change_per_minute", ids.CHANGE),
    ("same_readings", ids.SAME),
    ("late_s", ids.LATE),
    ("silent_reports", ids.SILENT),
)


def limits_part(found: Sequence[RecordedLimit], unit: str, *, may_manage: bool) -> list[Component]:
    """Return the limits in force, the form where they may be changed, and those before."""
    now = found[0].limit if found else None
    told = limit_text(now, unit) if now else t("limits.not_set")
    parts: list[Component] = [html.H3(t("limits.title")), html.P(told)]
    if may_manage:
        parts += [_form(now, unit), html.P(t("limits.hint"), className="muted")]
    if found:
        parts.append(_history(found, unit))
    return [html.Div(parts, className="stack")]


def limit_text(limit: PointLimit, unit: str) -> str:
    """Return what is checked of a point in words."""
    words = [
        t(f"limits.words.{name}", value=exact(getattr(limit, name)), unit=unit)
        for name, _ in FIELDS
        if getattr(limit, name) is not None and (name != "margin" or limit.margin)
    ]
    return t("webhooks.comma").join(words) if words else t("limits.off")


def _form(now: PointLimit | None, unit: str) -> Component:
    shown = now or PointLimit(0)
    fields = [
        text_input(field_id, _label(name, unit), _typed(name, shown), numeric=True)
        for name, field_id in FIELDS
    ]
    severities = [(key, t(f"alerts.severities.{key}")) for key in SEVERITIES]
    chosen = now.severity if now else WARNING
    fields += [
        select(ids.SEVERITY, t("limits.severity"), severities, chosen),
        text_input(ids.REASON, t("limits.reason"), placeholder=t("limits.reason_place")),
    ]
    save = button(t("limits.save"), ids.SAVE, "primary")
    return html.Div([html.Div(fields, className="telemetry-form"), save])


def _label(name: str, unit: str) -> str:
    of_unit = name in ("low", "high", "margin", "change_per_minute") and unit
    return f"{t(f'limits.{name}')} ({unit})" if of_unit else t(f"limits.{name}")


def _typed(name: str, limit: PointLimit) -> str:
    value = getattr(limit, name)
    return "" if value is None or (name == "margin" and not value) else f"{value:.15g}"


def _history(found: Sequence[RecordedLimit], unit: str) -> Component:
    columns = [Column(name, t(f"limits.{name}")) for name in ("at", "by", "told", "reason")]
    rows = [
        {
            "at": datetime_text(each.recorded_at),
            "by": each.recorded_by or t("alerts.history.by_itself"),
            "told": limit_text(each.limit, unit),
            "reason": each.limit.reason,
        }
        for each in found
    ]
    table = data_table(columns, rows, caption=t("limits.history"), sortable=False)
    return html.Div([html.H3(t("limits.history")), table])
