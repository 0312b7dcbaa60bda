"""Below a region every firm counts once, however parks and sites lie within each other."""

import pytest

from services.accounting.reading import _outermost, _unreported, totals_below
from services.accounting.subregions import SUM, subregions
from services.security.permissions import Membership, Role
from tests.cleared import cleared

BUREAU = cleared(1, "bureau", Membership(Role.BUREAU_OFFICER, 990000, "cn.p990000"))


class Placed:
    """What the rules look at: a number, a kind and a path."""

    def __init__(self, organization_id, path, kind="enterprise"):
        self.organization_id, self.access_path, self.kind = organization_id, path, kind


BELOW = {
    o.organization_id: o
    for o in (
        Placed(1, "cn.p.o1", "park"),
        Placed(2, "cn.p.o1.o2"),
        Placed(3, "cn.p.o1.o3"),
        Placed(4, "cn.p.o4"),
        Placed(14, "cn.p.o14"),
    )
}


def test_a_firm_in_a_park_that_has_filed_is_part_of_the_park():
    filed = [BELOW[1], BELOW[2], BELOW[4]]
    assert [o.organization_id for o in _outermost(BELOW, filed)] == [1, 4]
    # The other firm of the park is part of it too; o14 does not lie in o1.
    assert [o.organization_id for o in _unreported(BELOW, filed)] == [14]


def test_a_park_that_has_filed_nothing_is_a_place_and_lacks_nothing_itself():
    filed = [BELOW[2]]
    assert [o.organization_id for o in _outermost(BELOW, filed)] == [2]
    assert [o.organization_id for o in _unreported(BELOW, filed)] == [3, 4, 14]


@pytest.fixture
def found(sample_database):
    totals = totals_below(BUREAU, sample_database, 990000, 2023)
    return totals, subregions(BUREAU, sample_database, totals)


def test_the_park_within_the_city_is_not_added_to_it_again(found):
    totals, below = found
    city, park = below.rows
    assert (city.names["en"], city.basis, city.organizations) == ("Sample City", SUM, 3)
    assert (park.names["en"], park.counted_in["en"]) == ("Sample Park", "Sample City")
    assert park.direct_t > 0
    assert below.direct_t == city.direct_t == totals.direct_t
    assert below.indirect_t == totals.indirect_t
    assert below.outside == 0
