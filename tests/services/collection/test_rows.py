"""Rows of the grid as records, and what is unusual in them."""

from datetime import UTC, date, datetime

import pytest

from services.collection.check_rules import Limits, SetLimit
from services.collection.checking import Rules, problems_of
from services.collection.rows import parse_rows, symbols_of
from services.collection.unusual import last_year, unusual
from services.data.submissions import StoredRow
from services.standards.catalog import load_catalog

METHOD = "GB/T 32151.8-2015"


@pytest.fixture(scope="module")
def method():
    return load_catalog().describe(METHOD)


def test_a_row_becomes_a_record_with_numbers(method):
    parsed = parse_rows(
        method, [{"source": "fuel", "item": "diesel", "FC": "１，２００", "NCV": ""}]
    )
    assert parsed.records == ({"source": "fuel", "item": "diesel", "inputs": {"FC": 1200.0}},)
    assert parsed.stored == (StoredRow("fuel", "diesel", {"FC": "１，２００"}, ""),)


def test_empty_rows_are_left_out_and_positions_remembered(method):
    rows = [{"source": "", "FC": ""}, {"source": "el_buy", "MWh": "1"}, {}, {"_id": "7"}]
    parsed = parse_rows(method, rows)
    assert parsed.positions == (1,)
    assert parsed.records[0]["inputs"] == {"MWh": 1.0}


def test_a_cell_that_cannot_be_read_is_a_problem_and_not_in_the_record(method):
    parsed = parse_rows(method, [{}, {"source": "fuel", "item": "diesel", "FC": "1,23"}])
    assert [(p.record, p.field, p.severity) for p in parsed.problems] == [(1, "FC", "error")]
    assert parsed.records[0]["inputs"] == {}


def test_per_cent_is_refused_for_what_is_no_share(method):
    parsed = parse_rows(method, [{"source": "clinker", "Q_clinker": "5%", "FR1": "65.5%"}])
    assert [(p.field, p.error.reason) for p in parsed.problems] == [("Q_clinker", "percent")]
    assert parsed.records[0]["inputs"] == {"FR1": 0.655}


def test_an_estimated_row_says_so_in_every_quantity(method):
    row = {"source": "fuel", "item": "ng", "FC": "10", "origin": "estimated"}
    parsed = parse_rows(method, [row])
    expected = {"value": 10.0, "unit": "10^4 Nm3", "origin": "estimated"}
    assert parsed.records[0]["inputs"]["FC"] == expected


@pytest.mark.parametrize(
    ("typed", "notation"),
    [
        ("NE", "not_estimated"),
        (" no ", "not_occurring"),
        ("ＩＥ", "included_elsewhere"),
        ("C", "confidential"),
        ("未估算", "not_estimated"),
        ("不发生", "not_occurring"),
        ("别处计入", "included_elsewhere"),
        ("保密", "confidential"),
    ],
)
def test_a_reason_typed_in_place_of_a_number_makes_a_record_without_one(method, typed, notation):
    row = {"source": "fuel", "item": "diesel", "FC": typed, "note": "见台账"}
    parsed = parse_rows(method, [row])
    named = {"source": "fuel", "item": "diesel", "note": "见台账"}
    assert parsed.records == ({**named, "missing": notation},)
    assert parsed.problems == ()
    assert parsed.stored[0].cells == {"FC": typed}


def test_nothing_else_stands_beside_a_reason(method):
    row = {"source": "fuel", "item": "diesel", "FC": "NE", "NCV": "42", "CC": "NO", "note": "x"}
    problems = parse_rows(method, [row]).problems
    assert [(p.field, p.error.reason) for p in problems] == [
        ("NCV", "beside_notation"),
        ("CC", "beside_notation"),
    ]


def test_a_reason_without_its_note_is_an_error_at_the_note():
    rows = [{"source": "fuel", "item": "diesel", "FC": "未估算", "note": ""}]
    found = problems_of(load_catalog(), Rules(METHOD, 2023, "320000"), rows)
    assert [(p.record, p.field, p.severity) for p in found] == [(0, "note", "error")]


def test_only_quantities_are_symbols():
    row = {"source": "fuel", "item": "coal", "note": "n", "origin": "o", "FC": " 1 ", "NCV": "—"}
    assert symbols_of(row) == {"FC": " 1 "}


BEFORE = last_year([StoredRow("fuel", "diesel", {"FC": "100", "NCV": "42"}, "")])


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("501", "unusual_change"),
        ("19.9", "unusual_change"),
        ("100,000", "unit_slip"),
        ("0.1", "unit_slip"),
    ],
)
def test_a_value_far_from_last_year_is_a_warning(value, key):
    found = unusual([{"source": "fuel", "item": "diesel", "FC": value}], BEFORE)
    assert [(p.record, p.field, p.severity, p.error.text_key) for p in found] == [
        (0, "FC", "warning", key)
    ]
    assert "100" in str(found[0].error)


