"""Records of months: each line keeps its month, the parts make the total, unknown is not zero."""

import json
import math
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.standards.calculate import parse_request
from services.standards.missing import quality_of
from services.standards.months import AnnualRecordError, BadMonthError, MonthOutsideError
from services.standards.totals import parts_by_month
from tests.services.standards.asking import KNOWN_ON, REGION, record, result

OIL = "GB/T 32151.10-2015"
STOCKS = {"opening": 1, "purchased": 100, "closing": 2}
few = settings(max_examples=60, deadline=None)
amounts = st.floats(min_value=0, max_value=1e9, allow_subnormal=False)


def coal(tonnes, month=None):
    """A record of coal that gives 44/12 t CO2 a tonne."""
    of_month = {} if month is None else {"month": month}
    return record("fuel", "bituminous", FC=tonnes, NCV=20, CC=0.05, OF=1) | of_month


def power(megawatt_hours, month=None):
    of_month = {} if month is None else {"month": month}
    return record("el_buy", MWh=megawatt_hours, EF=0.5) | of_month


def test_each_month_has_its_part_and_the_year_the_rest():
    found = result(coal(3, 1), coal(6, 1), coal(12, 11), power(8, 11), power(100))
    assert [line.month for line in found.lines] == [1, 1, 11, 11, None]
    # (3 + 6) × 44/12, 12 × 44/12 + 8 × 0.5, 100 × 0.5
    assert found.by_month == pytest.approx({"1": 33.0, "11": 48.0, "year": 50.0})
    assert list(found.by_month) == ["1", "11", "year"]
    told = json.loads(json.dumps(found.as_json()))
    assert told["by_month"] == found.by_month
    assert [line.get("month") for line in told["lines"]] == [1, 1, 11, 11, None]


def test_without_months_nothing_is_said_of_them():
    told = result(coal(3), power(100)).as_json()
    assert "by_month" not in told
    assert "month" not in json.dumps(told)


def test_a_month_without_rows_is_absent_and_one_of_zero_is_there():
    found = result(coal(3, 1), coal(0, 2))
    assert found.by_month == {"1": pytest.approx(11.0), "2": 0.0}


def test_what_is_sold_and_what_is_recovered_is_taken_off_its_month():
    sold = record("el_sell", MWh=10, EF=0.5) | {"month": 4}
    recovered = record("co2_recovery", V=2, purity=1) | {"month": 5}
    found = result(coal(3, 4), sold, recovered, method=OIL)
    assert found.by_month["4"] == pytest.approx(11 - 5)
    assert found.by_month["5"] == -found.deducted_t < 0


def test_what_stands_beside_the_total_is_in_no_month():
    beside = record("el_import", MWh=10, EF=0.5) | {"month": 3}
    found = result(record("fuel", FC=12, NCV=1, CC=1, OF=1), beside, method=REGION)
    assert found.by_month == {"year": found.total_t}


def test_a_month_may_be_written_with_its_year():
    assert result(coal(3, "2023-07")).lines[0].month == 7


@pytest.mark.parametrize("empty", [None, ""])
def test_an_empty_month_is_the_whole_year(empty):
    found = result(coal(3) | {"month": empty})
    assert (found.lines[0].month, found.by_month) == (None, {})


@pytest.mark.parametrize("month", [0, 13, -1, 3.5, True, "3", "三月", "2023-13", "2023-3", [3]])
def test_what_is_no_month_is_refused_at_its_cell(month):
    with pytest.raises(BadMonthError) as told:
        result(coal(3), coal(3, month))
    assert told.value.where == "records[1].month"
    assert told.value.values["value"] == (month if isinstance(month, str) else json.dumps(month))


@pytest.mark.parametrize(
    ("month", "period"),
    [("2022-12", None), (4, "2023-03"), (2, ["2023-03-01", "2023-12-31"])],
)
def test_a_month_outside_the_period_is_refused_with_its_limits(month, period):
    document = {
        "method": OIL, "year": 2023, "region": "320000", "known_on": KNOWN_ON.isoformat(),
        "records": [coal(3, month)], "period": period,
    }  # fmt: skip
    order = parse_request(document)
    with pytest.raises(MonthOutsideError) as told:
        result(*order.records, method=OIL, period=order.period)
    limits = order.period or (date(2023, 1, 1), date(2023, 12, 31))
    assert (told.value.values["first"], told.value.values["last"]) == limits


@pytest.mark.parametrize(
    ("row", "method"),
    [
        ({"source": "feedstock", "inputs": {"in": [{"item": "crude", "Q": 10}]}}, OIL),
        (record("feedstock", "crude", Q=10) | {"direction": "in"}, OIL),
        (record("fuel", "bituminous", NCV=20) | {"balance": STOCKS}, OIL),
        (record("rice", "single", area=1000), REGION),
        (record("forest_gain", "bamboo", area=60), REGION),
    ],
)
def test_what_only_holds_for_a_year_takes_no_month(row, method):
    with pytest.raises(AnnualRecordError) as told:
        result(row | {"month": 3}, method=method)
    assert told.value.values["source"] == row["source"]


