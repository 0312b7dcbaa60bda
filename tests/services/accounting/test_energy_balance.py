"""An energy balance is kept as it came, and gives the reference approach beside the sectors."""

from dataclasses import replace
from datetime import date

import pytest

from services.accounting.energy_balance import BalanceEntry, record_balance, region_reference
from services.accounting.region_view import Order, region_view
from services.accounting.sector_inventory import inventory_of
from services.data.energy_balances import StoredBalance
from services.errors import NotAllowedError, NotFoundError, PlatformError
from services.security.actors import actor_of_login
from services.security.permissions import Membership, Role
from services.standards.catalog import load_catalog
from services.standards.reference_approach import FuelBalance
from tests.cleared import cleared
from tests.services.standards.asking import REGION, record, result

PROVINCE = 990000
BUREAU = cleared(1, "bureau", Membership(Role.BUREAU_OFFICER, PROVINCE, "cn.p990000"))
LATER = "省级温室气体清单编制指南(2025年版)"
ENTRY = BalanceEntry(PROVINCE, 2023, [FuelBalance("lpg", imports=100)], 5.0, "示例")


def compared(*records, rows, method=REGION):
    """Return the reference approach of rows beside the inventory of records."""
    done = result(*records, method=method)
    inventory = inventory_of(load_catalog().describe(method), done, is_recomputed=False)
    balance = StoredBalance(None, 2020, tuple(rows), None, "", None)
    return region_reference(load_catalog(), inventory, balance)


def test_fuel_by_fuel_beside_what_the_sectors_burn():
    found = compared(
        record("fuel", "lpg", FC=100),
        record("fuel", "coke", FC=50),
        rows=[{"item": "lpg", "imports": 100}, {"item": "diesel", "imports": 10}],
    )
    lpg, diesel = found.fuels
    # 100 t of LPG are 310.133 t of CO2 in both (worked check 1); nobody burns diesel here.
    assert (lpg.reference_t, lpg.sectoral_t) == pytest.approx((310.133, 310.133), abs=5e-4)
    assert diesel.sectoral_t is None
    # 50 t of coke, 2.8604 t each, stand in the sectors alone.
    assert found.result.sectoral_t == pytest.approx(310.133 + 143.02, abs=0.01)


def test_non_energy_use_counts_on_both_sides():
    made = record("non_energy", "lubricant", AD=1, CC=0.02, fixed=0.5)
    found = compared(made, record("lime", Q=1), rows=[{"item": "lpg", "imports": 1}])
    # 1 TJ × 1000 × 0.02 × (1 − 0.5) × 44/12; lime is no fuel
    assert found.result.sectoral_t == pytest.approx(36.667, abs=1e-3)


def test_without_a_balance_there_is_no_reference():
    done = result(record("fuel", "lpg", FC=1), method=REGION)
    inventory = inventory_of(load_catalog().describe(REGION), done, is_recomputed=False)
    assert region_reference(load_catalog(), inventory, None) is None


def test_the_page_gets_the_reference_of_the_year_by_either_edition(sample_database):
    for edition in ("", LATER):
        order = Order(str(PROVINCE), 2023, date(2026, 11, 26), edition)
        view = region_view(BUREAU, sample_database, load_catalog(), order)
        assert view.edition_error is None
        assert 0.01 < view.reference.result.difference < 0.05
        assert view.reference.result.is_expected
    earlier = Order(str(PROVINCE), 2021, date(2026, 11, 26))
    beyond = region_view(BUREAU, sample_database, load_catalog(), earlier).reference
    assert beyond.result.is_expected is False


def test_the_newest_balance_counts_and_the_older_stays(sample_database):
    clerk = actor_of_login(sample_database, "province.reporter")
    stored = record_balance(clerk, sample_database, load_catalog(), ENTRY)
    assert stored.rows[0]["imports"] == 100
    order = Order(str(PROVINCE), 2023, date(2026, 11, 26))
    view = region_view(BUREAU, sample_database, load_catalog(), order)
    assert [fuel.item for fuel in view.reference.fuels] == ["lpg"]


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"rows": []}, "balances"),
        ({"rows": [FuelBalance("wood", 1)]}, "balances[0].item"),
        ({"electricity_mwh": -1.0}, "electricity_mwh"),
        ({"electricity_mwh": float("nan")}, "electricity_mwh"),
    ],
)
def test_a_balance_that_cannot_be_is_refused_at_its_field(sample_database, changed, where):
    clerk = actor_of_login(sample_database, "province.reporter")
    with pytest.raises(PlatformError) as caught:
        record_balance(clerk, sample_database, load_catalog(), replace(ENTRY, **changed))
    assert caught.value.where == where


def test_whoever_only_approves_may_not_record(sample_database):
    approver = actor_of_login(sample_database, "province.approver")
    with pytest.raises((NotAllowedError, NotFoundError)):
        record_balance(approver, sample_database, load_catalog(), ENTRY)