@pytest.mark.parametrize("value", ["500", "20", "100", "0", "", "坏"])
def test_a_value_within_five_times_is_usual(value):
    assert unusual([{"source": "fuel", "item": "diesel", "FC": value}], BEFORE) == []


def test_a_row_of_last_year_that_stood_there_twice_is_compared_with_nothing():
    twice = [StoredRow("fuel", "diesel", {"FC": "1"}, "")] * 2
    assert last_year(twice) == {}


def test_the_same_source_and_item_twice_is_a_warning_that_names_the_first():
    rows = [{"source": "fuel", "item": "diesel"}, {}, {"source": "fuel", "item": "diesel"}]
    found = unusual(rows, {})
    assert [(p.record, p.field) for p in found] == [(2, "item")]
    assert found[0].error.values["row"] == 1


def test_an_option_becomes_the_key_of_its_source():
    rows = [
        {"source": "feedstock", "item": "urea", "key": "in", "Q": "3"},
        {"source": "n2o_hno3", "item": "dual", "key": "cat", "P": "10"},
        {"source": "el_buy", "key": "in", "MWh": "1"},
    ]
    records = parse_rows(load_catalog().describe("GB/T 32151.10-2015"), rows).records
    assert records[0] == {
        "source": "feedstock", "item": "urea", "direction": "in", "inputs": {"Q": 3.0},
    }  # fmt: skip
    assert records[1]["abatement"] == "cat"
    # Refused by the engine as a field it does not know, rather than dropped.
    assert records[2]["key"] == "in"


def test_a_problem_of_a_key_is_shown_in_the_column_of_options():
    rules = Rules("GB/T 32151.10-2015", 2023, "320000")
    rows = [{"source": "feedstock", "item": "urea", "Q": "3"}]
    (problem,) = problems_of(load_catalog(), rules, rows)
    assert (problem.record, problem.field, problem.error.text_key) == (0, "key", "missing_field")


STEEL = Rules("GB/T 32151.5-2015", 2023, "320000")
STOCK = {
    "source": "fuel", "item": "bituminous",
    "balance.opening": "100", "balance.purchased": "1,000", "balance.closing": "300",
}  # fmt: skip


def test_terms_of_a_balance_become_the_balance_of_the_record():
    rows = [STOCK | {"NCV": "20", "origin": "estimated"}]
    (record,) = parse_rows(load_catalog().describe(STEEL.method), rows).records
    tonnes = {"unit": "t", "origin": "estimated"}
    assert record["balance"] == {
        "opening": {"value": 100.0, **tonnes},
        "purchased": {"value": 1000.0, **tonnes},
        "closing": {"value": 300.0, **tonnes},
    }
    assert list(record["inputs"]) == ["NCV"]
    assert problems_of(load_catalog(), STEEL, rows) == []


def test_a_term_is_in_the_unit_of_its_item():
    gas = {"source": "fuel", "item": "cog", "balance.produced": "5", "origin": "measured"}
    (record,) = parse_rows(load_catalog().describe(STEEL.method), [gas]).records
    assert record["balance"]["produced"]["unit"] == "10^4 Nm3"


@pytest.mark.parametrize(
    ("change", "field", "key"),
    [
        ({"balance.closing": "2000"}, "balance.opening", "negative_use"),
        ({"balance.closing": ""}, "balance.closing", "missing_quantity"),
        ({"balance.closing": "三百"}, "balance.closing", "cell"),
        ({"balance.generated": "5"}, "balance.generated", "unknown_symbol"),
        ({"FC": "800"}, "balance.opening", "balance_with_amount"),
    ],
)
def test_a_problem_of_a_balance_is_shown_at_its_term(change, field, key):
    (problem,) = problems_of(load_catalog(), STEEL, [STOCK | change])
    assert (problem.field, problem.error.text_key) == (field, key)


def test_how_many_times_last_years_is_unusual_is_the_organizations_own():
    own = SetLimit("change_last_year", "times", "", 10.0, datetime(2026, 1, 1, tzinfo=UTC))
    limits = Limits(date(2026, 1, 1), (own,))
    row = {"source": "fuel", "item": "diesel", "FC": "600"}
    assert [p.error.text_key for p in unusual([row], BEFORE)] == ["unusual_change"]
    assert unusual([row], BEFORE, (), limits) == []
