"""The years that can be entered (4.2 a)."""

from __future__ import annotations

from datetime import date

from services import clock
from services.errors import PlatformError

FIRST_YEAR = 2000


class YearError(PlatformError):
    """The year is not one that can be entered."""

    text_key = "entry_year"


def check_year(year: int, closed_on: date | None = None) -> None:
    """Raise YearError for a year before the first that can be entered, or after this one.

    For an organization that is closed, the year of its last day is the last.
    """
    last = clock.today().year if closed_on is None else min(clock.today().year, closed_on.year)
    if not FIRST_YEAR <= year <= last:
        raise YearError("year", value=year, first=FIRST_YEAR, last=last)
