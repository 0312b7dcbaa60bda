"""A number typed with its unit, such as 1.2 万吨, in the unit that its cell asks for (4.2 a).

Nothing is converted unseen: the cell says what was typed, the factor and the number that would
stand there, and a person takes it over. Where the two units measure unlike things, it says what a
conversion would need that the cell does not hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from services.collection.cells import CellError, parse_cell, plain
from services.errors import Explanation
from services.i18n.texts import t
from services.units import UnknownUnitNameError, unit

_TYPED = re.compile(
    r"([+-]?(?:[0-9]{1,3}(?: [0-9]{3})+|[0-9][0-9,]*)(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)\s*(\S.*)",
    re.IGNORECASE,
)
MOST_DIGITS = 17
STANDARD_COAL = ("tce", "kgce", "标准煤")
HEAT, ELECTRICITY, MASS, VOLUME, GAS = "heat", "electricity", "mass", "volume", "gas_volume"
# What a conversion between two kinds of quantity would need; the order of the two says nothing.
_NEEDS = {
    **{frozenset((HEAT, amount)): "calorific" for amount in (MASS, VOLUME, GAS)},
    **{frozenset((MASS, amount)): "density" for amount in (VOLUME, GAS)},
    frozenset((HEAT, ELECTRICITY)): "kept_apart",
    frozenset((VOLUME, GAS)): "conditions",
}


class UnitInCellError(CellError):
    """A cell states a unit beside its number; `number` is what it is in the cell's own unit.

    There is none where the two units measure unlike things; then `needs` says why.
    """

    def __init__(self, text: str, units: tuple[str, str], found: Conversion | str) -> None:
        super().__init__(text, "unit_in_cell")
        stated, asked = units
        self.number, self.needs = "", "converts"
        self.values |= {"stated": stated, "asked": asked}
        if isinstance(found, str):
            self.needs = found
        else:
            self.number = found.number
            self.values |= {"typed": found.typed, "factor": found.factor, "number": found.number}

    def explain(self) -> Explanation:
        """Return the explanation with the factor, or with what is missing for one."""
        told, key = super().explain(), f"cell_unit.{self.needs}"
        why, do = t(key, **self.values), t(f"{key}_do", **self.values)
        if not self.number:
            return replace(told, why=why, do=do)
        if str(self.values["stated"]).endswith(STANDARD_COAL):
            why = f"{why} {t('cell_unit.standard_coal')}"
        return replace(told, what=t("cell_unit.converts_what", **self.values), why=why, do=do)


@dataclass(frozen=True, slots=True)
class Conversion:
    """A number in the unit of its cell, and the typed one with what it was multiplied by."""

    typed: str
    factor: str
    number: str


def unit_in(text: str, asked: str) -> UnitInCellError | None:
    """Return what a cell with a unit beside its number says; None where it names no unit.

    >>> unit_in("1.2 万吨", "t").number, unit_in("350 tce", "GJ").number
    ('12000', '10257.66')
    >>> unit_in("350 tce", "t").needs, unit_in("12 apples", "t")
    ('calorific', None)
    """
    typed = _TYPED.fullmatch(plain(text)) if isinstance(parse_cell(text), CellError) else None
    number = parse_cell(typed[1]) if typed else None
    if not typed or not asked or not isinstance(number, float):
        return None
    stated, choices = typed[2].strip(), asked.split(" or ")
    try:
        kinds = {each: unit(each).dimension for each in (stated, *choices)}
    except UnknownUnitNameError:
        return None
    fits = next((each for each in choices if kinds[each] == kinds[stated]), "")
    if not fits:
        needs = _NEEDS.get(frozenset((kinds[stated], kinds[choices[0]])), "unlike")
        return UnitInCellError(text, (stated, asked), needs)
    ratio = unit(stated).scale / unit(fits).scale
    number_text = exact_text(Fraction(repr(number)) * ratio)
    return UnitInCellError(text, (stated, fits), Conversion(typed[1], _factor(ratio), number_text))


def exact_text(number: Fraction) -> str:
    """Return a number with every digit, or rounded to a float's where it has more.

    >>> exact_text(Fraction(25, 2)), exact_text(Fraction(1, 3))
    ('12.5', '0.3333333333333333')
    """
    value = Decimal(number.numerator) / Decimal(number.denominator)
    shown = f"{value.normalize():f}"
    return shown if len(shown) <= MOST_DIGITS else repr(float(value))


def _factor(ratio: Fraction) -> str:
    """Return a factor as people write it: 10000, 0.001, or 1/15 where no decimal ends."""
    shown = Decimal(ratio.numerator) / Decimal(ratio.denominator)
    return f"{shown.normalize():f}" if Fraction(shown) == ratio else str(ratio)
