"""A region's inventory beside the organizations below it: like with like, and for whom."""

import math

import pytest

from services.accounting.reading import totals_below
from services.accounting.region_coverage import own_regions, region_coverage
from services.accounting.region_results import Coverage, CoveragePart
from services.accounting.subregions import Subregions
from services.errors import NotAllowedError, NotFoundError
from services.security.permissions import Membership, Role
from services.standards.catalog import load_catalog
from tests.cleared import cleared

PROVINCE = "990000"
BUREAU = cleared(1, "bureau", Membership(Role.BUREAU_OFFICER, 990000, "cn.p990000"))
ELSEWHERE = cleared(2, "bureau", Membership(Role.BUREAU_OFFICER, 320000, "cn.p320000"))
REPORTER = cleared(3, "plant", Membership(Role.REPORTER, 12, "cn.p990000.c990100.o12"))


@pytest.fixture
def coverage(sample_database):
    return region_coverage(BUREAU, sample_database, load_catalog(), PROVINCE, 2023)


def test_the_gap_is_exactly_the_inventory_minus_the_sum(coverage):
    assert coverage.gap_t == coverage.inventory_t - coverage.below_t
    assert coverage.gap_share == coverage.gap_t / coverage.inventory_t


def test_the_parts_add_up_to_the_sum_below(coverage):
    parts = [part.fossil_t for part in coverage.parts if part.fossil_t is not None]
    assert len(parts) == 3
    assert math.fsum(parts) == coverage.below_t


def test_fossil_combustion_is_compared_with_fossil_combustion(sample_database, coverage):
    totals = totals_below(BUREAU, sample_database, 990000, 2023)
    # The rest of the inventory are processes, agriculture and waste; of the firms, processes.
    assert coverage.inventory_t < totals.inventory.direct_t
    assert coverage.below_t < totals.direct_t == coverage.below_direct_t
    assert coverage.below_indirect_t == totals.indirect_t > 0
    by_part = {part.names["en"]: part for part in coverage.parts}
    cement = by_part["Sample Cement Co., Ltd."]
    machinery = by_part["Sample Machinery Co., Ltd."]
    # Clinker makes the greater part of a cement works, a machinery works burns and nothing else.
    assert cement.fossil_t < cement.direct_t / 2
    assert machinery.fossil_t == machinery.direct_t


def test_the_inventory_holds_more_than_its_organizations_explain(coverage):
    assert 0 < coverage.gap_share < 1


def test_the_fuel_lines_of_the_inventory_add_up_to_it(coverage):
    burnt = [line.sign * line.co2e_t for line in coverage.lines if line.source == "fuel"]
    assert len(burnt) == 8
    assert math.fsum(burnt) == pytest.approx(coverage.inventory_t, rel=1e-12)


def test_the_sample_is_marked(sample_database, coverage):
    (own,) = own_regions(BUREAU, sample_database)
    assert own.region_code == PROVINCE
    assert own.is_sample
    assert coverage.is_sample


def test_a_year_without_inventory_has_no_gap_instead_of_a_wrong_one(sample_database):
    coverage = region_coverage(BUREAU, sample_database, load_catalog(), PROVINCE, 2010)
    assert coverage.inventory_t is None
    assert (coverage.gap_t, coverage.gap_share) == (None, None)
    assert coverage.unknown_parts == len(coverage.parts) > 0


def test_an_organization_without_figures_is_unknown_and_not_zero():
    part = CoveragePart(1, {"en": "a"}, None, None, None, "not_filed")
    coverage = Coverage(
        organization_id=1, names={}, region_code="1", is_sample=True, year=2023, years=(2023,),
        method=None, run_id="", inventory_t=10.0, below_t=0.0, below_direct_t=0.0,
        below_indirect_t=0.0,
        parts=(part,), lines=(), subregions=Subregions((), 0, 0.0, 0.0, 0.0, 0.0),
    )  # fmt: skip
    assert coverage.unknown_parts == 1
    assert coverage.gap_t == 10.0


def test_a_bureau_of_another_province_sees_neither_region_nor_sum(sample_database):
    assert own_regions(ELSEWHERE, sample_database) == ()
    with pytest.raises((NotAllowedError, NotFoundError)):
        region_coverage(ELSEWHERE, sample_database, load_catalog(), PROVINCE, 2023)


def test_an_enterprise_gets_nothing_of_the_region(sample_database):
    for order in (
        lambda: own_regions(REPORTER, sample_database),
        lambda: region_coverage(REPORTER, sample_database, load_catalog(), PROVINCE, 2023),
    ):
        with pytest.raises(NotAllowedError):
            order()
