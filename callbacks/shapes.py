"""The kinds of values that requests may carry: one small vocabulary for callbacks and routes.

A bound here keeps out what no page of ours sends. What a person mistypes passes, and the use case
tells it on screen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

# PostgreSQL's bigint: a larger whole number names nothing that is there.
LARGEST = 2**63 - 1
LARGEST_COUNT = 2**31 - 1
NUL_WRITTEN = rb"\u0000"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value by the name it is told under; `many` may be given more than once."""

    name: str
    fits: Callable[[Any], bool]
    many: bool = False


def text(name: str, longest: int, *, many: bool = False) -> Kind:
    """Return the kind of texts of at most so many characters."""
    return Kind(name, lambda value: value is None or is_text(value, longest), many)


def is_text(value: object, longest: int) -> bool:
    """Return whether a value is a text that a database can keep."""
    return (
        isinstance(value, str)
        and len(value) <= longest
        and "\x00" not in value
        and (value.isascii() or _is_whole(value))
    )


def is_number(value: object) -> bool:
    """Return whether a value is a number that is one: no truth value, no NaN, no endless one."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return abs(value) <= LARGEST
    return isinstance(value, float) and math.isfinite(value)


def _is_whole(value: str) -> bool:
    # Half of a pair of UTF-16 signs can stand in JSON, but nowhere else.
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_count(value: object) -> bool:
    return value is None or (is_number(value) and isinstance(value, int) and value >= 0)


def _is_numeral(value: object) -> bool:
    return value is None or is_number(value) or is_text(value, 40)


def _is_entry(value: object) -> bool:
    return value is None or is_number(value) or is_text(value, 2_000)


def _is_path(value: object) -> bool:
    return value is None or (is_text(value, 4_096) and str(value).startswith("/"))


def _is_query(value: object) -> bool:
    return (
        isinstance(value, dict)
        and len(value) <= 50
        and all(is_text(name, 100) and is_text(told, 4_096) for name, told in value.items())
    )


def _is_data(value: object) -> bool:
    """Return whether a value is JSON of bounded depth whose texts a database can keep."""
    try:
        # Walking 4,000 cells in Python takes 70 times as long.
        written = orjson.dumps(value)
    except TypeError:  # nested too deep, a whole number too large, or half a sign
        return False
    return NUL_WRITTEN not in written or not _has_nul(value)


def _is_record(value: object) -> bool:
    return isinstance(value, dict) and _is_data(value)


def _has_nul(value: object) -> bool:
    # The sign as such, not the six characters that stand for it.
    pending = [value]
    while pending:
        found = pending.pop()
        if isinstance(found, dict):
            pending += [*found, *found.values()]
        elif isinstance(found, list):
            pending += found
        elif isinstance(found, str) and "\x00" in found:
            return True
    return False


def record(name: str, **fields: Kind) -> Kind:
    """Return the kind of records that hold each of these fields, of its kind, among others."""

    def fits(value: object) -> bool:
        return (
            isinstance(value, dict)
            and all(field in value and kind.fits(value[field]) for field, kind in fields.items())
            and _is_data(value)
        )

    return Kind(name, fits)


def _whole(name: str, least: int, largest: int) -> Kind:
    def fits(value: object) -> bool:
        return type(value) is int and least <= value <= largest

    return Kind(name, fits)


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _is_checked(value: object) -> bool:
    """Return whether each row to be checked has its key and its line."""
    if not isinstance(value, dict) or not _is_rows(value.get("rows")):
        return False
    keys, lines = value.get("ids"), value.get("lines")
    if not isinstance(keys, list) or not isinstance(lines, list):
        return False
    return len(keys) == len(lines) == len(value["rows"]) and all(map(is_number, lines))


def _is_chosen(value: object) -> bool:
    """Return whether a value is what somebody ticked of a list: a few words."""
    return value is None or (
        isinstance(value, list) and len(value) <= 100 and all(is_text(one, 200) for one in value)
    )


def _is_click(value: object) -> bool:
    """Return whether a click names the points of a chart, or nothing was clicked."""
    if value is None:
        return True
    points = value.get("points") if isinstance(value, dict) else None
    return isinstance(points, list) and bool(points) and all(map(_is_point, points))


def _is_point(value: object) -> bool:
    if not isinstance(value, dict) or not _is_data(value):
        return False
    given = value.get("customdata")
    named = given is None or (isinstance(given, list) and all(is_text(g, 200) for g in given))
    return named and _is_numeral(value.get("x"))


COUNT = Kind("count", _is_count)
NUMBER = Kind("number", _is_numeral)
ENTRY = Kind("entry", _is_entry)
QUERY = Kind("query", _is_query)
DATA, RECORD = Kind("data", _is_data), Kind("record", _is_record)
ID, YEAR = _whole("id", 1, LARGEST), _whole("year", 0, 9_999)
SERIAL, REVISION = _whole("serial", 0, LARGEST), _whole("revision", 0, LARGEST_COUNT)
ROWS, CLICK = Kind("rows", _is_rows), Kind("click", _is_click)
PATH = Kind("path", _is_path)
CODE = Kind("code", lambda value: is_text(value, 200))
DAY, WORD, NOTE = text("day", 40), text("word", 200), text("note", 20_000)
WORDS = text("words", 200, many=True)
# A column of codes of five thousand organizations.
CODES = text("codes", 100_000)
NAME, SECRET = text("name", 1_000), text("secret", 1_024)
# gunicorn takes no longer line of a request.
ADDRESS, SIGNATURE = text("address", 4_096), text("signature", 20_000)

# What the grid's script sends names its organization and year (assets/js/entry/4_sync.js).
ENTRY_YEAR = {"organization": ID, "year": YEAR}
CHECK = record("check", **ENTRY_YEAR, serial=SERIAL, rows=ROWS)

# What a property of a component carries, and what one of an id that ends so carries instead.
OF_PROPERTY: Mapping[str, Kind] = {
    "n_clicks": COUNT,
    "n_intervals": COUNT,
    "id": NAME,
    "pathname": PATH,
    "search": ADDRESS,
    "data": DATA,
    "clickData": CLICK,
    "value": ENTRY,
}
OF_ENDING: Mapping[tuple[str, str], Kind] = {
    ("data", "query"): QUERY,
    ("data", "submission"): WORD,
    ("value", "events"): Kind("chosen", _is_chosen),
    ("data", "check"): Kind("check", lambda value: CHECK.fits(value) and _is_checked(value)),
    ("data", "save"): record("save", **ENTRY_YEAR, serial=SERIAL, revision=REVISION, rows=ROWS),
    ("data", "submit"): record("submit", **ENTRY_YEAR, revision=REVISION),
    ("data", "version"): record("version", **ENTRY_YEAR, revision=REVISION),
    ("data", "method"): record("method", **ENTRY_YEAR, revision=REVISION, method=CODE),
    ("data", "asked"): record("asked", region=CODE, year=CODE, edition=CODE),
    ("data", "shown"): RECORD,
    ("data", "seen"): WORD,
    ("value", "note"): NOTE,
    ("value", "comment"): NOTE,
    ("value", "reason"): NOTE,
    ("value", "instruction"): NOTE,
    ("value", "codes"): CODES,
    **dict.fromkeys((("value", end) for end in ("on", "first", "last", "from", "to")), DAY),
    **dict.fromkeys(
        (("value", end) for end in ("year", "interval", "supplied", "generated")), NUMBER
    ),
}
# Where two components whose ids end alike carry different records.
OF_ID: Mapping[tuple[str, str], Kind] = {
    ("data", "collection-manual-correct-year"): record("year", **ENTRY_YEAR),
    ("data", "government-accounting-shown"): record(
        "shown", region=CODE, year=NUMBER, edition=CODE, standing=CODE
    ),
    ("data", "collection-import-shown"): record(
        "shown", organization=ID, year=YEAR, sha256=WORD, revisions=DATA
    ),
    ("data", "collection-telemetry-shown"): record(
        "shown", chosen=record("chosen", organization=ID)
    ),
}


def kind_of(code: str, name: str) -> Kind | None:
    """Return the kind of a property of a component, or None where the vocabulary has none."""
    return (
        OF_ID.get((name, code))
        or OF_ENDING.get((name, code.rpartition("-")[2]))
        or OF_PROPERTY.get(name)
    )
