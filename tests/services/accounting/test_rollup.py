"""Lower regions and parks add up to their parent with every organization counted once."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounting.rollup import MemberRun, SubregionRun, roll_up
from services.errors import PlatformError
from services.i18n.texts import LANGUAGES, use_language

WORKS = MemberRun(11, UUID(int=11), total_t=100, direct_t=80, indirect_t=20)
MILL = MemberRun(12, UUID(int=12), total_t=40, direct_t=30, indirect_t=10)
KILN = MemberRun(13, UUID(int=13), total_t=7, direct_t=7, indirect_t=0)


def place(number, kind, path, members, rest=0.0):
    """Return a run that is the sum of its members and a rest that belongs to none."""
    return SubregionRun(
        number,
        kind,
        path,
        total_t=sum(m.total_t for m in members) + rest,
        direct_t=sum(m.direct_t for m in members) + rest,
        indirect_t=sum(m.indirect_t for m in members),
        members=tuple(members),
    )


CITY = replace(place(1, "city", "cn.p.c1", [WORKS, MILL], rest=500), land_use_t=-60)
OTHER = place(2, "city", "cn.p.c2", [], rest=300)


def test_cities_add_up():
    found = roll_up(9, [CITY, OTHER])
    # 100 + 40 + 500 + 300
    assert (found.total_t, found.direct_t, found.indirect_t) == (940, 910, 30)
    assert (found.land_use_t, found.total_with_land_use_t) == (-60, 880)
    assert (found.parts, found.left_out) == ((1, 2), ())


def test_an_organization_in_a_park_and_a_city_is_counted_once():
    park = place(3, "park", "cn.p.park", [WORKS, KILN], rest=2)
    for order in ([CITY, park], [park, CITY]):
        found = roll_up(9, order)
        # the city's 640, of the park only the kiln's 7 and the rest of 2
        assert (found.total_t, found.direct_t, found.indirect_t) == (649, 619, 30)
        (left_out,) = found.left_out
        assert (left_out.organization_id, left_out.within, left_out.counted_in) == (11, 3, 1)
        assert left_out.total_t == 100


def test_a_park_within_a_city_is_part_of_it_already():
    park = place(3, "park", "cn.p.c1.park", [WORKS])
    found = roll_up(9, [park, CITY])
    assert found.total_t == 640
    assert (found.parts, found.left_out[0].organization_id) == ((1,), 3)


def test_an_organization_in_two_parks_is_counted_once():
    parks = [place(n, "park", f"cn.p.k{n}", [WORKS], rest=1) for n in (3, 4)]
    assert roll_up(9, parks).total_t == 102


def test_a_path_that_only_begins_alike_lies_not_within():
    park = place(3, "park", "cn.p.c11", [KILN])
    assert roll_up(9, [CITY, park]).total_t == 647


def test_nothing_adds_up_to_nothing():
    assert roll_up(9, []).total_t == 0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("parts", "key"),
    [
        ([CITY, CITY], "counted_twice"),
        ([CITY, place(5, "county", "cn.p.c1.x", [])], "counted_twice"),
        (
            [CITY, place(3, "park", "cn.p.k", [MemberRun(11, UUID(int=99), 90, 70, 20)])],
            "two_views_differ",
        ),
    ],
)
def test_what_would_count_twice_is_refused(parts, key, language):
    with pytest.raises(PlatformError) as caught:
        roll_up(9, parts)
    assert caught.value.text_key == key
    with use_language(language):
        assert "{" not in str(caught.value)


tonnes = st.integers(min_value=0, max_value=10**6)


@given(
    amounts=st.lists(tonnes, min_size=1, max_size=8),
    cities=st.lists(st.integers(0, 2), min_size=8, max_size=8),
    parks=st.lists(st.integers(0, 2), min_size=8, max_size=8),
)
def test_any_sharing_gives_the_sum_over_organizations(amounts, cities, parks):
    members = [MemberRun(n, UUID(int=n), a, a, 0) for n, a in enumerate(amounts)]
    parts = [
        place(100 + number, "city", f"cn.p.c{number}", _chosen(members, cities, number))
        for number in (1, 2)
    ] + [
        place(200 + number, "park", f"cn.p.k{number}", _chosen(members, parks, number))
        for number in (1, 2)
    ]
    everyone = {m.organization_id: m.total_t for part in parts for m in part.members}
    assert roll_up(9, parts).total_t == sum(everyone.values())


def _chosen(members, places, number):
    return [m for m, where in zip(members, places, strict=False) if where == number]
