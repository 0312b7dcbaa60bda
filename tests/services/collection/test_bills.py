"""Bills that match no calendar month: parts stand where they belong and add up (4.2 a)."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.collection.bills import (
    MOST_DAYS,
    Bill,
    BillError,
    by_days,
    by_readings,
    read_bill,
    read_readings,
)

DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))
AMOUNTS = st.decimals("0", "1e9", places=3) | st.integers(0, 10**12).map(Decimal)


@st.composite
def bills(draw):
    first = draw(DAYS)
    return Bill(first, first + timedelta(days=draw(st.integers(0, 200))), draw(AMOUNTS))


def told(shares):
    return [(f"{share.first:%Y-%m}", share.days, str(share.amount)) for share in shares]


def test_every_day_takes_the_same():
    # 16 of 46 days in January, 28 in February, 2 in March: 460 kWh are 10 a day.
    bill = read_bill("2023-01-16", "2023-03-02", "460")
    wanted = [("2023-01", 16, "160.00"), ("2023-02", 28, "280.00"), ("2023-03", 2, "20.00")]
    assert told(by_days(bill)) == wanted


def test_what_rounding_leaves_goes_to_the_part_that_lost_most():
    # 10 days of 31: 3.2258…, 21 of 31: 6.7741…; rounded down 9.99, and the first lost more.
    bill = read_bill("2023-01-22", "2023-02-21", "10")
    assert told(by_days(bill)) == [("2023-01", 10, "3.23"), ("2023-02", 21, "6.77")]


def test_the_turn_of_a_leap_year_is_one_boundary():
    bill = read_bill("2023-12-31", "2024-02-29", "61")
    wanted = [("2023-12", 1, "1.00"), ("2024-01", 31, "31.00"), ("2024-02", 29, "29.00")]
    assert told(by_days(bill)) == wanted


def test_a_meter_that_was_read_says_how_much_belongs_to_each_month():
    # The meter ran 30 and 70 of 100; the bill counts 40 times as much (CT ratio).
    bill = read_bill("2023-01-16", "2023-02-15", "4,000")
    shares = by_readings(bill, read_readings("1200 1230；1300"))
    assert told(shares) == [("2023-01", 16, "1200.00"), ("2023-02", 15, "2800.00")]


@given(bill=bills())
def test_parts_add_up_to_the_bill_and_cover_its_days_without_a_gap(bill):
    shares = by_days(bill)
    assert sum(share.amount for share in shares) == bill.amount
    assert (shares[0].first, shares[-1].last) == (bill.first, bill.last)
    for earlier, later in pairwise(shares):
        assert later.first - earlier.last == timedelta(days=1)
        assert later.first.day == 1
    days = (bill.last - bill.first).days + 1
    digit = Decimal(1).scaleb(-max(2, -bill.amount.as_tuple().exponent))
    assert all(abs(s.amount - bill.amount * s.days / days) < digit for s in shares)


@given(bill=bills(), steps=st.lists(st.integers(0, 10**6), min_size=8, max_size=8))
def test_parts_by_readings_add_up_too_and_follow_the_meter(bill, steps):
    count = len(by_days(bill))
    readings = [Decimal(sum(steps[:at])) for at in range(count + 1)]
    if not sum(steps[:count]):
        with pytest.raises(BillError):
            by_readings(bill, readings)
        return
    shares = by_readings(bill, readings)
    assert sum(share.amount for share in shares) == bill.amount
    assert all(share.amount == 0 for share, step in zip(shares, steps, strict=False) if not step)


@pytest.mark.parametrize(
    ("typed", "reason", "where"),
    [
        (("2023-02-30", "2023-03-01", "1"), "day", "first"),
        (("2023-01-01", "", "1"), "day", "last"),
        (("2023-03-01", "2023-02-01", "1"), "order", "last"),
        (("2020-01-01", str(date(2020, 1, 1) + timedelta(days=MOST_DAYS)), "1"), "long", "last"),
        (("2023-01-01", "2023-02-01", "-1"), "negative", "amount"),
        (("2023-01-01", "2023-02-01", "1,23"), "number", "amount"),
        (("2023-01-01", "2023-02-01", ""), "number", "amount"),
    ],
)
def test_a_bill_that_cannot_be_read_is_refused_with_its_reason(typed, reason, where):
    with pytest.raises(BillError) as refused:
        read_bill(*typed)
    assert (refused.value.reason, refused.value.where) == (reason, where)
    assert refused.value.explain().why


@pytest.mark.parametrize(
    ("readings", "reason"),
    [("1 2", "count"), ("1 2 3 4", "count"), ("1 3 2", "falling"), ("5 5 5", "standing")],
)
def test_readings_that_do_not_fit_are_refused(readings, reason):
    bill = read_bill("2023-01-16", "2023-02-15", "10")
    with pytest.raises(BillError) as refused:
        by_readings(bill, read_readings(readings))
    assert refused.value.reason == reason
