"""A bundle of a year with months verifies, and a month that was changed is named."""

import pytest

from tests.services.standards.asking import record
from tests.tools.bundles import bundle, changed
from tests.tools.test_carbon_verify import found, verifier

__all__ = ["verifier"]
ROWS = (
    record("fuel", "coke", FC=10) | {"month": 1},
    record("fuel", "coke", FC=20) | {"month": "2023-02"},
    record("el_buy", MWh=20, EF=0.5) | {"month": 2},
    record("el_sell", MWh=5, EF=0.5),
)


@pytest.fixture(scope="module")
def sound():
    return bundle(records=ROWS)


def test_a_year_with_months_verifies(sound, verifier):
    assert found(verifier, sound) == []


def move(document):
    document["lines"][0]["month"] = 2


def forget(document):
    del document["lines"][1]["month"]


def swap(document):
    parts = document["by_month"]
    parts["1"], parts["2"] = parts["2"], parts["1"]


def leave_out(document):
    del document["by_month"]


def overlook(document):
    document["missing_months"][0]["months"].remove(5)


def make_whole(document):
    document["completeness"] = 1.0


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (move, {"lines[0] · month"}),
        (forget, {"lines[1] · month"}),
        (swap, {"by_month.1", "by_month.2"}),
        (leave_out, {"by_month.1", "by_month.2", "by_month.year"}),
        (overlook, {"missing_months"}),
        (make_whole, {"completeness"}),
    ],
)
def test_a_month_that_was_changed_is_named(sound, verifier, change, named):
    told = found(verifier, changed(sound, "result.json", change))
    assert {part for part in named for line in told if part in line} == named
    assert len(told) == len(named)


def test_a_record_put_into_another_month_is_named(sound, verifier):
    def other(document):
        document["records"][0]["month"] = 7

    told = found(verifier, changed(sound, "request.json", other))
    assert any("lines[0] · month" in line for line in told)
