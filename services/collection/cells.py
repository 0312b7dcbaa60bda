"""What a person typed into a cell, read as a number or refused with a reason (4.2 a)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from services.errors import Explanation, PlatformError
from services.i18n.texts import t

# Full-width forms, and signs that look alike to a person. Not Unicode's own folding (NFKC):
# it would read 10² as 102 and ① as 1.
_SAME = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord("−"): "-",
    ord("–"): "-",
    ord("﹣"): "-",
    ord("。"): ".",
    ord("｡"): ".",
}
_SPACES = re.compile(r"[\s\u200b\u2060\ufeff]+")
_MISSING = frozenset({"", "-", "--", "—", "——", "/", "n/a", "na", "null", "无", "缺"})
_SIMPLE = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?")
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?")
_BRACKETED = re.compile(r"\((.*)\)")
_SPACE_GROUPED = re.compile(r"[+-]?[0-9]{1,3}( [0-9]{3})+(\.[0-9]+)?")
_LONGEST = 64
# The record of a problem that no row has: the method does not fit the year.
WHOLE_ENTRY = -1


class CellError(PlatformError):
    """The text of a cell cannot be read as one number; `reason` says why."""

    text_key = "cell"

    def __init__(self, value: str, reason: str) -> None:
        super().__init__("", value=value, reason=reason)
        self.reason = reason

    def explain(self) -> Explanation:
        """Return the explanation with the reason why this text cannot be read."""
        told = super().explain()
        return replace(told, why=t(f"cell.{self.reason}"))

    def __eq__(self, other: object) -> bool:
        """Two refusals are equal when they refuse the same text for the same reason."""
        return isinstance(other, CellError) and self.values == other.values

    def __hash__(self) -> int:
        """Return a hash that agrees with equality."""
        return hash((self.values["value"], self.reason))


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong (`error`) or unusual (`warning`) in one cell of a row.

    `field` is source, item or a symbol; `record` is the position of the row, from 0, or
    WHOLE_ENTRY.
    """

    record: int
    field: str
    severity: str
    error: PlatformError


def parse_cell(text: str) -> float | CellError | None:
    """Return the number in a cell, None when it is left empty, or the reason for refusing it.

    Full-width signs, thousands separators, spaces, per cent and brackets for negative numbers
    are understood; whatever two people could read in two ways is refused.

    >>> parse_cell("１，２３４．５")
    1234.5
    >>> parse_cell("1,23").reason
    'ambiguous_comma'
    """
    if _SIMPLE.fullmatch(text):
        return float(text)
    typed = plain(text)
    if typed.lower() in _MISSING:
        return None
    if len(typed) > _LONGEST:
        return CellError(text, "too_long")
    number = _signed(typed)
    if number is None:
        return CellError(text, _reason(typed))
    if not math.isfinite(number):
        return CellError(text, "not_finite")
    return number


def is_missing(text: str) -> bool:
    """Return whether a cell is empty or holds a sign that means "no value"."""
    # Most cells are numbers, and no such sign begins with a digit.
    if text and text[0] in "0123456789":
        return False
    return plain(text).lower() in _MISSING


def plain(text: str) -> str:
    """Return a text with full-width and look-alike signs as the plain ones, spaces as one."""
    # Most cells are plain already, and a file has very many.
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return _SPACES.sub(" ", text.translate(_SAME)).strip()


def _signed(typed: str) -> float | None:
    bracketed = _BRACKETED.fullmatch(typed)
    if bracketed:
        # Accountants write (5) for -5; a sign inside would make it doubtful.
        inner = _percent(bracketed[1].strip())
        return None if inner is None or bracketed[1].strip()[0] in "+-" else -inner
    return _percent(typed)


def _percent(typed: str) -> float | None:
    if typed.endswith("%"):
        number = _number(typed[:-1].rstrip())
        return None if number is None else number / 100
    return _number(typed)


def _number(typed: str) -> float | None:
    unspaced = re.sub(r"^([+-]) ", r"\1", typed)
    if _SPACE_GROUPED.fullmatch(unspaced):
        unspaced = unspaced.replace(" ", "")
    if _GROUPED.fullmatch(unspaced):
        unspaced = unspaced.replace(",", "")
    lowered = unspaced.lower()
    if not (lowered.isascii() and _NUMBER.fullmatch(lowered)):
        return None
    return float(lowered)


def _reason(typed: str) -> str:
    lowered = typed.lower().lstrip("+-")
    if lowered.rstrip(".") in ("nan", "inf", "infinity", "#num!", "#div/0!", "#value!", "#n/a"):
        return "not_finite"
    if re.fullmatch(r"[+-]?[0-9,. ]*%?", typed):
        return _ambiguous(typed)
    if re.match(r"[+-]?[0-9.,]+ ?[^0-9\s]", typed):
        return "unit_in_cell"
    return "not_a_number"


def _ambiguous(typed: str) -> str:
    if "," in typed:
        return "ambiguous_comma"
    return "ambiguous_space" if " " in typed else "ambiguous_point"
