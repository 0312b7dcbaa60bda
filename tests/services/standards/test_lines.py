"""A line shows its formula, every input with origin and status, and what is to be said."""

from datetime import date

import pytest

from services.i18n.texts import use_language
from services.i18n.words import Words
from services.standards.results import InputValue
from tests.services.standards.asking import CEMENT, GENERAL, POWER, REGION, notices, record, result

KEYS = [
    "source", "item", "gas", "gas_t", "gwp", "co2e_t", "emission_scope", "sign", "formula",
    "inputs", "warnings",
]  # fmt: skip


def test_a_line_says_where_each_input_comes_from():
    line = result(record("fuel", "bituminous", FC=1000, NCV=20.9)).lines[0]
    assert line.formula == "FC × NCV × CC × OF × (1 − BF) × 44/12"
    assert line.inputs["NCV"] == InputValue(20.9, "GJ/t", "measured", Words(), "user")
    default = line.inputs["CC"]
    assert (default.value, default.unit, default.origin) == (0.02618, "tC/GJ", "default")
    assert default.status == "secondary"
    assert default.reference.zh.startswith("NDRC_B1_METAL.BITUMINOUS.CC：GB/T 32151.5-2015")
    assert default.reference.en.startswith("NDRC_B1_METAL.BITUMINOUS.CC: GB/T 32151.5-2015")
    assert line.inputs["BF"].origin == "constant"
    assert "C" not in line.inputs


@pytest.mark.parametrize(
    ("row", "method", "formula"),
    [
        (record("fuel", "coke", FC=1, C=0.8), CEMENT, "FC × C × OF × (1 − BF) × 44/12"),
        (record("fuel", "coal_tj", AD=1), REGION, "AD × 1000 × CC × OF × 44/12"),
        (record("nonfuel_c", Q_raw=1), CEMENT, "Q_raw × FR0 × 44/12"),
        (record("nonfuel_c", Q_clinker=1), CEMENT, "Q_clinker × raw_ratio × FR0 × 44/12"),
        (record("ht_buy", GJ=1), CEMENT, "GJ × EF"),
        (record("ht_buy", t=1, T=90), CEMENT, "t × h / 1000 × EF"),
        (record("el_buy", MWh=1), CEMENT, "MWh × EF"),
    ],
)
def test_the_formula_is_the_one_that_was_used(row, method, formula):
    line = result(row, method=method).lines[0]
    assert line.formula == formula


def test_a_gas_stands_in_ten_thousand_cubic_metres():
    line = result(record("fuel", "ng", FC=1)).lines[0]
    assert line.inputs["FC"].unit == "10^4 Nm3"
    assert line.inputs["NCV"].unit == "GJ/10^4 Nm3"


def test_what_is_sold_counts_against_but_its_line_is_not_negative():
    found = result(record("el_sell", MWh=10, EF=0.5))
    (line,) = found.lines
    assert (line.co2e_t, line.sign, line.emission_scope) == (5.0, -1, "indirect")
    assert (found.indirect_t, found.total_t, found.direct_t) == (-5.0, -5.0, 0.0)


def test_indirect_emissions_do_not_count_for_the_quota():
    found = result(record("fuel", FC=12, C=1, OF=1), record("el_buy", MWh=10, EF=0.5))
    assert found.memo["quota_t"] == found.direct_t == 44.0
    assert found.total_t == 49.0


def test_biomass_is_beside_the_total_and_said_on_its_line():
    found = result(record("fuel", FC=12, C=1, OF=1, BF={"value": 25, "unit": "%"}))
    assert found.total_t == 33.0
    assert found.memo["biomass_co2_t"] == 11.0
    assert "biomass_memo" in notices(found)


@pytest.mark.parametrize(
    ("row", "method", "key", "symbols"),
    [
        (record("fuel", "coke", FC=1), CEMENT, "default_used", "NCV, CC, OF"),
        (record("alt_fuel", "tyre", Q=1), CEMENT, "recalled_value", "NCV, EF, fossil_share"),
        (record("alt_fuel", "plastic", Q=1), CEMENT, "doubtful_default", "NCV, EF, fossil_share"),
        (record("fuel", "lng", FC=1), GENERAL, "doubtful_default", "NCV, CC, OF"),
        (record("fuel", "lpg", FC=1), POWER, "recalled_value", "NCV, CC, OF"),
    ],
)
def test_a_default_shows_that_it_is_one_and_how_sure_it_is(row, method, key, symbols):
    line = result(row, method=method).lines[0]
    assert {n.key: n.values.get("symbols") for n in line.warnings}[key] == symbols


def test_a_recalled_rule_is_said():
    assert "recalled_rule" in notices(result(record("fuel", FC=1, C=0.5, OF=1)))
    assert "recalled_rule" not in notices(result(record("clinker", Q_clinker=1, FR1=0.6, FR2=0)))


def test_nothing_to_say_is_nothing_said():
    assert notices(result(record("el_buy", MWh=1, EF=0.5))) == []


@pytest.mark.parametrize(
    ("others", "key"),
    [
        ({"year": 2024}, "method_partly_valid"),
        ({"year": 2016}, "method_partly_valid"),
        ({"known_on": date(2023, 6, 30)}, "period_not_over"),
        ({"known_on": date(2999, 1, 1)}, "future_known_on"),
        ({"purpose": "ets"}, "purpose_differs"),
    ],
)
def test_what_concerns_the_whole_stands_on_every_line(others, key):
    found = result(record("fuel", FC=1, C=0.5, OF=1), record("ht_buy", GJ=1, EF=0.1), **others)
    assert [n.key for n in found.warnings] == [key]
    assert all(key in [n.key for n in line.warnings] for line in found.lines)


def test_a_period_within_the_validity_needs_no_warning():
    period = (date(2024, 1, 1), date(2024, 6, 30))
    found = result(record("fuel", FC=1, C=0.5, OF=1), year=2024, period=period)
    assert found.warnings == ()


def test_the_answer_has_exactly_the_keys_of_the_contract():
    told = result(record("fuel", "coke", FC=1)).as_json()
    assert list(told) == [
        "method", "year", "region", "known_on", "purpose", "period",
        "total_t", "direct_t", "indirect_t", "deducted_t", "memo", "lines",
        # Added to the contract: how much of the total is known.
        "completeness", "estimated_share", "missing",
    ]  # fmt: skip
    assert list(told["lines"][0]) == KEYS
    assert list(told["lines"][0]["inputs"]["FC"]) == [
        "value", "unit", "origin", "reference", "status",
    ]  # fmt: skip


def test_warnings_speak_the_language_in_use():
    found = result(record("fuel", "coke", FC=1))
    assert found.as_json()["lines"][0]["warnings"][0] == "default_used: 采用缺省值：NCV, CC, OF"
    with use_language("en"):
        told = found.as_json()["lines"][0]["warnings"][0]
    assert told == "default_used: Default used: NCV, CC, OF"


def test_a_source_with_memo_scope_is_in_no_total():
    found = result(record("el_import", "320000", MWh=1), method=REGION)
    assert (found.total_t, found.direct_t, found.indirect_t) == (0.0, 0.0, 0.0)
    assert found.lines[0].emission_scope == "memo"
