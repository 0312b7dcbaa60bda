"""Units of measurement: what they are called and how quantities of like units convert."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as a multiple of the base unit of its dimension.

    Gas volume stands at normal conditions. Electricity is kept apart from heat, and carbon apart
    from carbon dioxide, so that one is never taken for the other.
    """

    name: str
    dimension: str
    scale: Fraction


class UnknownUnitNameError(LookupError):
    """No unit of this name is known."""


_TCE = Fraction("29.3076")  # GJ of a tonne of standard coal, by definition
_MILLI, _MICRO, _NANO, _KILO = (Fraction(10) ** power for power in (-3, -6, -9, 3))
_ONE = Fraction(1)


def _masses(of: str) -> dict[str, Fraction]:
    scales = {"t": _ONE, "kg": _MILLI, "g": _MICRO, "mg": _NANO, "kt": _KILO, "Mt": _KILO**2}
    return {f"{name}{of}": scale for name, scale in scales.items()}


_DIMENSIONS: Mapping[str, Mapping[str, Fraction]] = {
    "mass": {**_masses(""), "吨": _ONE, "千克": _MILLI, "公斤": _MILLI},
    "carbon": _masses("C"),
    "nitrogen": _masses("N"),
    "co2": _masses("CO2"),
    "co2e": _masses("CO2e"),
    "volume": {"m3": _ONE, "L": _MILLI, "立方米": _ONE, "升": _MILLI},
    "area": {
        **{"ha": _ONE, "hm2": _ONE, "km2": Fraction(100), "m2": _ONE / 10_000},
        **{"公顷": _ONE, "亩": _ONE / 15, "平方公里": Fraction(100)},
    },
    "animals": {"head": _ONE, "头": _ONE, "只": _ONE, "匹": _ONE, "峰": _ONE},
    "people": {"person": _ONE, "人": _ONE},
    "facilities": {"count": _ONE, "个": _ONE, "座": _ONE, "口": _ONE},
    "time": {"d": _ONE, "h": _ONE / 24, "min": _ONE / 1440, "天": _ONE, "小时": _ONE / 24},
    "anode_effect": {"min/(cell.day)": _ONE},
    "anode_effect_slope": {"kg.cell.day/(t.min)": _ONE},
    "gas_volume": {"Nm3": _ONE, "标立方米": _ONE, "标方": _ONE},
    "heat": {
        **{"GJ": _ONE, "MJ": _MILLI, "kJ": _MICRO, "TJ": _KILO, "PJ": _KILO**2, "EJ": _KILO**3},
        "kcal": Fraction("0.0000041868"),  # international table calorie
        **{"tce": _TCE, "kgce": _TCE / 1000, "吨标准煤": _TCE},
        **{"吉焦": _ONE, "百万千焦": _ONE, "太焦": _KILO, "兆焦": _MILLI},
    },
    "electricity": {
        **{"MWh": _ONE, "kWh": _MILLI, "GWh": _KILO, "TWh": _KILO**2},
        **{"兆瓦时": _ONE, "千瓦时": _MILLI, "度": _MILLI},
    },
    "pressure": {"MPa": _ONE, "MPa(abs)": _ONE, "kPa": _MILLI, "Pa": _MICRO, "bar": _ONE / 10},
    "temperature": {"degC": _ONE, "°C": _ONE, "℃": _ONE},
    "share": {"0..1": _ONE, "1": _ONE, "%": _ONE / 100, "‰": _MILLI},
}
_BASES: Mapping[str, tuple[str, Fraction]] = MappingProxyType(
    {
        name: (dimension, scale)
        for dimension, names in _DIMENSIONS.items()
        for name, scale in names.items()
    }
)
_PREFIXES = MappingProxyType(
    {"10^3 ": 10**3, "10^4 ": 10**4, "10^6 ": 10**6, "10^8 ": 10**8, "千": 10**3, "万": 10**4}
    | {"百万": 10**6, "亿": 10**8}
)
# Raised digits and full-width signs as people type them.
_SPELLINGS = str.maketrans(
    {"³": "3", "₂": "2", "／": "/", "％": "%", "（": "(", "）": ")", "×": "", "·": " "}
)
_RAISED = MappingProxyType({"10³": "10^3", "10⁴": "10^4", "10⁶": "10^6", "10⁸": "10^8"})


@lru_cache(maxsize=1024)
def unit(name: str) -> Unit:
    """Return the unit of a name such as t, 10^4 Nm3, 万kWh or kgCO2/kWh.

    >>> unit("kgCO2/kWh").scale == unit("tCO2/MWh").scale
    True
    """
    text = _spelled(name)
    if text in _BASES:
        return Unit(name, *_BASES[text])
    above, slash, below = text.partition("/")
    if not slash:
        return Unit(name, *_simple(text, name))
    (dimension, scale), (per, per_scale) = _simple(above, name), _simple(below, name)
    return Unit(name, f"{dimension}/{per}", scale / per_scale)


def is_unit(name: str) -> bool:
    """Return whether a name is known."""
    try:
        unit(name)
    except UnknownUnitNameError:
        return False
    return True


def are_alike(left: str, right: str) -> bool:
    """Return whether quantities of two known units convert into each other."""
    return unit(left).dimension == unit(right).dimension


def convert(value: float, from_unit: str, to_unit: str) -> float:
    """Return the value in another unit of the same dimension; raise ValueError for unlike ones.

    >>> convert(93, "%", "0..1"), convert(1.5, "kt", "t"), convert(2, "万kWh", "MWh")
    (0.93, 1500.0, 20.0)
    """
    left, right = unit(from_unit), unit(to_unit)
    if left.dimension != right.dimension:
        raise ValueError(f"{from_unit} and {to_unit} measure different things.")
    ratio = left.scale / right.scale
    # One multiplication and one division keep decimal inputs exact where they can be.
    return value * ratio.numerator / ratio.denominator


def _spelled(name: str) -> str:
    text = name.strip()
    for raised, plain in _RAISED.items():
        text = text.replace(raised, plain)
    return text.translate(_SPELLINGS)


def _simple(text: str, name: str) -> tuple[str, Fraction]:
    text = text.strip()
    if text in _BASES:
        return _BASES[text]
    for prefix, factor in _PREFIXES.items():
        base = text.removeprefix(prefix).removeprefix(prefix.strip()).strip()
        if text.startswith(prefix.strip()) and base in _BASES:
            dimension, scale = _BASES[base]
            return dimension, scale * factor
    raise UnknownUnitNameError(name)
