"""As much of an array as the formulas need, in plain Python: the same operations, bit for bit.

The formulas of the platform work on columns of numbers. Here a column is a list; every operation
is that of IEEE 754 on each element, which is what the platform's arrays do too.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from types import SimpleNamespace
from typing import Any


class Array:
    """A column of numbers or truth values; one element stands for all of a longer column."""

    def __init__(self, items: Any) -> None:
        self.items = list(items)

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Any:
        return iter(self.items)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return Array(self.items[index])
        if not isinstance(index, Array):
            return self.items[index]
        if _is_mask(index):
            return Array(x for x, chosen in zip(self.items, index, strict=True) if chosen)
        return Array(self.items[i] for i in index)

    def __setitem__(self, mask: Array, values: Array) -> None:
        places = [i for i, chosen in enumerate(mask) if chosen]
        for place, value in zip(places, values, strict=True):
            self.items[place] = value

    def __add__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a + b, self, other)

    def __radd__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a + b, other, self)

    def __sub__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a - b, self, other)

    def __rsub__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a - b, other, self)

    def __mul__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a * b, self, other)

    def __rmul__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a * b, other, self)

    def __truediv__(self, other: Any) -> Array:
        return _pairwise(_divided, self, other)

    def __rtruediv__(self, other: Any) -> Array:
        return _pairwise(_divided, other, self)

    def __neg__(self) -> Array:
        return Array(-x for x in self.items)

    def __lt__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a < b, self, other)

    def __le__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a <= b, self, other)

    def __gt__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a > b, self, other)

    def __ge__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a >= b, self, other)

    def __eq__(self, other: Any) -> Array:  # type: ignore[override]
        return _pairwise(lambda a, b: a == b, self, other)

    __hash__ = None  # type: ignore[assignment]

    def __and__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a and b, self, other)

    def __or__(self, other: Any) -> Array:
        return _pairwise(lambda a, b: a or b, self, other)

    def __invert__(self) -> Array:
        return Array(not x for x in self.items)


def _is_mask(index: Array) -> bool:
    return any(isinstance(x, bool) for x in index)


def _divided(a: float, b: float) -> float:
    """Return a quotient as IEEE 754 has it: nothing is raised for a division by zero."""
    if b:
        return a / b
    if a == 0 or math.isnan(a):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def _columns(*values: Any) -> list[list[Any]]:
    """Return values as columns of one length."""
    columns = [list(v) if isinstance(v, Array | tuple | list) else [v] for v in values]
    length = max(len(column) for column in columns)
    return [column * length if len(column) == 1 else column for column in columns]


def _pairwise(operation: Any, left: Any, right: Any) -> Array:
    return Array(operation(a, b) for a, b in zip(*_columns(left, right), strict=True))


def _where(chosen: Any, yes: Any, no: Any) -> Array:
    columns = _columns(chosen, yes, no)
    return Array(a if is_chosen else b for is_chosen, a, b in zip(*columns, strict=True))


def _isnan(values: Any) -> Any:
    if not isinstance(values, Array):
        return math.isnan(values)
    return Array(math.isnan(x) for x in values)


def _smaller(left: Any, right: Any) -> Array:
    return _pairwise(lambda a, b: math.nan if a != a or b != b else min(a, b), left, right)


def _larger(left: Any, right: Any) -> Array:
    return _pairwise(lambda a, b: math.nan if a != a or b != b else max(a, b), left, right)


def _clip(values: Array, low: float, high: float) -> Array:
    return Array(min(max(x, low), high) for x in values)


def _searchsorted(axis: Array, values: Array, side: str = "left") -> Array:
    found = bisect_right if side == "right" else bisect_left
    # What is no number stands behind everything.
    return Array(len(axis) if x != x else found(axis.items, x) for x in values)


def _full_like(values: Array, fill: float) -> Array:
    return Array([fill] * len(values))


def _broadcast_arrays(*values: Array) -> list[Array]:
    return [Array(column) for column in _columns(*values)]


def _concatenate(parts: Any) -> Array:
    return Array(x for part in parts for x in part)


def _asarray(values: Any, dtype: Any = None) -> Array:
    convert = dtype or (lambda x: x)
    return Array(convert(x) for x in _columns(values)[0])


np = SimpleNamespace(
    array=_asarray,
    asarray=_asarray,
    atleast_1d=_asarray,
    broadcast_arrays=_broadcast_arrays,
    clip=_clip,
    concatenate=_concatenate,
    float64=float,
    full_like=_full_like,
    inf=math.inf,
    isnan=_isnan,
    maximum=_larger,
    minimum=_smaller,
    nan=math.nan,
    searchsorted=_searchsorted,
    unique=lambda values: sorted(set(values)),
    where=_where,
    zeros_like=lambda values: _full_like(values, 0.0),
)
