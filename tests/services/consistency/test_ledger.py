"""The ledger names every way to a region's total, each gap, and who signed it for what cause."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from services.consistency.ledger import (
    ESTIMATES,
    OwnerMissingError,
    SignOrder,
    UnknownCauseError,
    ledger_of,
    sign_gap,
)
from services.data import audit
from services.data.engine import SYSTEM_SCOPE, owner_work
from services.errors import NotAllowedError, NotFoundError
from services.security.actors import actor_of_login
from services.security.permissions import Membership, Role
from services.standards.catalog import load_catalog
from tests.cleared import cleared

CATALOG = load_catalog()
PROVINCE = "990000"
ORDER = SignOrder(PROVINCE, 2023, "bottom_up", "not_reporting", "能源处", "小企业未填报")


@pytest.fixture
def bureau(sample_database):
    return actor_of_login(sample_database, "bureau.viewer")


def gaps(database, actor, year=2023):
    found = ledger_of(actor, database, CATALOG, PROVINCE, year)
    return {gap.estimate: gap for gap in found.gaps}


def test_every_way_stands_beside_the_inventory(sample_database, bureau):
    found = ledger_of(bureau, sample_database, CATALOG, "", None)
    assert (found.coverage.region_code, found.coverage.year) == (PROVINCE, 2023)
    assert [gap.estimate for gap in found.gaps] == list(ESTIMATES)
    by_name = gaps(sample_database, bureau)
    assert by_name["bottom_up"].gap_t == found.coverage.below_t - found.coverage.inventory_t
    assert 0.01 < by_name["reference"].share < 0.05
    assert by_name["measurement"].measured.meters == 1
    # A plant of 386 t/h, but for two weeks of repair: 8,424 of 8,760 hours.
    assert by_name["measurement"].tonnes == pytest.approx(386 * 8424, rel=0.01)
    assert by_name["measurement"].measured.completeness == pytest.approx(8424 / 8760, abs=0.001)


def test_a_meter_without_readings_of_the_year_measures_nothing(sample_database, bureau):
    found = gaps(sample_database, bureau, 2022)["measurement"]
    assert (found.tonnes, found.gap_t, found.measured.meters) == (None, None, 1)


def test_electricity_moves_the_inventory_of_the_year_before(sample_database, bureau):
    before = ledger_of(bureau, sample_database, CATALOG, PROVINCE, 2022).coverage.inventory_t
    found = gaps(sample_database, bureau)["electricity"]
    # The sample's use: 24,150,000 MWh in 2022 and 24,960,000 MWh in 2023.
    assert found.tonnes == pytest.approx(before * 24_960_000 / 24_150_000)
    assert gaps(sample_database, bureau, 2021)["electricity"].tonnes is None


def test_a_gap_is_signed_with_cause_and_owner_and_audited(sample_database, bureau):
    done = sign_gap(bureau, sample_database, CATALOG, ORDER)
    assert (done.signature.cause, done.signature.owner) == ("not_reporting", "能源处")
    assert done.signature.gap_t == done.gap_t
    assert not done.has_moved
    again = gaps(sample_database, bureau)
    assert again["bottom_up"].signature.note == "小企业未填报"
    assert again["reference"].signature is None
    with sample_database.work(SYSTEM_SCOPE) as work:
        actions = [event.action for event in audit.of_organization(work, int(PROVINCE))]
    assert actions.count("sign_discrepancy") == 1


def test_a_gap_that_moves_after_it_was_signed_says_so(sample_database, sample_owner_url, bureau):
    sign_gap(bureau, sample_database, CATALOG, ORDER)
    table = "statistics.emission_line"
    more = f"UPDATE {table} SET co2e_t = co2e_t + 1000 WHERE organization_id = 990000 AND line = 0"
    with owner_work(sample_owner_url) as work:
        for order in ("DISABLE", more, "ENABLE"):
            is_switch = order != more
            work.connection.execute(
                text(f"ALTER TABLE {table} {order} TRIGGER USER" if is_switch else order)
            )
        work.commit()
    assert gaps(sample_database, bureau)["bottom_up"].has_moved


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"cause": "weather"}, UnknownCauseError),
        ({"owner": "  "}, OwnerMissingError),
        ({"estimate": "measurement", "year": 2022}, NotFoundError),
        ({"region_code": "320000"}, NotFoundError),
        ({"year": 2010}, NotFoundError),
    ],
)
def test_what_cannot_be_signed_is_refused(sample_database, bureau, changes, error):
    with pytest.raises(error):
        sign_gap(bureau, sample_database, CATALOG, replace(ORDER, **changes))


def test_nobody_else_sees_or_signs_it(sample_database):
    reporter = cleared(3, "plant", Membership(Role.REPORTER, 12, "cn.p990000.c990100.o12"))
    other = cleared(2, "bureau", Membership(Role.BUREAU_OFFICER, 320000, "cn.p320000"))
    with pytest.raises(NotAllowedError):
        ledger_of(reporter, sample_database, CATALOG, PROVINCE, 2023)
    assert ledger_of(other, sample_database, CATALOG, "", None) is None
    with pytest.raises((NotAllowedError, NotFoundError)):
        sign_gap(other, sample_database, CATALOG, ORDER)
