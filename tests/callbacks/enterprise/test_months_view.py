"""The months of a result: parts by kind of source, the same numbers as a table, and words."""

from dataclasses import replace

import pytest

from callbacks.enterprise.months_view import months_view
from components.panels.chart import plain_rows
from services.i18n.texts import use_language
from services.reports.material import Material
from services.reports.names import Names
from services.standards.catalog import load_catalog
from services.standards.totals import parts_by_month
from tests.services.reports import samples

# Fuel 2178, clinker 580.8, bought 500, sold −100 t; 3158.8 in all.
WHOLE = samples.result()
NAMES = Names(load_catalog().describe(samples.METHOD))


def material(*months, missing=()):
    dated = zip(WHOLE.lines, months, strict=True)
    lines = tuple(replace(line, month=month) for line, month in dated)
    parts = parts_by_month(lines, WHOLE.summary.total_t)
    summary = replace(WHOLE.summary, by_month=parts, missing=tuple(missing))
    result = replace(WHOLE, lines=lines, summary=summary)
    return Material(result, NAMES, samples.ISSUED_AT)


def test_a_year_without_months_has_no_chart_of_them():
    assert months_view(material(None, None, None, None)) is None


def test_each_kind_has_its_amount_in_each_month_and_what_is_sold_is_taken_off():
    view = months_view(material(1, 1, 3, 3))
    stacks = {stack.colour: stack.values for stack in view.stacks}
    assert list(stacks) == ["fuel-coal", "fuel-electricity", "fuel-process"]
    assert (stacks["fuel-coal"][0], stacks["fuel-process"][0]) == (2178.0, 580.8)
    assert stacks["fuel-electricity"][2] == 400.0
    assert stacks["fuel-coal"][2] is None


def test_the_table_has_every_month_the_year_and_the_total():
    rows = plain_rows(months_view(material(1, None, 3, None)).table)
    assert len(rows) == 12 + 2
    assert rows[0][:2] == ["1月", 2178.0]
    assert rows[1] == ["2月", "无数据", None, None]
    assert rows[12][0] == "全年"
    assert rows[12][1] == pytest.approx(580.8 - 100)
    assert rows[13][1] == 3158.8


@pytest.mark.parametrize(
    ("language", "whole", "empty"),
    [("zh-CN", "15.2%", "2月、4月"), ("en", "15.2%", "Feb, Apr")],
)
def test_words_tell_the_share_of_the_year_and_the_months_without_data(language, whole, empty):
    with use_language(language):
        year, gaps, unsaid = months_view(material(1, None, 3, None)).notes
    # (580.8 − 100) / 3158.8
    assert whole in year
    assert empty in gaps
    # Coal has a row in January alone, bought power in March alone.
    named = {"zh-CN": "1月、3月", "en": "In Jan, Mar "}
    assert unsaid.startswith(named[language])


def test_a_month_that_lacks_a_number_is_called_incomplete():
    lacking = [replace(samples.MISSING[0], month=1), replace(samples.MISSING[0], month=7)]
    *_, partial = months_view(material(1, 1, 3, 3, missing=lacking)).notes
    assert partial.startswith("1月有")
