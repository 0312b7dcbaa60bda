"""The report's model holds the run, in either language."""

from dataclasses import replace

import pytest

from services.accounting.bands import Certainty
from services.data.evidence_files import Attachment
from services.i18n.texts import t, use_language
from services.reports.model import CalculationBlock, FormulaBlock, Quantity, cell_text
from services.standards.results import Notice
from tests.services.reports import samples
from tests.services.reports.printing import report

LANGUAGES = ("zh-CN", "en")


def values_of(table):
    return [c.value for row in table.rows for c in row.cells if isinstance(c, Quantity)]


def values_of_row(row):
    return [c.value for c in row.cells if isinstance(c, Quantity)]


def texts_of(found):
    return [p for block in found.blocks() for p in getattr(block, "paragraphs", ())]


def words(language, total):
    with use_language(language):
        return t(f"report.total.{total}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_totals_are_those_of_the_run(language):
    totals = report(language).table("totals")
    assert values_of(totals) == [2758.8, 0.0, 2758.8, 400.0, 3158.8]


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_hold_the_same_numbers(language):
    found, chinese = report(language), report("zh-CN")
    for table, other in zip(found.tables(), chinese.tables(), strict=True):
        assert values_of(table) == values_of(other)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_input_of_every_line_is_in_the_workbook_table(language):
    rows = report(language).table("inputs").rows
    wanted = [v.value for line in samples.LINES for v in line.inputs.values()]
    assert [row.cells[6].value for row in rows] == wanted


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_total_tells_its_half_width_completeness_and_estimated_share(language):
    rows = report(language).table("certainty").rows
    found = {row.cells[0]: values_of_row(row)[1:] for row in rows}
    # (3316.8 - 3000.8) / 2 = 158 of 3158.8; the whole as stored with the run.
    assert found[words(language, "total")] == [
        pytest.approx(158.0),
        pytest.approx(158 / 3158.8),
        0.8,
        0.25,
    ]
    # Two of three direct records have a number, and no line rests on an estimate.
    assert found[words(language, "direct")][2:] == [pytest.approx(2 / 3), 0.0]
    assert found[words(language, "indirect")] == [50.0, 0.125, 1.0, 0.0]


def test_a_run_from_before_the_question_is_judged_by_its_lines():
    estimated = samples.electricity_line(mwh=200.0)
    guess = replace(estimated.inputs["MWh"], origin="estimated")
    lines = (samples.fuel_line(), replace(estimated, inputs={**estimated.inputs, "MWh": guess}))
    old = samples.result(lines=lines, missing=(), completeness=1.0, estimated_share=None)
    closing = report("en", result=old).table("certainty").rows[-1]
    assert values_of_row(closing)[3:] == [1.0, pytest.approx(100 / 2278)]


@pytest.mark.parametrize(("language", "why"), [("zh-CN", "NE 未估算"), ("en", "NE Not estimated")])
def test_a_row_without_a_number_says_why(language, why):
    (row,) = report(language).table("missing").rows
    assert [row.cells[0], *row.cells[2:]] == ["5", why, "叉车没有台账"]


def test_a_year_without_gaps_says_so_and_has_no_table_of_them():
    whole = report("en", result=samples.result(missing=(), completeness=1.0))
    assert "missing" not in [table.key for table in whole.tables()]
    assert any("there is no gap" in text for text in texts_of(whole))


def test_what_the_uncertainty_comes_from_names_half_width_and_who_says_so():
    first, second = report("en").table("contributions").rows
    assert first.cells[0] == "CC carbon content · Fuel combustion · Bituminous coal"
    assert first.cells[3] == "IPCC 2006 vol. 2 table 2.13"
    assert values_of_row(first) == [0.07, 0.75]
    assert second.cells[3] == "Entered"


def test_without_bands_the_report_says_why_and_shows_dashes():
    found = report("en", certainty=Certainty(None, "The method has changed."))
    assert "The method has changed." in texts_of(found)
    closing = found.table("certainty").rows[-1]
    assert closing.cells[2:4] == ("—", "—")
    assert "bands" not in [table.key for table in found.tables()]


def test_sections_are_numbered_in_the_manner_of_the_language():
    assert report("zh-CN").sections[0].title == "一、排放量汇总"
    assert report("en").sections[0].title == "1. Summary of emissions"


def test_tables_and_figures_are_numbered_through():
    captions = [b.caption for b in report("en").blocks() if hasattr(b, "caption")]
    assert captions[0].startswith("Table 1. ")
    assert captions[1].startswith("Figure 1. ")
    assert captions[-1].startswith("Table 11. ")


def test_the_cover_tells_who_approved_which_run():
    facts = dict(report("en").cover.facts)
    assert facts["Decided by"] == "李审核, 2024-03-30 16:00"
    assert facts["Accounting run"] == str(samples.RUN_ID)
    assert facts["Hash of the inputs"] == "9f" * 32
    assert facts["Method"].startswith("GB/T 32151.8-2015 ")


def test_a_sample_and_a_report_before_approval_are_marked():
    assert report().mark == "示例"
    waiting = samples.result(filed=samples.filing("submitted"))
    assert report(result=waiting).mark == "示例 · 未经审核"
    real = samples.result(subject=samples.subject(is_sample=False))
    assert report(result=real).mark == ""


def test_what_was_typed_stands_beside_what_was_understood():
    row = report("en").table("activity").rows[0]
    assert [cell_text(c) for c in row.cells] == [
        "1",
        "Fuel combustion · Bituminous coal",
        "FC: amount burned",
        "１,000",
        "1,000",
        "t",
        "measured",
    ]


def test_a_cell_that_no_formula_used_is_shown_as_entered_with_a_dash():
    rows = (samples.ActivityRow(0, "fuel", "", {"XX": "7"}, ""),)
    row = report("en", result=samples.result(activity=rows)).table("activity").rows[0]
    assert [cell_text(c) for c in row.cells][3:] == ["7", "—", "—", "—"]


def test_a_factor_used_by_several_rows_is_listed_once():
    lines = (samples.fuel_line(0), samples.fuel_line(1))
    rows = report("en", result=samples.result(lines=lines)).table("factors").rows
    assert [row.cells[0] for row in rows] == ["1, 2"] * 4


def test_factors_carry_document_and_mark():
    rows = report("en").table("factors").rows
    found = next(r for r in rows if r.cells[2] == "CC")
    assert found.cells[5:] == ("default", "表 C.1（GB/T 32151.8-2015）", "copy")


def test_defaults_are_listed_and_measured_values_are_not():
    rows = report("en").table("defaults").rows
    assert [(r.cells[0], r.cells[2]) for r in rows] == [("1", "CC"), ("1", "OF")]


def test_a_line_shows_its_formula_with_the_numbers_put_in():
    first = next(b for b in report("en").blocks() if isinstance(b, CalculationBlock))
    assert first.numbers_text == "1,000 × 20 × 0.03 × 0.99 × (1 − 0) × 44/12"
    assert first.result == "CO₂ = 2,178.00 t"
    assert "CC, OF" in first.remarks[0]


def test_each_source_has_its_formula_once():
    found = [b.heading for b in report("en").blocks() if isinstance(b, FormulaBlock)]
    assert found == [
        "Fuel combustion",
        "Clinker production",
        "Purchased electricity",
        "Electricity sold",
    ]


def test_a_warning_of_the_whole_run_is_among_the_remarks():
    values = {"method": samples.METHOD, "valid_from": "2016-06-01", "valid_to": "2024-06-30"}
    warned = samples.result(warnings=(Notice("method_partly_valid", values),))
    texts = [p for b in report("en", result=warned).blocks() for p in getattr(b, "paragraphs", ())]
    assert any("2024-06-30" in text for text in texts)


def test_evidence_files_stand_with_their_row_and_hash_and_not_among_the_cells():
    sha256 = "ab" * 32
    (row, *_) = samples.ACTIVITY
    named = replace(row, cells={**row.cells, "files": f"{sha256} {'cd' * 32}"})
    file = Attachment(
        1, 2023, sha256, "发票.pdf", "pdf", 9, "王填报", samples.summary().computed_at
    )
    result = replace(samples.result(activity=(named,)), files={sha256: file})
    found = report("en", result=result)
    texts = texts_of(found)
    assert f"Row 1: 发票.pdf, SHA-256 {sha256}" in texts
    assert not any("cdcd" in text for text in texts)
    assert [cell_text(r.cells[3]) for r in found.table("activity").rows] == ["１,000", "20"]


def test_a_run_of_nothing_has_dashes_for_shares():
    empty = samples.result(lines=(), activity=(), total_t=0.0, direct_t=0.0, indirect_t=0.0)
    closing = report("en", result=empty).table("sources").rows[-1]
    assert [cell_text(c) for c in closing.cells] == ["Total with indirect", "", "0.00", "—"]


def test_a_formula_that_is_no_arithmetic_is_shown_as_it_is():
    odd = samples.line(0, ("fuel", ""), "see annex <A>", {}, 1.0)
    block = next(
        b
        for b in report("en", result=samples.result(lines=(odd,))).blocks()
        if isinstance(b, CalculationBlock)
    )
    assert block.formula_text == "see annex <A>"


def test_the_file_is_named_after_organization_and_year():
    odd = samples.result(subject=samples.subject(name="甲/乙\\丙:丁 ？有限公司"))
    assert report(result=odd).file_stem == "甲_乙_丙_丁_？有限公司_2023_温室气体排放报告"
