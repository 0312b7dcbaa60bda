"""A report of a year with months names them; one of a year without is as it always was."""

from dataclasses import replace

import pytest

from services.reports.model import CalculationBlock, Quantity
from services.standards.totals import parts_by_month
from tests.services.reports import samples
from tests.services.reports.printing import report


def dated():
    """The sample year with its first line, 2178 t, in March; all else is of the whole year."""
    whole = samples.result()
    lines = (replace(whole.lines[0], month=3), *whole.lines[1:])
    parts = parts_by_month(lines, whole.summary.total_t)
    first = replace(whole.activity[0], cells={**whole.activity[0].cells, "month": "３月"})
    return replace(
        whole,
        summary=replace(whole.summary, by_month=parts),
        lines=lines,
        activity=(first, *whole.activity[1:]),
    )


def titles(table):
    return [column.title for column in table.columns]


def amounts(row):
    return [cell.value for cell in row.cells if isinstance(cell, Quantity)]


@pytest.mark.parametrize(
    ("language", "march", "year", "none"),
    [("zh-CN", "3月", "全年", "无数据"), ("en", "Mar", "Whole year", "No data")],
)
def test_months_stand_in_a_table_of_their_own_and_at_each_line(language, march, year, none):
    found = report(language, result=dated())
    rows = {row.cells[0]: row for row in found.table("months").rows}
    assert len(rows) == 12 + 2
    assert amounts(rows[march])[0] == 2178
    # 3158.8 t in all
    assert amounts(rows[year])[0] == pytest.approx(3158.8 - 2178)
    assert sum(none in row.cells for row in rows.values()) == 11
    lines = found.table("lines")
    assert titles(lines)[3] == titles(found.table("months"))[0]
    assert [row.cells[3] for row in lines.rows] == [march, year, year, year]
    headings = [b.heading for b in found.blocks() if isinstance(b, CalculationBlock)]
    assert [march in heading for heading in headings] == [True, False, False, False]
    activity = found.table("activity").rows
    assert {march in row.cells[1] for row in activity if row.cells[0] == "1"} == {True}
    assert not any("３月" in row.cells for row in activity)


def test_a_year_without_months_has_no_word_of_them():
    found = report()
    assert "months" not in {table.key for table in found.tables()}
    assert "月份" not in titles(found.table("lines"))


@pytest.mark.parametrize(
    ("language", "joined"), [("zh-CN", "1月、2月、4月"), ("en", "Jan, Feb, Apr")]
)
def test_what_is_entered_by_month_names_the_months_that_it_lacks(language, joined):
    (row,) = report(language, result=dated()).table("missing_months").rows
    # Fuel is entered for March alone; everything else is of the whole year.
    assert row.cells[1].startswith(joined)
    assert "missing_months" not in [table.key for table in report(language).tables()]
