"""The split of a power plant that supplies heat: what is asked, and what comes out (5.2.1 b)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import dcc, html

from components.forms.controls import button, field
from components.ids import enterprise_accounting as ids
from components.panels.badge import trust_badge
from components.panels.card import card
from components.panels.units import unit_text
from components.tables.table import Cell, Column, data_table
from services.formatting import UNKNOWN, exact, number, percent
from services.i18n.texts import t
from services.standards.heat_power import HeatPower

MASS_DIGITS, RATE_DIGITS = 2, 6


@dataclass(frozen=True, slots=True)
class AskedQuantity:
    """A quantity that is asked for, by the id of its field, its name and unit."""

    field_id: str
    name: str
    unit: str


def heat_power_card(asked: Sequence[AskedQuantity]) -> html.Section:
    """Return the fields, the button, and the place where the split appears."""
    fields = [
        field(
            f"{each.name}（{unit_text(each.unit)}）",
            dcc.Input(id=each.field_id, type="number", min=0, step="any", className="input"),
        )
        for each in asked
    ]
    order = html.Div(
        [*fields, button(t("heat_power.split"), ids.HEAT_POWER_SPLIT)],
        className="heat-power-order",
    )
    place = html.Div(id=ids.HEAT_POWER, role="status")
    return card(t("heat_power.title"), [order, place], t("heat_power.hint"))


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
