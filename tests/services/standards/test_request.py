"""Every defect of an order is an error that names its place, in both languages."""

import json
from dataclasses import replace
from datetime import date

import pytest

from services.errors import PlatformError
from services.i18n.texts import LANGUAGES, use_language
from services.standards.calculate import calculate, parse_request
from services.standards.catalog import load_catalog
from services.standards.reading import read_json
from tests.services.standards.asking import CEMENT, POWER, REGION
from tests.services.standards.plausible import every_source, record_of, year_of

RECORD = {"source": "fuel", "item": "bituminous", "inputs": {"FC": 1000, "NCV": 20.9}}
ORDER = {
    "method": CEMENT,
    "year": 2023,
    "region": "320000",
    "known_on": "2026-06-30",
    "records": [RECORD],
}


def text(**changes):
    return json.dumps({**ORDER, **changes})


def one(source, item=None, **inputs):
    return text(records=[{"source": source, "item": item, "inputs": inputs}])


def fuel(**inputs):
    return one("fuel", "bituminous", **inputs)


def quantity(**parts):
    return fuel(FC=parts)


def number(literal):
    return text().replace("1000", literal)


def power(source, item=None, **inputs):
    records = [{"source": source, "item": item, "inputs": inputs}]
    return text(method=POWER, records=records)


ASH = {"G_slag": 3000, "C_slag": 0.08, "G_ash": 20000, "C_ash": 0.03}
FC = "records[0].inputs.FC"

