"""Units and gases as they are read on screen."""

from __future__ import annotations

import re

# Between units of which a quantity has one or the other; "/" would read as a division.
EITHER = " | "

_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def unit_text(unit: str) -> str:
    """Return a unit as it is read: tCO2/MWh is tCO₂/MWh, 10^4 Nm3 is 10⁴ Nm³."""
    shown = unit.replace("CO2", "CO₂").replace("degC", "℃").replace("0..1", "0–1")
    shown = shown.replace("10^4", "10⁴").replace("10^3", "10³")
    return re.sub(r"m3\b", "m³", shown)


def gas_text(gas: str) -> str:
    """Return a gas as it is read: CO2 is CO₂."""
    return gas.translate(_LOWERED)
