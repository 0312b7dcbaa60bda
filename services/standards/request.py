"""The order for a calculation, as `shuangtan calculate` and the use cases give it."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.clock import today
from services.errors import PlatformError
from services.standards.problems import (
    BadDateError,
    BadPeriodError,
    BadYearError,
    MissingFieldError,
    NoRecordsError,
    UnknownFieldError,
    WrongTypeError,
    shown,
)

REQUIRED = ("method", "year", "region", "records")
OPTIONAL = ("known_on", "purpose", "period", "comparison", "gwp_set", "heat_power")
PURPOSES = ("voluntary", "ets")
PERIOD_KEYS = (("from", "to"), ("start", "end"), ("first", "last"))
_MONTH_OR_YEAR = re.compile(r"(\d{4})(?:-(\d{2}))?")

Record = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class CalculationRequest:
    """What to compute; `records` stay as they were given, `period` defaults to the year.

    A calculation for comparison may lie before the method's first day; its result says so.
    `gwp_set` takes other warming potentials than the method's own, for a restatement.
    `heat_power` is what a power plant that supplies heat splits its total by, as it was given.
    """

    method: str
    year: int
    region: str
    records: Sequence[Record]
    known_on: date
    purpose: str = PURPOSES[0]
    period: tuple[date, date] | None = None
    is_comparison: bool = False
    gwp_set: str = ""
    heat_power: object = None


def parse_request(document: object) -> CalculationRequest:
    """Return the request a JSON document holds, or raise naming the field."""
    fields = _fields(document)
    records = fields["records"]
    if not isinstance(records, list):
        raise _wrong("records", records, "列表", "a list")
    if not records:
        raise NoRecordsError("records")
    return CalculationRequest(
        method=_text(fields, "method"),
        year=_year(fields["year"]),
        region=_text(fields, "region"),
        records=records,
        known_on=_known_on(fields.get("known_on")),
        purpose=_text(fields, "purpose") if fields.get("purpose") is not None else PURPOSES[0],
        period=_period(fields.get("period")),
        is_comparison=_flag(fields, "comparison"),
        gwp_set=_text(fields, "gwp_set") if fields.get("gwp_set") is not None else "",
        heat_power=fields.get("heat_power"),
    )


def _fields(document: object) -> Mapping[str, object]:
    if not isinstance(document, Mapping):
        raise _wrong("$", document, "对象", "an object")
    for name in document:
        if name not in (*REQUIRED, *OPTIONAL):
            known = ", ".join((*REQUIRED, *OPTIONAL))
            raise UnknownFieldError(shown(name), value=shown(name), known=known)
    for name in REQUIRED:
        if document.get(name) is None:
            raise MissingFieldError(name, value=name)
    return document


def _wrong(where: str, value: object, expected_zh: str, expected_en: str) -> PlatformError:
    words = {"expected_zh": expected_zh, "expected_en": expected_en}
    return WrongTypeError(where, value=shown(value), **words)


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields[name]
    if not isinstance(value, str):
        raise _wrong(name, value, "文字", "text")
    return value


def _flag(fields: Mapping[str, object], name: str) -> bool:
    value = fields.get(name)
    if value is not None and not isinstance(value, bool):
        raise _wrong(name, value, "true 或 false", "true or false")
    return bool(value)


def _year(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadYearError("year", value=shown(value))
    return value


def _known_on(value: object) -> date:
    return today() if value is None else _day(value, "known_on")


def _day(value: object, where: str) -> date:
    # date.fromisoformat also takes 20240331 and 2024-W13-7; one way to write a day is enough.
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:
        raise BadDateError(where, value=shown(value))
    return day


def _period(value: object) -> tuple[date, date] | None:
    """Return first and last day of a month, a year, "a/b", [a, b] or {"from": a, "to": b}."""
    if value is None:
        return None
    whole = _month_or_year(value)
    if whole:
        return whole
    ends: object = value.split("/") if isinstance(value, str) else value
    if isinstance(value, Mapping):
        ends = next(([value[a], value[b]] for a, b in PERIOD_KEYS if set(value) == {a, b}), None)
    if not isinstance(ends, list) or len(ends) != 2:
        raise BadPeriodError("period", value=shown(value))
    first, last = (_day(end, f"period[{index}]") for index, end in enumerate(ends))
    return first, last


def _month_or_year(value: object) -> tuple[date, date] | None:
    match = _MONTH_OR_YEAR.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    year, month = int(match[1]), int(match[2] or 0)
    if not (date.min.year <= year and month <= 12) or match[2] == "00":
        raise BadPeriodError("period", value=shown(value))
    first, last = (month, month) if month else (1, 12)
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])
