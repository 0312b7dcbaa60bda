"""A stored run explains itself: whose it is, what was typed, understood, computed."""

from uuid import uuid4

import pytest

from services.accounting import filing
from services.collection import manual
from services.data.drafts import DraftVersion
from services.errors import NotFoundError
from services.reports.explaining import explain_run
from services.standards.catalog import load_catalog
from tests.places import add_firm, add_staff

pytestmark = pytest.mark.postgres

ROWS = [
    {"source": "fuel", "item": "ng", "FC": "１２.５", "NCV": "389.31", "note": "锅炉"},
    {"source": "el_buy", "MWh": "1,000.1"},
]


class Firm:
    """A firm with a submitted year."""

    def __init__(self, database, code="X1"):
        self.database, self.catalog = database, load_catalog()
        self.organization = add_firm(database, code)
        self.key = self.organization.organization_id
        self.reporter, self.approver = add_staff(database, self.organization)
        version = DraftVersion(self.key, 2023, 0)
        draft = manual.save_draft(self.reporter, database, version, ROWS)
        self.run = manual.submit_draft(self.reporter, database, self.catalog, draft.version)

    def explain(self, actor=None, run_id=None, line=None):
        asked = (actor or self.reporter, self.database, self.catalog)
        return explain_run(*asked, run_id or self.run.run_id, line)


@pytest.fixture
def firm(database):
    return Firm(database)


def test_a_run_says_whose_it_is_and_who_entered_it(firm):
    told = firm.explain()
    assert told["organization"]["id"] == str(firm.organization.public_id)
    assert told["organization"]["names"]["en"] == "Test firm X1"
    assert told["run"]["id"] == str(firm.run.run_id)
    assert told["run"]["input_hash"] == firm.run.input_hash
    assert told["submission"]["submitted_by"] == firm.reporter.name
    assert (told["submission"]["state"], told["submission"]["version"]) == ("submitted", 1)
    assert told["submission"]["decided_by"] is None


def test_the_chain_ends_at_what_was_typed(firm):
    told = firm.explain()
    assert told["totals"]["total_t"]["value"] == firm.run.total_t
    (activity,) = told["lines"][0]["activity"]
    assert activity["typed"] == {"cells": {"FC": "１２.５", "NCV": "389.31"}, "note": "锅炉"}
    assert activity["understood"]["inputs"] == {"FC": 12.5, "NCV": 389.31}
    assert told["lines"][0]["inputs"][0]["value"] == 12.5
    assert told["lines"][1]["inputs"][1]["factor"][0]["code"].startswith("ELECTRICITY.")


def test_a_decision_is_told(firm):
    asked = (firm.reporter, firm.database, firm.catalog, firm.key, 2023)
    submission = manual.open_entry(*asked).submission_id
    filing.approve(firm.approver, firm.database, firm.key, submission)
    told = firm.explain()["submission"]
    assert (told["state"], told["decided_by"]) == ("approved", firm.approver.name)


def test_one_line_can_be_asked_for(firm):
    assert [line["line"] for line in firm.explain(line=1)["lines"]] == [1]


def test_nobody_sees_a_run_of_another_firm(firm, database):
    stranger = Firm(database, "X2")
    for run_id in (stranger.run.run_id, uuid4()):
        with pytest.raises(NotFoundError):
            firm.explain(run_id=run_id)