BAD = [
    ("", "1:1", "bad_json"),
    ("{", "1:2", "bad_json"),
    ("[" * 100_000, "1:1", "bad_json"),
    ("{'a': 1}", "1:2", "bad_json"),
    ("[]", "$", "wrong_type"),
    ("null", "$", "wrong_type"),
    ("NaN", "$", "wrong_type"),
    ('{"a": 1, "a": 2}', "a", "duplicate_key"),
    (text().replace('"FC": 1000', '"FC": 1, "FC": 2'), FC, "duplicate_key"),
    (text(foo=1), "foo", "unknown_field"),
    (text(method=None), "method", "missing_field"),
    (text(method=5), "method", "wrong_type"),
    (text(method="GB/T 99999"), "method", "unknown_method"),
    (text(method="GB/T 32150-2025", year=2026), "method", "method_not_loaded"),
    (text(method="GB/T 32151.8-2023"), "method", "method_not_loaded"),
    (text(year=None), "year", "missing_field"),
    (text(year="2023"), "year", "bad_year"),
    (text(year=2023.0), "year", "bad_year"),
    (text(year=True), "year", "bad_year"),
    (text(year=-1), "year", "bad_year"),
    (text(year=10**390), "year", "bad_year"),
    (text(year=2015), "year", "method_not_valid"),
    (text(year=2025), "year", "method_not_valid"),
    (text(region=None), "region", "missing_field"),
    (text(region=320000), "region", "wrong_type"),
    (text(region="32"), "region", "unknown_region"),
    (text(region="990000"), "region", "unknown_region"),
    (text(region="３２００００"), "region", "unknown_region"),
    (text(known_on="2024-02-30"), "known_on", "bad_date"),
    (text(known_on="20240229"), "known_on", "bad_date"),
    (text(known_on=5), "known_on", "bad_date"),
    (text(known_on="2015-01-01"), "known_on", "method_not_known"),
    (text(purpose="x"), "purpose", "bad_purpose"),
    (text(purpose=3), "purpose", "wrong_type"),
    (text(period="x"), "period", "bad_period"),
    (text(period=[1, 2]), "period[0]", "bad_date"),
    (text(period=["2023-12-31", "2023-01-01"]), "period", "bad_period"),
    (text(period=["2022-12-31", "2023-12-31"]), "period", "bad_period"),
    (text(records=None), "records", "missing_field"),
    (text(records="x"), "records", "wrong_type"),
    (text(records=[]), "records", "no_records"),
    (text(records=[None]), "records[0]", "wrong_type"),
    (text(records=[{}]), "records[0].source", "missing_field"),
    (text(records=[RECORD, {"source": "x", "inputs": {}}]), "records[1].source", "unknown_source"),
    (text(records=[{**RECORD, "source": 1}]), "records[0].source", "unknown_source"),
    (text(records=[{**RECORD, "note": ""}]), "records[0].note", "unknown_field"),
    (text(records=[{**RECORD, "equipment": "kiln"}]), "records[0].equipment", "unused_key"),
    (text(records=[{**RECORD, "item": "x"}]), "records[0].item", "unknown_item"),
    (text(records=[{**RECORD, "item": 3}]), "records[0].item", "unknown_item"),
    (text(records=[{"source": "fuel"}]), "records[0].inputs", "missing_field"),
    (text(records=[{"source": "fuel", "inputs": []}]), "records[0].inputs", "wrong_type"),
    (one("fuel", FC=1), "records[0].item", "missing_item"),
    (one("el_buy", "x", MWh=1), "records[0].item", "unknown_item"),
    (one("el_buy"), "records[0].inputs.MWh", "missing_quantity"),
    (fuel(), FC, "missing_quantity"),
    (fuel(FC=1, X=1), "records[0].inputs.X", "unknown_symbol"),
    (fuel(FC="1"), FC, "not_a_number"),
    (fuel(FC=None), FC, "not_a_number"),
    (fuel(FC=True), FC, "not_a_number"),
    (fuel(FC=[1]), FC, "not_a_number"),
    (quantity(), f"{FC}.value", "missing_field"),
    (quantity(value="1"), FC, "not_a_number"),
    (quantity(value=1, unit="x"), f"{FC}.unit", "unknown_unit"),
    (quantity(value=1, unit=None), f"{FC}.unit", "unknown_unit"),
    (quantity(value=1, unit="MWh"), f"{FC}.unit", "unlike_unit"),
    (quantity(value=1, unit="Nm3"), f"{FC}.unit", "unlike_unit"),
    (quantity(value=1, unit="t", more=1), FC, "unknown_field"),
    (quantity(value=1, origin="default"), f"{FC}.origin", "bad_origin"),
    (quantity(value=1e308, unit="kt"), FC, "too_large"),
    (number("NaN"), FC, "not_finite"),
    (number("Infinity"), FC, "not_finite"),
    (number("-Infinity"), FC, "not_finite"),
    (number("1e400"), FC, "not_finite"),
    (number("9" * 320), FC, "not_finite"),
    (number("9" * 5000), FC, "not_finite"),
    (number("-1"), FC, "negative_quantity"),
    (number("-" + "9" * 5000), FC, "not_finite"),
    (number("1e16"), FC, "too_large"),
    (fuel(FC=1, OF=93), "records[0].inputs.OF", "share_too_large"),
    (fuel(FC=1, OF={"value": 101, "unit": "%"}), "records[0].inputs.OF", "share_too_large"),
    (fuel(FC=1, BF=1.5), "records[0].inputs.BF", "share_too_large"),
    (fuel(FC=1, C=54), "records[0].inputs.C", "above_ceiling"),
    (fuel(FC=1, C=0.5, NCV=20), "records[0].inputs.C", "conflicting_quantity"),
    (fuel(FC=1, C=0.5, CC=0.026), "records[0].inputs.C", "conflicting_quantity"),
    (one("nonfuel_c", Q_raw=1, FR0=0.1), "records[0].inputs.FR0", "above_ceiling"),
    (one("clinker", Q_clinker=1, FR1=65, FR2=1.5), "records[0].inputs.FR1", "share_too_large"),
    (one("clinker", Q_clinker=1, FR1=0.65), "records[0].inputs.FR2", "missing_quantity"),
    (one("clinker", Q_clinker=1, FR1=0.6, FR2=0, FR10=0.7), "records[0].inputs.FR10",
     "oxide_share"),
    (one("clinker", Q_clinker=1, FR1=0.7, FR2=0.5), "records[0].inputs.FR2", "share_sum"),
    (power("fuel", "bituminous", FC=1), "records[0].inputs.NCV", "missing_quantity"),
    (power("fuel", "cog", FC=1), "records[0].inputs.NCV", "missing_quantity"),
    (power("fuel", "ng", FC=1, G_slag=1), "records[0].inputs.C_slag", "missing_quantity"),
    (power("fuel", "ng", FC=1, **ASH), "records[0].inputs.G_slag", "ash_carbon"),
    (power("fuel", "ng", FC=0, **ASH), "records[0].inputs.G_slag", "ash_carbon"),
    (power("fuel", "ng", FC=1e5, **ASH, eta=0), "records[0].inputs.eta", "not_positive"),
    (power("desulph", Q=1), "records[0].item", "missing_item"),
    (power("desulph", "caco3", Q=1, I=0.9, carbonate_share=1), "records[0].inputs.carbonate_share",
     "duplicate_key"),
]  # fmt: skip


