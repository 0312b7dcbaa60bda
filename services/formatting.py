"""Numbers, masses, shares and dates as people read them, in both languages."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache

from babel import Locale
from babel.dates import format_date, format_datetime, get_month_names
from babel.numbers import format_decimal

from services.clock import SHANGHAI
from services.i18n.texts import language, t

Number = float | int | Decimal

UNKNOWN = "—"
MONTHS = range(1, 13)
SIGNIFICANT_DIGITS = 3

# Unit, its size in tonnes, and the tonnes up to which it leaves one to four digits before the
# point. Chinese counts by ten thousands, English by thousands.
MASS_UNITS: dict[str, tuple[tuple[str, int, float], ...]] = {
    "zh-CN": (("t", 1, 1e4), ("wt", 10**4, 1e8), ("yt", 10**8, math.inf)),
    "en": (("t", 1, 1e4), ("kt", 10**3, 1e7), ("mt", 10**6, 1e10), ("gt", 10**9, math.inf)),
}


def number(value: Number | None, digits: int = 2) -> str:
    """Return the value with separators and exactly so many digits after the point."""
    if not is_known(value):
        return UNKNOWN
    return _grouped(_rounded(_decimal(value), digits), digits)


def significant(value: Number | None, digits: int = SIGNIFICANT_DIGITS) -> str:
    """Return the value rounded to so many significant digits, for tiles and labels."""
    if not is_known(value):
        return UNKNOWN
    rounded, places = _significant(_decimal(value), digits)
    return _grouped(rounded, places)


def exact(value: Number | None) -> str:
    """Return every digit that the value holds, for hover, tables and exports."""
    if not is_known(value):
        return UNKNOWN
    found = _decimal(value)
    exponent = found.normalize().as_tuple().exponent
    return _grouped(found, max(0, -exponent) if isinstance(exponent, int) else 0)


def mass_co2(tonnes: Number | None, substance: str = "CO₂e") -> tuple[str, str]:
    """Return the mass with three significant digits, and its unit (吨, 万吨, 亿吨; t, kt, Mt)."""
    if not is_known(tonnes):
        return UNKNOWN, mass_unit("t", substance)
    # Rounded first: 9,999.6 t is 1.00 万吨, not 10,000 t.
    rounded, _ = _significant(_decimal(tonnes), SIGNIFICANT_DIGITS)
    unit, size = _mass_step(rounded)
    shown, places = _significant(rounded / size, SIGNIFICANT_DIGITS)
    return _grouped(shown, places), mass_unit(unit, substance)


def mass_scale(largest_t: Number | None, substance: str = "CO₂e") -> tuple[float, str]:
    """Return the tonnes in one axis unit and its name, for a chart whose largest value is known."""
    if not is_known(largest_t):
        return 1.0, mass_unit("t", substance)
    unit, size = _mass_step(_decimal(largest_t))
    return float(size), mass_unit(unit, substance)


def mass_unit(unit: str, substance: str = "CO₂e") -> str:
    """Return the name of a mass unit with what it weighs: 万吨 CO₂e."""
    return f"{t(f'formatting.mass.{unit}')} {substance}".strip()


def data_size(size: int) -> str:
    """Return the size of a file, given in bytes, in the unit that fits it."""
    if size < 1_000:
        return f"{size} B"
    scale, unit = (1_000_000, "MB") if size >= 1_000_000 else (1_000, "kB")
    return f"{significant(size / scale)} {unit}"


def percent(share: Number | None, digits: int = 1) -> str:
    """Return a share from 0 to 1 in per cent."""
    if not is_known(share):
        return UNKNOWN
    return number(_decimal(share) * 100, digits) + "%"


def change(growth: Number | None, digits: int = 1) -> str:
    """Return a growth (0.049) with its direction: ▲ 4.9%, ▼ 0.3%, or ▬ 0.0% for none."""
    if not is_known(growth):
        return UNKNOWN
    rounded = _rounded(_decimal(growth) * 100, digits)
    mark = "▬" if rounded == 0 else "▲" if rounded > 0 else "▼"
    return f"{mark} {_grouped(abs(rounded), digits)}%"


def month_text(month: int) -> str:
    """Return the short name of a month: 3月, Mar."""
    return str(get_month_names("abbreviated", "stand-alone", _locale())[month])


def months_text(months: Iterable[int]) -> str:
    """Return months as a list: 3月、4月; Mar, Apr."""
    return t("months.joiner").join(map(month_text, months))


def date_text(day: date | None) -> str:
    """Return a day: 2023年6月30日, 30 June 2023."""
    if day is None:
        return UNKNOWN
    pattern = "y年M月d日" if language() == "zh-CN" else "d MMMM y"
    return str(format_date(day, pattern, locale=_locale()))


def datetime_text(instant: datetime | None) -> str:
    """Return an instant to the minute, in the time of Shanghai."""
    if instant is None:
        return UNKNOWN
    pattern = "y-MM-dd HH:mm"
    return str(format_datetime(instant.astimezone(SHANGHAI), pattern, locale=_locale()))


def time_text(instant: datetime | None) -> str:
    """Return the time of day to the second, in the time of Shanghai."""
    if instant is None:
        return UNKNOWN
    return f"{instant.astimezone(SHANGHAI):%H:%M:%S}"


def is_known(value: Number | None) -> bool:
    """Return whether there is a finite number to show."""
    return value is not None and math.isfinite(value)


def _locale() -> Locale:
    return _parsed("zh_CN" if language() == "zh-CN" else "en")


@cache
def _parsed(code: str) -> Locale:
    # Given by its code, it would be looked up on disk for every number.
    return Locale.parse(code)


def _decimal(value: Number | None) -> Decimal:
    # The shortest text of a float, not its binary expansion: 0.1 is shown as 0.1.
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _rounded(value: Decimal, places: int) -> Decimal:
    # GB/T 8170-2008 rounds a half to the even digit.
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN) + 0


def _significant(value: Decimal, digits: int) -> tuple[Decimal, int]:
    if value == 0:
        return Decimal(0), 0
    places = digits - 1 - value.adjusted()
    rounded = _rounded(value, places)
    if rounded.adjusted() > value.adjusted():  # 9.996 became 10.00, which has a digit too many
        places -= 1
        rounded = _rounded(rounded, places)
    return rounded, max(0, places)


def _mass_step(tonnes: Decimal) -> tuple[str, int]:
    steps = MASS_UNITS[language()]
    return next((unit, size) for unit, size, limit in steps if abs(tonnes) < limit)


def _grouped(value: Decimal, places: int) -> str:
    pattern = "#,##0" + ("." + "0" * places if places else "")
    shown = value if value else Decimal(0)  # no "-0"
    return str(format_decimal(shown, format=pattern, locale=_locale(), decimal_quantization=False))
