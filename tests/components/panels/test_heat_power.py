"""The split of heat and power is shown with its unit, its rates, and who says how."""

from components.panels.heat_power import heat_power_table
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
