"""What must hold of any amounts: scaling, months, trade, order, warming potentials."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.standards.catalog import GWP_SETS, load_catalog
from tests.services.standards.asking import record, result

amounts = st.floats(min_value=0, max_value=1e9, allow_subnormal=False)
shares = st.floats(min_value=0, max_value=1)
few = settings(max_examples=60, deadline=None)


@few
@given(amount=amounts, factor=st.floats(min_value=0.001, max_value=1000))
def test_twice_the_fuel_is_twice_the_emissions(amount, factor):
    one = result(record("fuel", "bituminous", FC=amount)).total_t
    many = result(record("fuel", "bituminous", FC=amount * factor)).total_t
    assert many == pytest.approx(one * factor, rel=1e-12)


@few
@given(months=st.lists(amounts, min_size=1, max_size=12))
def test_the_months_add_up_to_the_year(months):
    by_month = result(*[record("fuel", "coke", FC=amount) for amount in months]).total_t
    year = result(record("fuel", "coke", FC=math.fsum(months))).total_t
    assert by_month == pytest.approx(year, rel=1e-12)


@few
@given(electricity=amounts, heat=amounts)
def test_what_is_bought_and_sold_again_is_nothing(electricity, heat):
    found = result(
        record("el_buy", MWh=electricity),
        record("ht_buy", GJ=heat),
        record("ht_sell", GJ=heat),
        record("el_sell", MWh=electricity),
    )
    assert found.indirect_t == 0
    assert found.total_t == 0


@few
@given(amounts_given=st.lists(amounts, min_size=2, max_size=8), data=st.data())
def test_the_order_of_records_changes_no_total(amounts_given, data):
    rows = [record("fuel", "diesel", FC=a) for a in amounts_given]
    rows += [record("el_buy", MWh=a) for a in amounts_given]
    shuffled = data.draw(st.permutations(rows))
    assert result(*rows).total_t == result(*shuffled).total_t


@few
@given(own=amounts, other=amounts)
def test_a_record_counts_the_same_alone_and_in_company(own, other):
    alone = result(record("fuel", "diesel", FC=own)).lines[0]
    rich = [
        record("fuel", "diesel", FC=own),
        record("fuel", "ng", FC=other, BF=0.5, NCV=380),
        record("fuel", "coke", FC=other, C=0.8),
    ]
    assert result(*rich).lines[0].co2e_t == alone.co2e_t
    assert result(*rich).lines[0].inputs == alone.inputs


@few
@given(amount=amounts, share=shares)
def test_fossil_and_biomass_add_up_to_the_whole(amount, share):
    found = result(record("fuel", "diesel", FC=amount, BF=share))
    whole = result(record("fuel", "diesel", FC=amount)).total_t
    biomass = found.memo.get("biomass_co2_t", 0.0)
    assert found.total_t + biomass == pytest.approx(whole, rel=1e-12, abs=1e-300)


@few
@given(amount=amounts)
def test_a_unit_is_only_another_way_to_write_the_amount(amount):
    tonnes = result(record("fuel", "diesel", FC=amount)).total_t
    kilograms = result(record("fuel", "diesel", FC={"value": amount * 1000, "unit": "kg"})).total_t
    assert kilograms == pytest.approx(tonnes, rel=1e-12)


@pytest.mark.parametrize(
    ("gas", "tonnes"),
    [
        ("CO2", [1, 1, 1, 1]),
        ("CH4", [21, 25, 28, 27.9]),
        ("N2O", [310, 298, 265, 273]),
        ("SF6", [23900, 22800, 23500, 25200]),
        ("CF4", [6500, 7390, 6630, 7380]),
    ],
)
def test_each_report_has_its_own_warming_potential(gas, tonnes):
    assert [load_catalog().gwp(gas, gwp_set) for gwp_set in GWP_SETS] == tonnes
