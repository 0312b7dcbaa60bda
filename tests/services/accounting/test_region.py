"""National fossil CO2 by our engine beside the published, and the provinces (5.1.1 b)."""

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounting.region import (
    METHOD,
    input_hash,
    national_account,
    national_chain,
    province_ranking,
    province_series,
)
from services.accounting.region_results import FUELS
from services.errors import NotAllowedError, NotFoundError
from services.security.permissions import Actor, Membership, Role
from services.standards.calculate import CalculationRequest, calculate
from services.standards.catalog import load_catalog
from tests.cleared import cleared

KNOWN_ON = date(2026, 11, 22)
BUREAU = cleared(1, "bureau", Membership(Role.BUREAU_OFFICER, 990000, "cn.p990000"))
ENTERPRISE = cleared(2, "plant", Membership(Role.REPORTER, 12, "cn.p990000.c990100.o12"))
ADMINISTRATOR = cleared(3, "admin", Membership(Role.SYSTEM_ADMINISTRATOR, 1, "cn"))


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


@pytest.fixture
def account(database, catalog):
    return national_account(BUREAU, database, catalog, KNOWN_ON)


def test_every_year_from_2000_to_2023_is_computed(account):
    assert [found.year for found in account.years] == list(range(2000, 2024))


def test_2020_equals_the_product_worked_out_by_hand(account):
    # Energy Institute 2024: coal 84.2492, oil 28.6548, gas 12.1182 EJ. Guideline 2011 (totals by
    # heat): CC 0.02637, 0.02, 0.0153 tC/GJ; OF 94, 98, 99 %. EJ x 1e9 GJ x CC x OF x 44/12.
    found = account.of(2020)
    assert found.computed_t["coal"] == pytest.approx(7_657_291_839.12, rel=1e-12)
    assert found.computed_t["oil"] == pytest.approx(2_059_324_960.0, rel=1e-12)
    assert found.computed_t["gas"] == pytest.approx(673_032_709.8, rel=1e-12)
    assert found.computed_total_t == pytest.approx(10_389_649_508.92, rel=1e-12)


def test_the_published_side_counts_coal_oil_and_gas_only(account):
    # Global Carbon Project 2020: 7679.484 + 1523.052 + 676.473 = 9879.009 Mt.
    found = account.of(2020)
    assert found.published_total_t == pytest.approx(9_879_009_000)
    assert found.outside_t == pytest.approx(
        {"cement": 849_976_000, "flaring": 5_170_000, "other_industry": 171_539_000}
    )


def test_the_difference_is_positive_where_ours_is_higher(account):
    found = account.of(2020)
    assert found.difference == pytest.approx(10_389_649_508.92 / 9_879_009_000 - 1)
    assert found.difference_of("coal") < 0 < found.difference_of("oil")


def largest_gap(found):
    gaps = {fuel: found.computed_t[fuel] - found.published_t[fuel] for fuel in FUELS}
    return max(gaps, key=lambda fuel: abs(gaps[fuel]))


def test_the_reasons_told_on_the_page_hold_for_the_years_they_name(account):
    # Since 2010 oil (feedstock) explains most of the difference, from 2004 to 2009 coal does.
    assert {largest_gap(account.of(year)) for year in range(2010, 2024)} == {"oil"}
    assert {largest_gap(account.of(year)) for year in range(2004, 2010)} == {"coal"}
    assert all(found.difference_of("oil") > 0 for found in account.years)


@pytest.mark.parametrize("year", range(2010, 2024))
def test_since_2010_both_totals_agree_within_a_few_per_cent(account, year):
    assert abs(account.of(year).difference) < 0.06
    assert abs(account.of(year).difference_of("coal")) < 0.03


def test_computed_and_published_never_lie_far_apart(account):
    # The years 2004 to 2007 differ most, by coal.
    assert all(0 < found.difference < 0.15 for found in account.years)


def test_growth_compares_with_the_year_before_and_is_unknown_in_the_first(account):
    before, after = account.of(2019).computed_total_t, account.of(2020).computed_total_t
    assert account.growth(2020) == pytest.approx(after / before - 1)
    assert account.growth(2000) is None


def test_the_same_order_gives_the_same_bytes(database, catalog, account):
    again = national_account(BUREAU, database, catalog, KNOWN_ON)
    assert again == account


def test_the_chain_leads_from_the_statistics_to_the_same_number(database, catalog, account):
    chain = national_chain(BUREAU, database, catalog, 2020, KNOWN_ON)
    assert chain.total_t == account.of(2020).computed_total_t
    assert chain.input_hash == account.of(2020).input_hash
    assert [step.fuel for step in chain.steps] == list(FUELS)
    assert chain.method.designation == METHOD


def test_each_step_of_the_chain_names_factor_source_and_status(database, catalog):
    chain = national_chain(BUREAU, database, catalog, 2020, KNOWN_ON)
    coal = chain.steps[0]
    assert coal.energy_ej == 84.2492
    given = coal.line.inputs
    assert given["AD"].value == pytest.approx(84_249_200)
    assert (given["CC"].value, given["CC"].unit) == (0.02637, "tC/GJ")
    assert given["OF"].value == pytest.approx(0.94)
    for symbol in ("CC", "OF"):
        assert given[symbol].origin == "default"
        assert given[symbol].status == "recalled"
        assert given[symbol].reference


