"""Why a cell holds no number, as people type it: NE, NO, IE, C or the Chinese words (4.2 a)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from services.standards.missing import (
    CONFIDENTIAL,
    INCLUDED_ELSEWHERE,
    NOT_ESTIMATED,
    NOT_OCCURRING,
    NOTATIONS,
)

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        **{short.lower(): notation for notation, short in NOTATIONS.items()},
        "未估算": NOT_ESTIMATED,
        "不发生": NOT_OCCURRING,
        "未发生": NOT_OCCURRING,
        "别处计入": INCLUDED_ELSEWHERE,
        "他处计入": INCLUDED_ELSEWHERE,
        "保密": CONFIDENTIAL,
    }
)


def notation_in(text: str) -> str:
    """Return the reason that a cell names in place of a number, or nothing.

    >>> notation_in(" ＮＥ "), notation_in("别处计入"), notation_in("12")
    ('not_estimated', 'included_elsewhere', '')
    """
    # Most cells are numbers, and no such word begins with a digit.
    return "" if text[:1] in "0123456789" else _word(text)


@lru_cache(maxsize=4_096)
def _word(text: str) -> str:
    return _WORDS.get(unicodedata.normalize("NFKC", text).strip().lower(), "")
