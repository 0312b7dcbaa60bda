"""Every clause of the standard is answered by code that exists, and every page answers a clause."""

import importlib

import dash
import pytest

from callbacks.layouts import pages
from services.standards.clauses import STATUSES, conformance, counts, load_clauses
from tests.architecture.sources import ROOT

CLAUSES = load_clauses()
ITEMS = [(clause, item) for clause in CLAUSES for item in clause.items]
# How many lettered items the standard has in each clause; "-" stands for a clause without.
LETTERED = {
    "4.2": 3, "4.7": 4, "5.1.1": 3, "5.1.2": 4, "5.1.3": 3, "5.1.4": 2, "5.1.5": 3, "5.1.6": 2,
    "5.1.7": 3, "5.1.8": 2, "5.2.1": 3, "5.2.2": 3, "5.2.3": 2, "5.2.4": 4, "5.2.5": 2, "5.2.6": 2,
    "5.2.7": 3, "5.2.8": 5, "6.1": 3, "7.3": 6,
}  # fmt: skip
WHOLE = ("4.3", "4.4", "4.5", "4.6", "5.2.9", "6.2", "6.3", "7.1", "7.2")
COMMON_PAGES = {"pages.home"}  # answers no clause of its own


def item_id(value):
    clause, item = value
    return f"{clause.id}-{item.id}"


def number_of(clause):
    return tuple(int(part) for part in clause.id.split("."))


def test_the_register_holds_every_item_of_the_standard():
    found = {clause.id: [item.id for item in clause.items] for clause in CLAUSES}
    wanted = {key: list("abcdef"[:count]) for key, count in LETTERED.items()}
    assert found == wanted | {key: ["-"] for key in WHOLE}


def test_clauses_stand_in_the_order_of_the_standard():
    assert [clause.id for clause in CLAUSES] == [
        clause.id for clause in sorted(CLAUSES, key=number_of)
    ]


@pytest.mark.parametrize("entry", ITEMS, ids=item_id)
def test_item_is_answered(entry):
    _, item = entry
    assert item.status in STATUSES
    if item.status == "done":
        assert item.service, "A finished item names the callable that answers it."
        assert item.tests, "A finished item names the tests that show it."
    else:
        assert item.note, "An item that is not finished says why."


@pytest.mark.parametrize("entry", ITEMS, ids=item_id)
def test_what_an_item_names_exists(entry):
    _, item = entry
    if item.service:
        module, _, name = item.service.partition(":")
        assert callable(getattr(importlib.import_module(module), name))
    for name in filter(None, (*item.pages, item.callbacks)):
        assert (ROOT / f"{name.replace('.', '/')}.py").is_file()
    if item.callbacks:
        assert callable(importlib.import_module(item.callbacks).register)
    assert all((ROOT / path).is_file() for path in item.tests)


@pytest.mark.parametrize("entry", ITEMS, ids=item_id)
def test_item_is_told_in_both_languages(entry):
    clause, item = entry
    for told in (clause.title, item.wants, item.note or {"zh-CN": "-", "en": "-"}):
        assert set(told) == {"zh-CN", "en"}
        assert all(told.values())


def test_every_page_answers_a_clause(app):
    answered = {page for _, item in ITEMS for page in item.pages}
    assert {page["module"] for page in pages().values()} - COMMON_PAGES == answered
    assert set(pages()) < set(dash.page_registry)


def test_the_table_shows_every_item_and_counts_them():
    assert len(conformance()) == sum(counts().values()) == len(ITEMS)
    assert all(row.status == "planned" for row in conformance("planned"))