def answer(order):
    return calculate(load_catalog(), parse_request(read_json(order)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("order", "where", "key"), BAD, ids=[f"{w} {k}" for _, w, k in BAD])
def test_a_defect_is_named_with_its_place(order, where, key, language):
    with pytest.raises(PlatformError) as caught:
        answer(order)
    assert (caught.value.where, caught.value.text_key) == (where, key)
    with use_language(language):
        told = caught.value.explain()
    assert told.what
    assert told.why
    assert told.do
    assert "{" not in told.what


def test_the_first_record_with_an_error_is_the_one_that_is_named():
    bad = {"source": "fuel", "item": "coke", "inputs": {"FC": -1}}
    with pytest.raises(PlatformError) as caught:
        answer(text(records=[RECORD, bad, bad]))
    assert caught.value.where == "records[1].inputs.FC"


@pytest.mark.parametrize(
    ("period", "days"),
    [
        (["2023-01-01", "2023-06-30"], ["2023-01-01", "2023-06-30"]),
        ("2023-01-01/2023-06-30", ["2023-01-01", "2023-06-30"]),
        ({"from": "2023-01-01", "to": "2023-06-30"}, ["2023-01-01", "2023-06-30"]),
        ({"start": "2023-01-01", "end": "2023-06-30"}, ["2023-01-01", "2023-06-30"]),
        ("2023-02", ["2023-02-01", "2023-02-28"]),
        ("2023", ["2023-01-01", "2023-12-31"]),
    ],
)
def test_a_period_is_echoed_as_two_days(period, days):
    assert answer(text(period=period)).as_json()["period"] == days


@pytest.mark.parametrize(
    "period", ["2023-13", "2023-00", {"from": "2023-01-01"}, {"from": "a", "until": "b"}, "202"]
)
def test_a_period_that_cannot_be_read_is_an_error(period):
    with pytest.raises(PlatformError) as caught:
        answer(text(period=period))
    assert caught.value.text_key == "bad_period"


@pytest.mark.parametrize(
    ("order", "wins", "ignored"),
    [
        (one("nonfuel_c", Q_raw=1200, Q_clinker=1), 4.4, "Q_clinker"),  # 1200 × 0.001 × 44/12
        (one("nonfuel_c", Q_raw=1200, raw_ratio=1.61), 4.4, "raw_ratio"),
        (one("ht_buy", GJ=10, t=1, T=90, EF=0.1), 1.0, "t, T"),
        (power("fuel", FC=12, C=1, OF=0.5, **ASH), 22.0, "G_slag, C_slag, G_ash, C_ash"),
        (power("fuel", FC=12, C=1, OF=0.5, eta=0.9), 22.0, "eta"),
    ],
)
def test_the_first_complete_alternative_goes_before_and_the_rest_is_named(order, wins, ignored):
    found = answer(order)
    assert found.total_t == pytest.approx(wins)
    notice = next(n for n in found.lines[0].warnings if n.key == "ignored")
    assert notice.values["symbols"] == ignored


def test_a_default_that_was_not_known_yet_asks_for_a_measured_value():
    catalog = load_catalog()
    source = catalog.method(CEMENT).sources["fuel"]
    late = tuple(f and replace(f, published=date(2030, 1, 1)) for f in source.defaults["CC"])
    sources = {"fuel": replace(source, defaults={**source.defaults, "CC": late})}
    method = replace(catalog.method(CEMENT), sources=sources)
    with pytest.raises(PlatformError) as caught:
        calculate(replace(catalog, methods={CEMENT: method}), parse_request(read_json(fuel(FC=1))))
    assert caught.value.text_key == "factor_not_in_force"
    assert caught.value.where == "records[0].inputs.CC"
    assert caught.value.values["known_from"] == date(2030, 1, 1)


def test_a_base_year_before_the_method_is_for_comparison_only_and_says_so():
    with pytest.raises(PlatformError) as caught:
        answer(text(year=2013))
    assert caught.value.text_key == "method_not_valid"
    found = answer(text(year=2013, comparison=True))
    assert found.total_t == answer(text(year=2020)).total_t
    assert [n.key for n in found.warnings] == ["for_comparison"]


PAIRS = [pytest.param(m, s, id=f"{m.designation} {s.code}") for m, s in every_source()]


@pytest.mark.parametrize(("method", "source"), PAIRS)
def test_what_methods_prints_as_a_default_may_be_stated_and_changes_nothing(method, source):
    for index in range(-1, len(source.items)):
        order = {"method": method.designation, "year": year_of(method), "region": "320000"}
        record = record_of(source, index)
        plain = answer(text(**order, records=[record]))
        slot = source.slot(index)
        printed = {s: f.value for s in source.inputs if (f := source.default_of(s, slot))}
        record["inputs"] = ({} if source.is_balance else printed) | record["inputs"]
        assert totals(answer(text(**order, records=[record]))) == totals(plain)


def totals(found):
    return found.total_t, found.direct_t, found.indirect_t, found.deducted_t, found.memo


def test_what_was_ordered_is_echoed():
    told = answer(text(purpose="ets")).as_json()
    assert told["known_on"] == "2026-06-30"
    assert told["purpose"] == "ets"
    assert told["period"] == ["2023-01-01", "2023-12-31"]
    assert (told["method"], told["year"], told["region"]) == (CEMENT, 2023, "320000")


def test_a_designation_may_be_typed_full_width_and_without_spaces():
    assert answer(text(method="ＧＢ／Ｔ32151.8-2015")).method == CEMENT
    told = answer(
        text(
            method="省级温室气体清单编制指南（试行）2011",
            records=[{"source": "fuel", "item": "COKE", "inputs": {"FC": 1}}],
        )
    )
    assert told.method == REGION
    assert told.lines[0].item == "coke"


def test_a_negative_zero_is_zero():
    assert str(answer(number("-0.0")).total_t) == "0.0"


def test_an_estimate_stays_marked():
    line = answer(quantity(value=1, origin="estimated")).lines[0]
    assert line.inputs["FC"].origin == "estimated"
    assert line.inputs["FC"].status == "user"