def test_a_month_without_a_number_says_so_and_leaves_a_gap():
    lost = {"source": "fuel", "item": "coke", "missing": "not_estimated", "note": "x", "month": 3}
    found = result(coal(3, 1), lost)
    assert found.missing[0].month == 3
    assert found.as_json()["missing"][0]["month"] == 3
    # Coal has January of twelve months; of coke March says why, and eleven say nothing.
    assert found.completeness == 1 / (12 + 12)
    assert "3" not in found.by_month


NOT_USED = {"source": "fuel", "item": "bituminous", "missing": "not_occurring"}


@pytest.mark.parametrize(
    ("rows", "lacking", "completeness"),
    [
        ([coal(3, m) for m in range(1, 11)], {"bituminous": [11, 12]}, 10 / 12),
        # Zero is a number, and what does not occur is said; both say something of their month.
        ([*(coal(3, m) for m in range(1, 11)), coal(0, 11), NOT_USED | {"month": 12}], {}, 1.0),
        # A month without a number is a gap, which is not counted twice.
        ([coal(3, 1), NOT_USED | {"missing": "confidential", "month": 2}],
         {"bituminous": list(range(3, 13))}, 1 / 12),
        # A row of the year beside months holds the rest.
        ([coal(3, 1), coal(6)], {}, 1.0),
        ([coal(3), power(8)], {}, 1.0),
        # What another furnace does not know of the year says nothing of the months of this one.
        ([coal(3, 1), NOT_USED], {"bituminous": list(range(2, 13))}, 1 / 12),
        # Power bought in two months, coal all year: 3 of 13 records.
        ([coal(3), power(8, 1), power(8, 2)], {"": list(range(3, 13))}, 3 / 13),
        # Two furnaces share the months of one fuel.
        ([coal(3, m) for m in (*range(1, 8), *range(6, 13))], {}, 1.0),
    ],
)  # fmt: skip
def test_a_month_that_nothing_is_said_of_is_named_and_is_a_gap(rows, lacking, completeness):
    found = result(*rows)
    assert {each.item: list(each.months) for each in found.missing_months} == lacking
    assert found.completeness == pytest.approx(completeness)
    told = found.as_json().get("missing_months", [])
    assert {each["item"]: each["months"] for each in told} == lacking


def test_only_the_months_of_the_period_are_missed():
    period = (date(2023, 3, 1), date(2023, 5, 31))
    found = result(coal(3, 3), coal(3, 5), period=period)
    assert [each.months for each in found.missing_months] == [(4,)]


def test_a_total_lacks_the_months_of_its_own_scope():
    found = result(coal(3, 1), *(power(8, m) for m in range(1, 13)))
    of = {s: quality_of(found.lines, (), found.period, (s,)) for s in ("direct", "indirect")}
    assert (of["direct"].completeness, of["indirect"].completeness) == (1 / 12, 1.0)


@few
@given(
    months=st.lists(amounts, min_size=12, max_size=12),
    whole=amounts,
    bought=st.lists(amounts, min_size=12, max_size=12),
)
def test_the_year_of_twelve_rows_is_the_sum_of_its_twelve_months(months, whole, bought):
    rows = [(coal(tonnes, m), power(used, m)) for m, (tonnes, used) in _counted(months, bought)]
    year = result(*(row for pair in rows for row in pair), coal(whole))
    alone = [result(*pair, period=_period(m)).total_t for m, pair in enumerate(rows, 1)]
    assert year.total_t == pytest.approx(math.fsum(alone) + result(coal(whole)).total_t, rel=1e-12)
    for month, total_t in enumerate(alone, 1):
        assert year.by_month[str(month)] == pytest.approx(total_t, rel=1e-12, abs=1e-6)
    assert math.fsum(year.by_month.values()) == year.total_t


@few
@given(rows=st.lists(st.tuples(amounts, st.integers(0, 12)), min_size=1, max_size=30))
def test_the_parts_make_the_total_to_the_last_digit(rows):
    sold = record("el_sell", MWh=rows[0][0], EF=0.7) | {"month": 6}
    found = result(*(coal(tonnes / 7, month or None) for tonnes, month in rows), sold)
    assert math.fsum(found.by_month.values()) == found.total_t


def test_more_than_a_rounding_is_put_into_no_month():
    found = result(coal(3, 1), coal(3, 2))
    assert parts_by_month(found.lines, found.total_t + 1e-6) == found.by_month


def _counted(months, bought):
    return enumerate(zip(months, bought, strict=True), 1)


def _period(month):
    last = {2: 28, 4: 30, 6: 30, 9: 30, 11: 30}.get(month, 31)
    return date(2023, month, 1), date(2023, month, last)
