"""Reactions of the entry page on a real database: check, keep, conflict, submit (4.2 a)."""

import json
from types import SimpleNamespace

import pytest
from dash import html

from callbacks.collection import manual
from callbacks.context import Context
from services.errors import NotFoundError
from services.standards.catalog import load_catalog
from tests.places import add_firm, add_staff

pytestmark = pytest.mark.postgres
YEAR = 2023
GOOD = {"source": "fuel", "item": "bituminous", "FC": "１，０００"}
BAD = {"source": "fuel", "item": "bituminous", "FC": "十二吨"}


@pytest.fixture
def firm(database):
    return add_firm(database, "ENTRY", method="GB/T 32151.8-2015")


@pytest.fixture
def context(database, firm):
    reporter, _ = add_staff(database, firm)
    return Context(database, load_catalog(), SETTINGS, None, lambda: reporter)


SETTINGS = SimpleNamespace(file_mb=10)
UNCOVERED = 2025


def opened(context, firm, year=YEAR):
    query = {"organization": str(firm.organization_id), "year": str(year)}
    return words(manual.show_entry(context, query))


def request(firm, rows=(), revision=0, serial=1, year=YEAR):
    ids = [f"r{at + 1}" for at in range(len(rows))]
    return {
        "organization": firm.organization_id,
        "year": year,
        "serial": serial,
        "revision": revision,
        "rows": list(rows),
        "ids": ids,
        "lines": [at + 1 for at in range(len(rows))],
    }


def words(component):
    return json.dumps(
        html.Div(component).to_plotly_json(),
        default=lambda c: c.to_plotly_json(),
        ensure_ascii=False,
    )


def test_a_check_marks_the_cell_and_lists_it_with_its_line(context, firm):
    told, listed = manual.check(context, request(firm, [GOOD, BAD]))
    errors = [(p["record"], p["field"]) for p in told["problems"] if p["severity"] == "error"]
    assert errors == [(1, "FC")]
    assert told["counts"]["error"] == 1
    assert '"data-entry-problem": "r2:FC"' in words(listed)


def test_a_check_stores_nothing(context, firm):
    manual.check(context, request(firm, [GOOD]))
    assert manual.save(context, request(firm, [GOOD]))["revision"] == 1


def test_bad_cells_are_kept_as_typed(context, firm):
    manual.save(context, request(firm, [BAD]))
    assert "十二吨" in opened(context, firm)


def test_who_saves_an_old_revision_is_told_and_gets_the_newest_one(context, firm):
    manual.save(context, request(firm, [GOOD]))
    manual.save(context, request(firm, [GOOD], revision=1))
    answer = manual.save(context, request(firm, [BAD], revision=1))
    assert answer["newest"] == 2
    assert answer["conflict"]
    assert manual.save(context, request(firm, [BAD], revision=answer["newest"]))["revision"] == 3


def test_submitting_leads_to_the_result_of_that_year(context, firm):
    manual.save(context, request(firm, [GOOD]))
    address = manual.submit(context, request(firm, revision=1))
    assert address == f"/enterprise/accounting?organization={firm.organization_id}&year={YEAR}"


def test_an_answer_carries_whose_entry_it_belongs_to(context, firm):
    told, _ = manual.check(context, request(firm, [GOOD], serial=9))
    person = context.actor().person_id
    assert (told["key"], told["serial"]) == (f"{person}:{firm.organization_id}:{YEAR}", 9)


def test_a_year_that_the_method_does_not_cover_says_which_editions_do(context, firm):
    page = opened(context, firm, UNCOVERED)
    assert "有效期" in page
    assert "GB/T 32151.8-2023" in page
    assert "未载入" in page
    assert "data-entry-root" not in page
    # The chooser above the grid would have stood empty.
    assert "data-entry-method" not in page
    assert '"data-entry-choose": "GB/T 32150-2015"' in page


def test_a_method_chosen_instead_opens_the_grid_of_that_year(context, firm):
    query = {"organization": str(firm.organization_id), "year": str(UNCOVERED)}
    order = request(firm, year=UNCOVERED) | {"method": "GB/T 32150-2015"}
    assert "data-entry-root" in words(manual.choose_method(context, order, query))


@pytest.mark.parametrize("rows", [[], [GOOD]])
def test_a_check_by_a_method_that_does_not_cover_the_year_is_one_error(context, firm, rows):
    told, listed = manual.check(context, request(firm, rows, year=UNCOVERED))
    assert [(p["record"], p["field"]) for p in told["problems"]] == [(-1, "method")]
    assert told["counts"] == {"error": 1, "warning": 0}
    assert "GB/T 32151.8-2015" in words(listed)


def test_an_unusual_value_without_a_reason_is_an_error_at_the_note(context, firm):
    told, listed = manual.check(context, request(firm, [GOOD, GOOD | {"NCV": "60"}]))
    errors = [(p["record"], p["field"]) for p in told["problems"] if p["severity"] == "error"]
    assert errors == [(1, "note")]
    assert '"data-entry-problem": "r2:note"' in words(listed)


@pytest.mark.parametrize("typed", ["abc", "1 OR 1=1", "-5", "９" * 30])
def test_an_address_with_a_strange_number_is_not_found(context, typed):
    with pytest.raises(NotFoundError):
        manual.show_entry(context, {"organization": typed})
