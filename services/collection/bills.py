"""A bill whose period is no calendar month, split over the months it touches (4.2 a).

By days, as if every day took the same; or by what the meter showed at the end of each month, where
somebody read it. The parts add up to the bill exactly: what rounding leaves over goes to the parts
that lost most by it (largest remainder).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise

from services.collection.cells import CellError, parse_cell
from services.errors import Explanation, PlatformError
from services.i18n.texts import t

LEAST_DIGITS, MOST_DAYS = 2, 732
ONE_DAY = timedelta(days=1)


class BillError(PlatformError):
    """A bill cannot be split; `reason` says why."""

    text_key = "bill"

    def __init__(self, where: str, value: object, reason: str, /, **values: object) -> None:
        super().__init__(where, value=value, **values)
        self.reason = reason

    def explain(self) -> Explanation:
        """Return the explanation with the field in words and the reason."""
        where = t(f"bill.fields.{self.where}")
        told = Explanation(where, "", t(f"bill.{self.reason}", **self.values), t("errors.bill.do"))
        return replace(told, what=t("errors.bill.what", where=where, value=self.values["value"]))


@dataclass(frozen=True, slots=True)
class Bill:
    """What was billed from the first to the last day, both included."""

    first: date
    last: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """The days of a bill that lie in one month, and what of its amount is counted there."""

    first: date
    last: date
    amount: Decimal

    @property
    def days(self) -> int:
        """Return how many days they are."""
        return (self.last - self.first).days + 1


def read_bill(first: str, last: str, amount: str) -> Bill:
    """Return a bill from what was typed, or raise BillError with the reason."""
    bill = Bill(_day(first, "first"), _day(last, "last"), Decimal(repr(_number(amount, "amount"))))
    days = (bill.last - bill.first).days + 1
    if days < 1:
        raise BillError("last", last, "order", first=first)
    if days > MOST_DAYS:
        raise BillError("last", last, "long", days=days, most=MOST_DAYS)
    if bill.amount < 0:
        raise BillError("amount", amount, "negative")
    return bill


def read_readings(typed: str) -> tuple[Decimal, ...]:
    """Return the readings of a meter, one after the other, or raise BillError."""
    words = typed.replace("，", " ").replace("；", " ").replace(";", " ").split()
    return tuple(Decimal(repr(_number(word, "readings"))) for word in words)


def by_days(bill: Bill) -> tuple[Share, ...]:
    """Return the bill month by month, every day with the same amount.

    >>> bill = Bill(date(2023, 1, 17), date(2023, 2, 15), Decimal("100"))
    >>> [(share.first.month, share.days, str(share.amount)) for share in by_days(bill)]
    [(1, 15, '50.00'), (2, 15, '50.00')]
    """
    spans = _months(bill)
    return _shared(bill, spans, [Decimal((last - first).days + 1) for first, last in spans])


def by_readings(bill: Bill, readings: Sequence[Decimal]) -> tuple[Share, ...]:
    """Return the bill month by month as the meter ran: at its beginning, each month's end, its end.

    Only the proportions count, so that a factor between meter and bill (CT ratio) needs no name.
    """
    spans = _months(bill)
    if len(readings) != len(spans) + 1:
        raise BillError("readings", len(readings), "count", wanted=len(spans) + 1)
    steps = [later - earlier for earlier, later in pairwise(readings)]
    if min(steps) < 0:
        raise BillError("readings", " ".join(map(str, readings)), "falling")
    if not sum(steps):
        raise BillError("readings", " ".join(map(str, readings)), "standing")
    return _shared(bill, spans, steps)


def _months(bill: Bill) -> list[tuple[date, date]]:
    """Return the first and last day of the bill in each calendar month it touches."""
    spans, first = [], bill.first
    while first <= bill.last:
        after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        spans.append((first, min(after - ONE_DAY, bill.last)))
        first = after
    return spans


def _shared(
    bill: Bill, spans: Sequence[tuple[date, date]], weights: Sequence[Decimal]
) -> tuple[Share, ...]:
    digits = max(LEAST_DIGITS, -int(bill.amount.as_tuple().exponent))
    step, whole = Decimal(1).scaleb(-digits), sum(weights, Decimal())
    exact = [bill.amount * weight / whole for weight in weights]
    parts = [share.quantize(step, ROUND_FLOOR) for share in exact]
    left = int((bill.amount - sum(parts)) / step)
    # Where two lost the same, the earlier month takes it.
    losers = sorted(range(len(parts)), key=lambda at: (parts[at] - exact[at], at))
    for at in losers[:left]:
        parts[at] += step
    return tuple(Share(*span, part) for span, part in zip(spans, parts, strict=True))


def _day(typed: str, where: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise BillError(where, typed[:40], "day") from None


def _number(typed: str, where: str) -> float:
    found = parse_cell(typed)
    if isinstance(found, CellError) or found is None:
        reason = found.reason if found else "empty"
        raise BillError(where, typed[:40], "number", reason=t(f"cell.{reason}") if found else "")
    return found
