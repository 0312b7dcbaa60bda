"""Heat above water of 20 °C, kJ/kg, by hand: linear between neighbours of the printed tables."""

from fractions import Fraction
from itertools import pairwise

from tests.services.standards.slow.tables import rows

REFERENCE = Fraction("83.74")


def water(temperature):
    return (temperature - 20) * Fraction("4.1868")


def saturated(pressure):
    points = [
        (Fraction(row["pressure_mpa"]), Fraction(row["enthalpy_kj_per_kg"]))
        for row in rows("steam_saturated.csv")
    ]
    return _between(points, pressure) - REFERENCE


def superheated(pressure, temperature):
    """Return the heat of steam far enough from saturation that four printed cells surround it."""
    cells = rows("steam_superheated.csv")
    isobars = [name for name in cells[0] if name != "temperature_c"]
    at_pressure = []
    for name in isobars:
        points = [(Fraction(r["temperature_c"]), Fraction(r[name].rstrip("?"))) for r in cells]
        at_pressure.append((Fraction(name), _between(points, temperature)))
    return _between(at_pressure, pressure) - REFERENCE


def _between(points, x):
    for (x0, y0), (x1, y1) in pairwise(points):
        if x0 <= x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    raise ValueError(f"{x} lies outside the table")
