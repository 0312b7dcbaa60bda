"""The split of a power plant that supplies heat: what is asked, and what comes out (5.2.1 b)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import dash_bootstrap_components as dbc
from dash import html

from components.forms.controls import button, field
from components.ids import enterprise_accounting as ids
from components.panels.badge import trust_badge
from components.panels.card import card
from components.panels.units import unit_text
from components.tables.table import Cell, Column, data_table
from services.accounting.heat_power import HeatPowerState, KeptHeatPower
from services.formatting import UNKNOWN, datetime_text, exact, number, percent
from services.i18n.texts import t
from services.standards.heat_power import HeatPower

MASS_DIGITS, RATE_DIGITS = 2, 6


@dataclass(frozen=True, slots=True)
class AskedQuantity:
    """A quantity that is asked for, by the id of its field, its name and unit, as far as known."""

    field_id: str
    name: str
    unit: str
    value: float | None = None


@dataclass(frozen=True, slots=True)
class HeatPowerView:
    """What the card asks, and what is kept."""

    asked: Sequence[AskedQuantity]
    state: HeatPowerState


def heat_power_card(view: HeatPowerView) -> html.Section:
    """Return the fields, the buttons, and the place where the split appears."""
    fields = [
        field(
            t("heat_power.quantity", name=each.name, unit=unit_text(each.unit)),
            dbc.Input(
                id=each.field_id,
                type="number",
                min=0,
                step="any",
                class_name="input",
                value=each.value,
            ),
        )
        for each in view.asked
    ]
    may_keep = view.state.may_keep
    buttons = [
        button(t("heat_power.split"), ids.HEAT_POWER_SPLIT),
        button(t("heat_power.keep"), ids.HEAT_POWER_KEEP, "primary", disabled=not may_keep),
    ]
    order = html.Div([*fields, *buttons], className="heat-power-order")
    kept = view.state.kept
    shown = kept_table(kept) if kept else html.P(_not_kept(view.state), className="muted")
    place = html.Div(shown, id=ids.HEAT_POWER, role="status")
    return card(t("heat_power.title"), [order, place], t("heat_power.hint"))


def kept_table(kept: KeptHeatPower) -> html.Div:
    """Return the split of what is kept, with its version, and who kept it when."""
    stored = kept.stored
    told = t(
        "heat_power.kept",
        version=stored.version,
        name=stored.recorded_by,
        at=datetime_text(stored.recorded_at),
    )
    return html.Div([html.P(told, className="muted"), heat_power_table(kept.split)])


def heat_power_table(found: HeatPower) -> html.Div:
    """Return ratio, emissions and rates of heat and power, and who says how to split."""
    rows = [("supply_ratio", Cell(percent(found.supply_ratio), found.supply_ratio))]
    for name in ("heat_t", "power_t"):
        tonnes = getattr(found, name)
        rows.append((name, Cell(number(tonnes, MASS_DIGITS), tonnes, exact(tonnes))))
    for name in ("heat_t_per_gj", "power_t_per_mwh"):
        rate = getattr(found, name)
        told = UNKNOWN if rate is None else number(rate, RATE_DIGITS)
        rows.append((name, Cell(told, rate)))
    columns = (
        Column("figure", t("heat_power.figure")),
        Column("value", t("heat_power.value"), numeric=True),
    )
    cells = [{"figure": t(f"heat_power.{name}"), "value": cell} for name, cell in rows]
    told = html.P([str(found.reference), " ", trust_badge(found.status)], className="muted")
    table = data_table(columns, cells, caption=t("heat_power.title"), sortable=False)
    return html.Div([table, told], className="heat-power")


def _not_kept(state: HeatPowerState) -> str:
    earlier = state.earlier
    if state.is_decided:
        return t("heat_power.decided")
    if earlier is None:
        return t("heat_power.not_kept")
    at = datetime_text(earlier.recorded_at)
    return t("heat_power.earlier", name=earlier.recorded_by, at=at)
