"""A restatement stands beside what was filed, and its bridge adds up exactly."""

from datetime import date
from fractions import Fraction

import pytest

from services.accounting import filing
from services.accounting.checking import check_run, findings_of
from services.accounting.corrections import open_correction
from services.accounting.restatement import (
    ACTIVITY,
    BOUNDARY,
    FACTOR,
    GWP,
    METHOD,
    NothingFiledError,
    RestatementOrder,
    restate,
    restatements_of,
    steps_between,
)
from services.collection import manual
from services.data import audit, runs, submissions
from services.data.drafts import DraftVersion
from services.data.engine import SYSTEM_SCOPE
from services.errors import NotFoundError
from services.security.permissions import Action
from services.security.scopes import scope_for
from services.standards.catalog import load_catalog
from services.standards.request import CalculationRequest
from tests.places import add_firm, add_staff
from tests.tampering import RUN, tamper

pytestmark = pytest.mark.postgres

CHEMICALS = "GB/T 32151.10-2015"
KNOWN_ON = date(2026, 6, 30)
BEFORE_THE_NOTICE = date(2024, 12, 31)
ROWS = [{"source": "fuel", "item": "ng", "FC": "10"}, {"source": "el_buy", "MWh": "1000"}]


def request(*records, method=CHEMICALS, **others):
    return CalculationRequest(method, 2023, "320000", records, KNOWN_ON, **others)


def record(source, item="", **inputs):
    return {"source": source, "item": item, "inputs": inputs}


def changes(steps):
    return {step.cause: pytest.approx(step.change_t, abs=1e-6) for step in steps}


def test_every_cause_has_its_own_part():
    filed = request(
        record("n2o_adipic", P=1), record("el_buy", MWh=1000), record("n2o_hno3", "dual", P=10)
    )
    wanted = CalculationRequest(
        CHEMICALS, 2023, "320000",
        [record("n2o_adipic", P=2), record("el_buy", MWh=1000), record("ht_buy", GJ=100)],
        BEFORE_THE_NOTICE, gwp_set="AR5",
    )  # fmt: skip
    last, steps = steps_between(load_catalog(), filed, wanted)
    assert {step.cause: step.change_t for step in steps} == {
        FACTOR: pytest.approx(1000 * (0.5617 - 0.55)),  # the notice of 2026 was not known yet
        GWP: pytest.approx((0.3 + 10 * 0.008) * (265 - 310)),
        BOUNDARY: pytest.approx(100 * 0.11 - 10 * 0.008 * 265),  # heat came, nitric acid went
        ACTIVITY: pytest.approx(0.3 * 265),  # a second tonne
    }
    assert last.total_t == pytest.approx(0.6 * 265 + 561.7 + 11)


def test_another_edition_is_one_step_with_its_rows():
    filed = request(record("fuel", "coke", FC=100), method="GB/T 32151.5-2015")
    wanted = request(record("fuel", "coke", FC=100), method="CETS-AG-03.01-V01-2024", period=(
        date(2023, 1, 1), date(2023, 12, 31)), is_comparison=True)  # fmt: skip
    _, steps = steps_between(load_catalog(), filed, wanted)
    by_cause = {step.cause: step.change_t for step in steps}
    assert by_cause == {
        FACTOR: 0,
        GWP: 0,
        METHOD: pytest.approx(100 * (28.435 * 0.02942 - 28.447 * 0.0295 * 0.93) * 44 / 12),
    }


class Firm:
    def __init__(self, database):
        self.database, self.catalog = database, load_catalog()
        self.organization = add_firm(database, "T1", 320100)
        self.key = self.organization.organization_id
        self.reporter, self.approver = add_staff(database, self.organization)

    def submit(self, rows, revision=0):
        version = DraftVersion(self.key, 2023, revision)
        draft = manual.save_draft(self.reporter, self.database, version, rows)
        return manual.submit_draft(self.reporter, self.database, self.catalog, draft.version)

    def approve(self):
        entry = manual.open_entry(self.reporter, self.database, self.catalog, self.key, 2023)
        filing.approve(self.approver, self.database, self.key, entry.submission_id)
        return entry.version.revision

    def restate(self, actor=None, **others):
        order = RestatementOrder(self.key, 2023, **{"known_on": BEFORE_THE_NOTICE} | others)
        return restate(actor or self.approver, self.database, self.catalog, order)


@pytest.fixture
def firm(database):
    return Firm(database)


def test_a_filed_year_stays_and_its_restatement_stands_beside(firm):
    filed = firm.submit(ROWS)
    firm.approve()
    found = firm.restate()
    assert found.filed.run_id == filed.run_id
    assert found.filed.total_t == filed.total_t
    added = sum(step.change for step in found.steps)
    assert added == Fraction(found.restated.total_t) - Fraction(found.filed.total_t)
    assert float(added) == pytest.approx(11.7)  # 1000 MWh × (0.5617 − 0.55)
    (listed,) = restatements_of(firm.reporter, firm.database, firm.key, 2023)
    assert listed == found
    with firm.database.work(scope_for(firm.reporter, Action.VIEW_RESULT)) as work:
        events = audit.of_organization(work, firm.key)
    assert "restate" in [event.action for event in events]


def test_a_restatement_that_disagrees_with_its_lines_says_so(firm, owner_url):
    firm.submit(ROWS)
    firm.approve()
    made = firm.restate().restated
    tamper(owner_url, RUN, f"total_t = total_t + 1 WHERE run_id = '{made.run_id}'")
    with firm.database.work(SYSTEM_SCOPE) as work:
        run = runs.get(work, firm.key, made.run_id)
        check_run(work, firm.catalog, firm.organization, run)
        work.commit()
    (listed,) = restatements_of(firm.reporter, firm.database, firm.key, 2023)
    assert [(f.invariant, f.part) for f in listed.findings] == [("total", "total_t")]
    # What was filed is as it was.
    assert findings_of(firm.reporter, firm.database, firm.key, 2023) == ()


def test_corrected_activity_is_its_own_cause(firm):
    firm.submit(ROWS)
    revision = firm.approve()
    open_correction(firm.reporter, firm.database, firm.key, 2023, "电表倍率有误")
    firm.submit([ROWS[0], {"source": "el_buy", "MWh": "1100"}], revision)
    found = firm.restate(known_on=KNOWN_ON)
    assert {s.cause: s.change_t for s in found.steps if s.change} == {
        ACTIVITY: pytest.approx(55)  # 100 MWh × 0.55
    }
    with firm.database.work(scope_for(firm.reporter, Action.VIEW_RESULT)) as work:
        run = runs.get(work, firm.key, found.restated.run_id)
        newest = submissions.latest(work, firm.key, 2023)
    # What is behind the restated number are the corrected rows, and not those of the filed one.
    assert run.submission_id == newest.submission_id


def test_nothing_filed_is_nothing_to_restate(firm):
    firm.submit(ROWS)
    with pytest.raises(NothingFiledError):
        firm.restate()


def test_a_stranger_may_not_restate(firm, database):
    other = add_firm(database, "T2", 320200)
    stranger, _ = add_staff(database, other)
    firm.submit(ROWS)
    firm.approve()
    with pytest.raises(NotFoundError):
        firm.restate(actor=stranger)
