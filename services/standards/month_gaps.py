"""Months that nothing was entered for, of what is entered by month: unknown is not zero."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

Period = tuple[date, date]


class OfMonth(Protocol):
    """What of a line, or of a record without a number, says which month it is of."""

    @property
    def source(self) -> str:
        """Return the code of the source."""

    @property
    def item(self) -> str:
        """Return the code of the item, empty where there is none."""

    @property
    def emission_scope(self) -> str:
        """Return direct, indirect, deduct, memo or land_use."""

    @property
    def month(self) -> int | None:
        """Return the month from 1 to 12, None for the whole year."""


@dataclass(frozen=True, slots=True)
class MissingMonths:
    """The months of a period that a source and item entered by month says nothing of."""

    source: str
    item: str
    emission_scope: str
    months: tuple[int, ...]

    def as_json(self) -> dict[str, object]:
        """Return the entry as `shuangtan calculate` prints it."""
        return {"source": self.source, "item": self.item, "months": list(self.months)}


def missing_months(
    lines: Iterable[OfMonth], missing: Iterable[OfMonth], period: Period
) -> tuple[MissingMonths, ...]:
    """Return what was entered by month and not for every month of a period, as it was entered.

    A record says something of its month by a number, zero too, or by why it has none. A number of
    the whole year beside months holds what is in none of them, so that its item lacks no month.
    """
    stated: dict[tuple[str, str, str], set[int | None]] = {}
    for each in (*lines, *(record for record in missing if record.month is not None)):
        key = each.source, each.item, each.emission_scope
        stated.setdefault(key, set()).add(each.month)
    every = range(period[0].month, period[1].month + 1)
    return tuple(
        MissingMonths(*key, tuple(month for month in every if month not in months))
        for key, months in stated.items()
        if None not in months and not months.issuperset(every)
    )
