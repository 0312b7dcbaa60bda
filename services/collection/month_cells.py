"""The month of a row as people type it: 3, ３月, 三月, Mar, 2023-03, a date (4.2 a)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from services.collection.cells import is_missing, plain

_CHINESE = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_ENGLISH = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_NAMES: Mapping[str, int] = MappingProxyType(
    {
        **{f"{name}月": month for month, name in enumerate(_CHINESE, 1)},
        **{name: month for month, name in enumerate(_ENGLISH, 1)},
        **{name[:3]: month for month, name in enumerate(_ENGLISH, 1)},
    }
)
_WHOLE_YEAR = ("全年", "year", "whole year")
_PLAIN = re.compile(r"([0-9]{1,2})(?: ?月份?)?")
# A cell of a spreadsheet that was made a date is the first day of its month.
_OF_YEAR = re.compile(r"([0-9]{4})(?:[-/.]| ?年 ?)([0-9]{1,2})(?: ?月份?|-01(?: 00:00:00)?)?")


@lru_cache(maxsize=4_096)
def month_in(text: str) -> int | str | None:
    """Return the month of a cell: a number, or YYYY-MM where it names its year.

    None means the whole year. A text that is no month comes back as it is, to be refused.

    >>> month_in("３月"), month_in("2023年3月"), month_in("—"), month_in("春")
    (3, '2023-03', None, '春')
    """
    typed = plain(text).lower()
    if is_missing(text) or typed in _WHOLE_YEAR:
        return None
    named, of_year = _PLAIN.fullmatch(typed), _OF_YEAR.fullmatch(typed)
    if of_year:
        return f"{of_year[1]}-{int(of_year[2]):02d}"
    return int(named[1]) if named else _NAMES.get(typed.rstrip("."), text.strip())