def test_the_product_of_the_chain_can_be_recomputed_from_what_it_shows(database, catalog):
    for step in national_chain(BUREAU, database, catalog, 2023, KNOWN_ON).steps:
        given = step.line.inputs
        product = given["AD"].value * 1000 * given["CC"].value * given["OF"].value * 44 / 12
        assert step.line.co2e_t == pytest.approx(product, rel=1e-12)


@pytest.mark.parametrize("year", [1999, 2024])
def test_a_year_outside_the_series_is_named(database, catalog, year):
    with pytest.raises(NotFoundError) as missing:
        national_chain(BUREAU, database, catalog, year, KNOWN_ON)
    assert missing.value.values["value"] == year


def test_another_energy_figure_or_factor_day_changes_the_fingerprint():
    energy = {"coal": 1.0, "oil": 2.0, "gas": 3.0}
    first = input_hash(2020, energy, KNOWN_ON)
    assert input_hash(2020, {**energy, "gas": 3.0000001}, KNOWN_ON) != first
    assert input_hash(2020, energy, date(2026, 11, 23)) != first
    assert input_hash(2021, energy, KNOWN_ON) != first
    assert input_hash(2020, dict(reversed(energy.items())), KNOWN_ON) == first


EXAJOULES = st.floats(min_value=0.001, max_value=1000, allow_nan=False)


def fossil_t(catalog, energy_ej):
    records = [
        {"source": "fuel", "item": f"{fuel}_tj", "inputs": {"AD": amount * 1e6}}
        for fuel, amount in energy_ej
    ]
    return calculate(catalog, CalculationRequest(METHOD, 2020, "100000", records, KNOWN_ON)).total_t


@given(st.sampled_from(FUELS), EXAJOULES, st.floats(min_value=0.1, max_value=10))
def test_more_energy_gives_proportionally_more_co2(fuel, energy_ej, times):
    catalog = load_catalog()
    one = fossil_t(catalog, [(fuel, energy_ej)])
    assert fossil_t(catalog, [(fuel, energy_ej * times)]) == pytest.approx(one * times)


@given(EXAJOULES, EXAJOULES, EXAJOULES)
def test_fuels_together_give_the_sum_of_each_alone(coal, oil, gas):
    catalog = load_catalog()
    amounts = [("coal", coal), ("oil", oil), ("gas", gas)]
    alone = [fossil_t(catalog, [pair]) for pair in amounts]
    assert fossil_t(catalog, amounts) == pytest.approx(math.fsum(alone))


def test_the_ranking_of_2019_begins_with_shandong(database):
    ranking = province_ranking(BUREAU, database, 2019)
    first = ranking.rows[0]
    # CEADs: 772.1717 + 79.3662 + 39.2216 + 46.3575 Mt.
    assert first.province.names["zh-CN"] == "山东"
    assert first.province.total_t == pytest.approx(937_117_000)
    assert first.rank == 1


def test_a_later_year_shows_the_last_published_one_and_says_so(database):
    ranking = province_ranking(BUREAU, database, 2023)
    assert (ranking.year, ranking.asked_year) == (2019, 2023)


def test_thirty_provinces_are_ranked_and_four_are_unknown_with_a_reason(database):
    ranking = province_ranking(BUREAU, database, 2019)
    assert ranking.known_count == 30
    unknown = ranking.rows[30:]
    assert {row.province.region_code for row in unknown} == {
        "540000", "710000", "810000", "820000",
    }  # fmt: skip
    for row in unknown:
        assert row.province.total_t is None
        assert (row.rank, row.share, row.growth) == (None, None, None)
        assert row.province.flag


def test_unknown_provinces_are_not_counted_as_zero(database):
    ranking = province_ranking(BUREAU, database, 2019)
    known = [row.province.total_t for row in ranking.rows if row.province.total_t is not None]
    assert ranking.known_total_t == pytest.approx(math.fsum(known))
    assert math.fsum(row.share for row in ranking.rows if row.share is not None) == pytest.approx(1)


def test_ranks_follow_the_totals(database):
    rows = [row for row in province_ranking(BUREAU, database, 2010).rows if row.rank]
    totals = [row.province.total_t for row in rows]
    assert totals == sorted(totals, reverse=True)


def test_a_year_with_cement_only_has_no_total_and_no_rank(database):
    row = province_ranking(BUREAU, database, 2001).of("640000")
    assert row.province.by_source_t["process"] == pytest.approx(926_100)
    assert row.province.total_t is None
    assert row.province.flag == "process_only"
    # Nor does the year after show a growth against it.
    assert province_ranking(BUREAU, database, 2003).of("640000").growth is None


def test_the_series_of_a_province_adds_up_by_source(database):
    series = province_series(BUREAU, database, "320000")
    last = series.years[-1]
    assert last.year == 2019
    # 625.789 + 73.2117 + 59.8436 + 45.7499 Mt.
    assert last.total_t == pytest.approx(804_594_200)


def test_a_region_that_is_not_published_is_named(database):
    with pytest.raises(NotFoundError) as missing:
        province_series(BUREAU, database, "990000")
    assert missing.value.values["value"] == "990000"


@pytest.mark.parametrize("actor", [ENTERPRISE, ADMINISTRATOR, Actor(4, "nobody")])
def test_only_who_may_see_regions_gets_any_of_it(database, catalog, actor):
    orders = (
        lambda: national_account(actor, database, catalog, KNOWN_ON),
        lambda: national_chain(actor, database, catalog, 2020, KNOWN_ON),
        lambda: province_ranking(actor, database, 2019),
        lambda: province_series(actor, database, "320000"),
    )
    for order in orders:
        with pytest.raises(NotAllowedError):
            order()
