"""The month a record is about: read from the record, and refused where a year is meant."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date

from services.errors import PlatformError
from services.standards.balances import BALANCE
from services.standards.descriptions import LAND_USE
from services.standards.model import Source
from services.standards.problems import shown

MONTH = "month"
LAST_MONTH = 12
# Herds and areas stand all year: twelve months of them would count them twelve times.
SECTORS_OF_YEARS = ("agriculture", LAND_USE)
_OF_YEAR = re.compile(r"([0-9]{4})-([0-9]{2})")

Period = tuple[date, date]


class BadMonthError(PlatformError):
    """The month is neither 1 to 12 nor a month written with its year."""

    text_key = "bad_month"


class MonthOutsideError(PlatformError):
    """The month does not lie in the accounting period."""

    text_key = "month_outside"


class AnnualRecordError(PlatformError):
    """A record that only makes sense for a whole year names a month."""

    text_key = "annual_record"


def read_month(
    raw: Mapping[str, object], source: Source | None, period: Period, where: str
) -> int | None:
    """Return the month of a record, None for the whole year, or raise naming the field.

    Without a source only the month itself is looked at.
    """
    value = raw.get(MONTH)
    if value is None or value == "":
        return None
    year, month = _year_and_month(value, where)
    _check_period(value, (year or period[1].year, month), period, where)
    if source and (source.is_balance or raw.get(BALANCE) or source.sector in SECTORS_OF_YEARS):
        raise AnnualRecordError(where, value=shown(value), source=source.code)
    return month


def days_of_month(year: int, month: int) -> Period:
    """Return the first and last day of a month."""
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def months_ended(year: int, today: date) -> list[int]:
    """Return the months of a year that are over."""
    months = range(1, LAST_MONTH + 1)
    return [month for month in months if days_of_month(year, month)[1] < today]


def days_of(raw: Mapping[str, object], period: Period) -> Period:
    """Return the days that a record is about: its month, or the whole period.

    A month that cannot be read is refused elsewhere, and is here no reason to read on.
    """
    try:
        month = read_month(raw, None, period, MONTH)
    except PlatformError:
        return period
    return period if month is None else days_of_month(period[0].year, month)


def _year_and_month(value: object, where: str) -> tuple[int | None, int]:
    written = _OF_YEAR.fullmatch(value) if isinstance(value, str) else None
    if written:
        year, month = int(written[1]), int(written[2])
    elif isinstance(value, int) and not isinstance(value, bool):
        year, month = None, value
    else:
        raise BadMonthError(where, value=shown(value))
    if not 1 <= month <= LAST_MONTH:
        raise BadMonthError(where, value=shown(value))
    return year, month


def _check_period(value: object, month: tuple[int, int], period: Period, where: str) -> None:
    first, last = period
    if not (first.year, first.month) <= month <= (last.year, last.month):
        raise MonthOutsideError(where, value=shown(value), first=first, last=last)
