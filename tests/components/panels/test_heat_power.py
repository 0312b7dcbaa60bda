"""The split of heat and power is shown with its unit, its rates, and who says how."""

from datetime import UTC, datetime
from uuid import UUID

from components.panels.heat_power import HeatPowerView, heat_power_card, heat_power_table
from services.accounting.heat_power import HeatPowerState, KeptHeatPower
from services.data.heat_power import StoredSplit
from services.i18n.texts import use_language
from services.standards.catalog import load_catalog
from services.standards.heat_power import split

SUPPLY = {"heat_supplied": 250_000, "heat_generated": 1_000_000, "power_supplied": 0}


def test_rates_are_told_and_what_is_not_supplied_is_a_dash():
    found = split(load_catalog().heat_power, "GB/T 32151.1-2015", SUPPLY, 2200.0)
    with use_language("en"):
        told = str(heat_power_table(found).to_plotly_json())
    # 550 t on 250,000 GJ
    for text in ("25.0%", "550.00", "1,650.00", "0.002200", "—", "Supply ratio"):
        assert text in told


AT = datetime(2024, 3, 30, 6, 0, tzinfo=UTC)
STORED = StoredSplit(UUID(int=1), 2, SUPPLY, "热电填报员", AT)


def told(kept=None, earlier=None, is_decided=False):
    state = HeatPowerState(kept, earlier, is_decided, may_keep=not is_decided)
    with use_language("en"):
        return str(heat_power_card(HeatPowerView((), state)).to_plotly_json())


def test_the_card_says_what_is_kept_what_comes_from_before_and_what_is_closed():
    rule = load_catalog().heat_power
    kept = KeptHeatPower(STORED, split(rule, "GB/T 32151.1-2015", SUPPLY, 2200.0), rule)
    assert "Kept: version 2, 热电填报员" in told(kept)
    assert "those of the submission before (热电填报员" in told(earlier=STORED)
    assert "Not kept yet" in told()
    closed = told(is_decided=True)
    assert "The year is approved" in closed
    assert "disabled=True" in closed
