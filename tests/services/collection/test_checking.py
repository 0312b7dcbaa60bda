"""Very many rows are checked once, and told as if they were checked every time (4.2 a)."""

import pytest

from services.collection.checking import MANY, Rules, problems_of
from services.standards.catalog import load_catalog

CATALOG = load_catalog()
RULES = Rules("GB/T 32151.8-2015", 2023, "320000")
GOOD = {"source": "fuel", "item": "diesel", "FC": "100.5", "NCV": "43.3"}


def many(**changed):
    """Return so many rows that they are recognized, the last one changed."""
    return [GOOD | {"note": str(number)} for number in range(MANY - 1)] + [GOOD | changed]


def told(rules, rows):
    return [(p.record, p.field, p.severity) for p in problems_of(CATALOG, rules, rows)]


def told_in_two(rules, rows):
    """Return the same of two halves, which are too few to be recognized."""
    half = len(rows) // 2
    second = [(record + half, *rest) for record, *rest in told(rules, rows[half:])]
    return sorted([*told(rules, rows[:half]), *second])


@pytest.mark.parametrize("changed", [{}, {"FC": "1,23"}, {"NCV": "-1"}, {"item": "nothing"}])
def test_the_same_is_told_of_rows_seen_before_and_of_those_that_differ_in_a_cell(changed):
    for rows in (many(), many(**changed), many(), many(**changed)):
        assert sorted(told(RULES, rows)) == told_in_two(RULES, rows)
    assert bool(told(RULES, many(**changed))) == bool(changed)


def test_another_year_is_checked_by_its_own_rules():
    assert told(RULES, many()) == []
    # The method begins in June 2016.
    (whole,) = problems_of(CATALOG, Rules(RULES.method, 2015, RULES.region), many())
    assert whole.field == "method"
    assert told(RULES, many()) == []
