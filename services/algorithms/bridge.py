"""A bridge from one total to another: parts that add up to the difference exactly (5.2.1 b)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

# Enough for any sum of float64 values: 2 ** -1074 has 1074 decimals, and 10 ** 308 above.
_EXACT = Context(prec=1500)


@dataclass(frozen=True, slots=True)
class Step:
    """What one cause changes; `change` is exact, so that all steps add up to the difference."""

    cause: str
    change: Fraction

    @property
    def change_t(self) -> float:
        """Return the change as the nearest float, for charts."""
        return float(self.change)


def bridge(base: float, totals: Sequence[tuple[str, float]]) -> tuple[Step, ...]:
    """Return what each cause adds when the causes are taken in turn.

    `totals` holds, for each cause, the total after that cause and all before it have changed.

    >>> [(s.cause, s.change_t) for s in bridge(10.0, [("factor", 12.0), ("activity", 11.5)])]
    [('factor', 2.0), ('activity', -0.5)]
    """
    steps, before = [], Fraction(base)
    for cause, total in totals:
        after = Fraction(total)
        steps.append(Step(cause, after - before))
        before = after
    return tuple(steps)


def exact_text(value: Fraction) -> str:
    """Return a sum or difference of floats as a decimal that loses nothing.

    >>> exact_text(Fraction(0.5) - Fraction(2))
    '-1.5'
    """
    quotient = _EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
    return format(quotient.normalize(_EXACT), "f")


def exact_value(text: str) -> Fraction:
    """Return the number a text holds, without rounding."""
    return Fraction(Decimal(text))
