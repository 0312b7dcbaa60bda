"""Which numbers of a sheet are days, and which day each is. Standard library only (4.2 a)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

# Formats of a number that are dates by their number (ECMA-376 part 1, 18.8.30, with those of
# Chinese spreadsheets), and what makes a format one by its letters.
DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
NO_LETTERS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
DAY_1900, DAY_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 # days, no instants
# Excel counts a 29 February 1900 that never was.
NEVER_WAS = 60


def is_date(code: str) -> bool:
    """Return whether a format of a number shows it as a day or a time.

    >>> is_date("yyyy/m/d"), is_date('[$-804]yyyy"年"m"月"'), is_date('0.00" h"')
    (True, True, False)
    """
    plain = NO_LETTERS.sub("", code.split(";")[0]).lower()
    return any(letter in plain for letter in "ymdhs年月日") and "general" not in plain


def day_of(serial: float, is_1904: bool) -> str:
    """Return a day as 2023-03-01, with its time where it has one; nothing where there is none.

    >>> day_of(44986, False), day_of(43524, True), day_of(59, False), day_of(60, False)
    ('2023-03-01', '2023-03-01', '1900-02-28', '')
    """
    first = DAY_1904 if is_1904 else DAY_1900
    if not is_1904 and 0 <= serial < NEVER_WAS:
        first += timedelta(days=1)
    elif not is_1904 and NEVER_WAS <= serial < NEVER_WAS + 1:
        return ""
    try:
        found = first + timedelta(seconds=round(serial * 86_400))
    except (OverflowError, ValueError):
        return ""
    return found.date().isoformat() if serial == int(serial) else found.isoformat(" ")
