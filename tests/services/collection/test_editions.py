"""Which methods and editions cover a year (4.2 a, 4.5)."""

import pytest

from services.collection.editions import editions_for, methods_for
from services.standards.catalog import load_catalog

CEMENT_2015, CEMENT_2023 = "GB/T 32151.8-2015", "GB/T 32151.8-2023"


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (2015, []),
        (2016, [CEMENT_2015]),
        (2023, [CEMENT_2015]),
        # One edition ends on 30 June 2024, the next begins on 1 July.
        (2024, [CEMENT_2015, CEMENT_2023]),
        (2025, [CEMENT_2023]),
    ],
)
def test_the_editions_of_a_standard_that_cover_a_year(catalog, year, expected):
    for named in (CEMENT_2015, CEMENT_2023):
        found = editions_for(catalog, named, year)
        assert sorted(method.designation for method in found) == expected


def test_only_methods_for_enterprises_whose_text_we_have_are_offered(catalog):
    offered = [method.designation for method in methods_for(catalog, 2023)]
    assert CEMENT_2015 in offered
    assert CEMENT_2023 not in offered
    assert {method.subject for method in methods_for(catalog, 2023)} == {"enterprise"}
