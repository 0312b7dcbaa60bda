"""What is found wrong in whole columns, and the checks that many kinds of source share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.errors import PlatformError
from services.standards.evaluation import Columns, Evaluation
from services.standards.formulas.base import Floats
from services.standards.problems import NegativeResultError, PartAboveWholeError

Bools = NDArray[np.bool_]
Check = Callable[[Columns, Evaluation], Iterator["Finding"]]


@dataclass(frozen=True, slots=True)
class Finding:
    """Rows with one and the same problem at a symbol; `columns` hold the values it names."""

    rows: Bools
    symbol: str
    error: type[PlatformError]
    columns: Mapping[str, Floats] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    is_error: bool = True

    def values(self, row: int) -> dict[str, object]:
        """Return what the message of one row names."""
        return {**{name: float(c[row]) for name, c in self.columns.items()}, **self.words}


def given(columns: Columns, symbol: str) -> Floats:
    """Return the cells of a symbol as given, nan where empty."""
    found = columns.given.get(symbol)
    return np.full(len(columns), np.nan) if found is None else found


def part_above_whole(columns: Columns, part: str, whole: str) -> Iterator[Finding]:
    """Return the rows in which a part is more than its whole."""
    value, limit = given(columns, part), given(columns, whole)
    names = {"symbol": part, "whole": whole}
    yield Finding(value > limit, part, PartAboveWholeError, {"value": value, "limit": limit}, names)


def below_zero(result: Evaluation, formula: str, symbols: str) -> Iterator[Finding]:
    """Return the rows in which more is taken away than there is."""
    words = {"formula": formula, "symbols": symbols}
    for tonnes in result.gas_t.values():
        last = symbols.split(", ")[-1]
        yield Finding(tonnes < 0, last, NegativeResultError, {"value": tonnes}, words)
