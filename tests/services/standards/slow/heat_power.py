"""The split of heat and power by hand: heat has the share of the heat that leaves the plant."""

from fractions import Fraction

from tests.services.standards.slow.tables import rows

GIVEN = {"heat_supplied": 1200000.5, "heat_generated": 8000000, "power_supplied": 650000.25}


def is_split(designation):
    return designation in [row["method"] for row in rows("heat_power.csv")]


def split(total):
    """Return ratio, tonnes of heat and power, and tonnes a GJ and a MWh."""
    supplied, generated, power = (Fraction(str(value)) for value in GIVEN.values())
    of_heat = total * supplied / generated
    of_power = total - of_heat
    return {
        "supply_ratio": supplied / generated,
        "heat_t": of_heat,
        "power_t": of_power,
        "heat_t_per_gj": of_heat / supplied,
        "power_t_per_mwh": of_power / power,
    }
