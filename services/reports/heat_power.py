"""The split of a power plant's total into heat and power, as it is printed (4.5, 5.2.1)."""

from __future__ import annotations

from collections.abc import Iterator

from services.accounting.heat_power import KeptHeatPower
from services.formatting import UNKNOWN, datetime_text
from services.i18n.texts import language, t
from services.reports.material import word
from services.reports.model import Cell, Column, Row, TableBlock, entered, mass, share
from services.reports.text import printable, unit_text

HEAT_POWER = "heat_power"


def heat_power_table(kept: KeptHeatPower) -> TableBlock:
    """Return quantities, supply ratio, tonnes and rates of heat and power, with who says how."""
    stored, found = kept.stored, kept.split
    told = t(
        "heat_power.printed",
        reference=str(found.reference),
        mark=word("status", found.status),
        version=stored.version,
        name=printable(stored.recorded_by),
        at=datetime_text(stored.recorded_at),
    )
    return TableBlock(
        HEAT_POWER,
        t("heat_power.title"),
        (
            Column(t("heat_power.figure"), 0.70),
            Column(t("heat_power.value"), 0.30, is_number=True),
        ),
        tuple(Row(cells) for cells in (*_quantities(kept), *_figures(kept))),
        note=told,
    )


def _quantities(kept: KeptHeatPower) -> Iterator[tuple[Cell, ...]]:
    rule = kept.rule
    for code, value in kept.split.quantities.items():
        unit = unit_text(rule.units[code])
        name = t("heat_power.quantity", name=rule.names[code][language()], unit=unit)
        yield name, entered(value)


def _figures(kept: KeptHeatPower) -> Iterator[tuple[Cell, ...]]:
    found = kept.split
    yield t("heat_power.supply_ratio"), share(found.supply_ratio)
    yield t("heat_power.heat_t"), mass(found.heat_t)
    yield t("heat_power.power_t"), mass(found.power_t)
    for name, rate in (
        ("heat_t_per_gj", found.heat_t_per_gj),
        ("power_t_per_mwh", found.power_t_per_mwh),
    ):
        yield t(f"heat_power.{name}"), UNKNOWN if rate is None else entered(rate)
