"""Places in a sheet: AB12 as a row and a column. Standard library only (4.2 a)."""

from __future__ import annotations

from functools import lru_cache


def whole(text: str | None) -> int:
    """Return the whole number that a text names, or 0."""
    try:
        return int(text or "0")
    except ValueError:
        return 0


@lru_cache(maxsize=1_024)
def _column(named: str) -> int:
    if not (named.isalpha() and named.isascii() and named.isupper()):
        return -1
    number = 0
    for letter in named:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_of(place: str) -> int:
    """Return the column of a place such as AB12, from 0; -1 where there is none."""
    return _column(place[:10].rstrip("0123456789"))


def row_of(place: str) -> int:
    """Return the row of a place such as AB12, from 1; 0 where there is none."""
    return whole(place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def letters(column: int) -> str:
    """Return a column, from 0, as a spreadsheet names it.

    >>> letters(0), letters(27), column_of("AB12")
    ('A', 'AB', 27)
    """
    named = ""
    while column >= 0:
        column, rest = divmod(column, 26)
        named, column = chr(65 + rest) + named, column - 1
    return named
