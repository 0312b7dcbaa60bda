"""Unknown is not zero: a record may say why it has no number, and totals say what they lack."""

import pytest

from services.standards.missing import (
    MissingWithInputsError,
    NotationNoteError,
    NoteTooLongError,
    UnknownNotationError,
    quality_of,
)
from services.standards.problems import UnknownFieldError, WrongTypeError
from tests.services.standards.asking import GENERAL, record, result

COAL = record("fuel", "bituminous", FC=1000)
POWER = record("el_buy", MWh=1000, EF=0.6)


def without_number(notation, source="fuel", item="diesel", **others):
    return {"source": source, "item": item, "missing": notation, **others}


def of(*records):
    return result(*records, method=GENERAL)


def test_a_record_without_a_number_adds_nothing_and_is_listed():
    found = of(COAL, without_number("not_estimated", note="无台账"))
    assert found.total_t == of(COAL).total_t
    assert [line.record for line in found.lines] == [0]
    assert found.as_json()["missing"] == [
        {
            "record": 1,
            "source": "fuel",
            "item": "diesel",
            "notation": "not_estimated",
            "note": "无台账",
        }
    ]


@pytest.mark.parametrize(
    ("notation", "completeness"),
    [
        ("not_estimated", 2 / 3),
        ("confidential", 2 / 3),
        ("not_occurring", 1.0),
        ("included_elsewhere", 1.0),
    ],
)
def test_gaps_make_a_total_incomplete(notation, completeness):
    found = of(COAL, POWER, without_number(notation, note="说明"))
    assert found.completeness == pytest.approx(completeness)


def test_nothing_but_gaps_is_complete_to_nothing():
    found = of(without_number("confidential"))
    assert (found.total_t, found.completeness, len(found.lines)) == (0.0, 0.0, 0)


def test_completeness_belongs_to_the_total_of_a_scope():
    found = of(COAL, POWER, without_number("confidential", source="el_sell", item=""))
    qualities = {
        scope: quality_of(found.lines, found.missing, found.period, (scope,)).completeness
        for scope in ("direct", "indirect")
    }
    assert qualities == {"direct": 1.0, "indirect": 0.5}


def test_what_rests_on_estimates_is_a_share_of_the_emissions_without_their_signs():
    # 600 t bought are measured, 200 t sold are estimated: 200 of 800.
    sold = {"MWh": {"value": 1000, "origin": "estimated"}, "EF": 0.2}
    found = of(POWER, {"source": "el_sell", "inputs": sold})
    assert found.indirect_t == pytest.approx(400.0)
    assert found.estimated_share == pytest.approx(0.25)


def test_without_estimates_and_gaps_a_total_is_complete():
    found = of(COAL)
    assert (found.completeness, found.estimated_share, found.missing) == (1.0, 0.0, ())


@pytest.mark.parametrize(
    ("bad", "error", "field"),
    [
        (without_number("unknown"), UnknownNotationError, "missing"),
        (without_number("NE", note="x"), UnknownNotationError, "missing"),
        (without_number(7), UnknownNotationError, "missing"),
        (without_number("not_occurring", inputs={"FC": 1}), MissingWithInputsError, "inputs"),
        (without_number("not_estimated"), NotationNoteError, "note"),
        (without_number("included_elsewhere", note="  "), NotationNoteError, "note"),
        (without_number("confidential", note=3), WrongTypeError, "note"),
        (without_number("confidential", note="长" * 1001), NoteTooLongError, "note"),
        ({**COAL, "note": "已核对"}, UnknownFieldError, "note"),
    ],
)
def test_a_reason_that_cannot_stand_is_an_error_at_its_field(bad, error, field):
    with pytest.raises(error) as caught:
        of(POWER, bad)
    assert caught.value.where == f"records[1].{field}"
    assert str(caught.value)


def test_empty_inputs_beside_a_reason_are_none():
    assert of(COAL, without_number("not_occurring", inputs={})).completeness == 1.0
