"""One view for one place and year: which kind it is, which year it shows, for whom."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounting.region_results import COUNTRY, ViewKind
from services.accounting.region_view import Order, nearest, region_view
from services.errors import NotAllowedError, NotFoundError
from services.security.permissions import Membership, Role
from services.standards.catalog import load_catalog
from tests.cleared import cleared

TODAY = date(2026, 11, 22)
BUREAU = cleared(1, "bureau", Membership(Role.BUREAU_OFFICER, 990000, "cn.p990000"))
ELSEWHERE = cleared(2, "bureau", Membership(Role.BUREAU_OFFICER, 320000, "cn.p320000"))
REPORTER = cleared(3, "plant", Membership(Role.REPORTER, 12, "cn.p990000.c990100.o12"))


def view(database, region_code, year=None, actor=BUREAU):
    return region_view(actor, database, load_catalog(), Order(region_code, year, TODAY))


def test_the_country_shows_the_newest_year_with_every_piece(sample_database):
    shown = view(sample_database, COUNTRY)
    assert (shown.kind, shown.year) == (ViewKind.COUNTRY, 2023)
    assert shown.national.of(2023).computed_total_t == shown.chain.total_t
    assert shown.ranking.year == 2019
    assert shown.coverage.region_code == "990000"


def test_a_province_shows_the_published_year_nearest_before(sample_database):
    shown = view(sample_database, "320000", 2023)
    assert (shown.kind, shown.year) == (ViewKind.PROVINCE, 2019)
    assert shown.province.region_code == "320000"
    assert shown.national is None


def test_an_own_region_shows_its_inventory(sample_database):
    shown = view(sample_database, "990000", 2022)
    assert (shown.kind, shown.year) == (ViewKind.INVENTORY, 2022)
    assert shown.coverage.inventory_t > shown.coverage.below_t


def test_places_begin_with_the_country_and_the_own_region(sample_database):
    codes = [place.region_code for place in view(sample_database, COUNTRY).places]
    assert codes[:2] == [COUNTRY, "990000"]
    assert len(codes) == len(set(codes)) == 2 + 34


def test_another_bureau_is_not_even_told_of_the_region(sample_database):
    shown = view(sample_database, COUNTRY, actor=ELSEWHERE)
    assert "990000" not in {place.region_code for place in shown.places}
    assert shown.coverage is None
    with pytest.raises(NotFoundError):
        view(sample_database, "990000", actor=ELSEWHERE)


def test_an_enterprise_gets_no_view_at_all(sample_database):
    for code in (COUNTRY, "320000", "990000"):
        with pytest.raises(NotAllowedError):
            view(sample_database, code, actor=REPORTER)


YEARS = st.lists(st.integers(1990, 2030), min_size=1, unique=True).map(sorted)


@given(st.integers(1980, 2040), YEARS)
def test_the_nearest_year_is_never_later_unless_all_are(year, years):
    found = nearest(year, years)
    assert found in years
    assert found <= year or found == years[0]
    assert not [other for other in years if found < other <= year]


def test_without_a_wish_the_newest_year_is_shown():
    assert nearest(None, (2019, 2021, 2020)) == 2021


def test_no_year_at_all_is_an_error():
    with pytest.raises(NotFoundError):
        nearest(2020, ())
