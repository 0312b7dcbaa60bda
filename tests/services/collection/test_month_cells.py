"""The month of a row as typed: what is meant, what is refused, and what stands twice."""

from datetime import date

import pytest

from services.collection.checking import Rules, problems_of
from services.collection.month_cells import month_in
from services.collection.rows import parse_rows
from services.collection.unusual import last_year, unusual
from services.data.submissions import StoredRow
from services.i18n.texts import LANGUAGES, use_language
from services.standards.catalog import load_catalog
from services.standards.months import months_ended

CATALOG = load_catalog()
METHOD = "GB/T 32151.8-2015"
RULES = Rules(METHOD, 2023, "320000")


def diesel(month="", tonnes="10"):
    return {"source": "fuel", "item": "diesel", "month": month, "FC": tonnes}


@pytest.mark.parametrize(
    ("typed", "month"),
    [
        ("3", 3), ("03", 3), ("３月", 3), (" 3 月份 ", 3), ("三月", 3), ("十二月", 12),
        ("Mar", 3), ("march", 3), ("Sep.", 9),
        ("2023-03", "2023-03"), ("２０２３年３月", "2023-03"), ("2023/3", "2023-03"),
        ("2023-03-01 00:00:00", "2023-03"), ("2022-03", "2022-03"),
        ("", None), ("—", None), ("全年", None),
        ("13", 13), ("0", 0), ("春", "春"), ("1²", "1²"), ("3.5", "3.5"),
        ("2023-03-15", "2023-03-15"),
    ],
)  # fmt: skip
def test_a_month_is_read_as_it_is_meant_or_left_to_be_refused(typed, month):
    assert month_in(typed) == month


def test_the_month_goes_into_the_record_and_stays_as_typed():
    parsed = parse_rows(CATALOG.describe(METHOD), [diesel("３月"), diesel(), diesel("4", "NO")])
    assert [record.get("month") for record in parsed.records] == [3, None, 4]
    assert parsed.records[2]["missing"] == "not_occurring"
    assert parsed.stored[0] == StoredRow("fuel", "diesel", {"FC": "10", "month": "３月"}, "")
    assert "month" not in parsed.stored[1].cells


@pytest.mark.parametrize(
    ("typed", "key"),
    [("13", "bad_month"), ("春", "bad_month"), ("2022-12", "month_outside")],
)
def test_what_is_no_month_of_the_year_is_told_at_its_cell_as_typed(typed, key):
    (problem,) = problems_of(CATALOG, RULES, [diesel("1"), diesel(typed)])
    assert (problem.record, problem.field, problem.severity) == (1, "month", "error")
    assert problem.error.text_key == key
    for language in LANGUAGES:
        with use_language(language):
            told = problem.error.explain()
        assert typed in told.what
        assert told.why
        assert told.do


def told(rows):
    return [(p.record, p.field, p.error.text_key, p.error.values["row"]) for p in unusual(rows, {})]


def test_twelve_months_of_a_fuel_are_no_duplicates_and_two_of_one_month_are():
    rows = [diesel(str(month)) for month in range(1, 13)]
    assert told(rows) == []
    assert told([*rows, diesel("2023-05")]) == [(12, "item", "duplicate_row", 5)]


@pytest.mark.parametrize("place", [0, 2])
def test_a_row_of_the_year_beside_months_is_warned_of_once(place):
    rows = [diesel("1"), diesel("2")]
    rows.insert(place, diesel())
    first_month = 2 if place == 0 else 1
    assert told(rows) == [(place, "month", "month_beside_year", first_month)]
    other = diesel() | {"item": "gasoline"}
    assert told([diesel("1"), other]) == []


def test_a_month_is_compared_with_the_same_month_of_last_year():
    before = last_year([StoredRow("fuel", "diesel", {"FC": "10", "month": "3月"}, "")])
    (problem,) = unusual([diesel("3", "60"), diesel("4", "60"), diesel("", "60")], before)[:1]
    assert (problem.record, problem.error.text_key) == (0, "unusual_change")
    assert [p.record for p in unusual([diesel("4", "60")], before)] == []


def test_a_month_that_is_over_and_not_entered_is_warned_of_once_for_each_fuel():
    rows = [diesel("2"), diesel("1"), diesel("2") | {"item": "gasoline"}, diesel(), {"item": "x"}]
    ended = months_ended(2024, date(2024, 5, 1))
    assert ended == [1, 2, 3, 4]
    found = unusual(rows[:3], {}, ended)
    lacking = [(p.record, p.severity, p.error.values["value"]) for p in found]
    assert lacking == [(0, "warning", "fuel/diesel"), (2, "warning", "fuel/gasoline")]
    for language, months in (("zh-CN", "3月、4月"), ("en", "Mar, Apr")):
        with use_language(language):
            assert months in unusual(rows[:2], {}, ended)[0].error.explain().what
    # A row of the year holds the rest, and what is entered as a year lacks no month.
    assert [p.error.text_key for p in unusual(rows[3:], {}, ended)] == []
    beside = [problem.error.text_key for problem in unusual(rows[:4], {}, ended)]
    assert beside == ["month_beside_year", "months_lacking"]
