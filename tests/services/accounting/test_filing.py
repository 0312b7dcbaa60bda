"""Approval by another person, results that come back exactly, and totals of a region."""

import math

import pytest

from services.accounting import filing
from services.accounting.corrections import open_correction
from services.accounting.filing import (
    CommentMissingError,
    MakerCheckerError,
    TyperCheckerError,
    fingerprint,
)
from services.accounting.reading import (
    marks_of,
    organizations_of,
    pending_of,
    places_of,
    result_of,
    totals_below,
    years_of,
)
from services.collection import manual
from services.data.drafts import DraftVersion
from services.errors import ConflictError, NotAllowedError, NotFoundError
from services.security.permissions import Role
from services.standards.calculate import CalculationRequest, calculate
from services.standards.catalog import load_catalog
from tests.places import SUZHOU, add_firm, add_person, add_staff

pytestmark = pytest.mark.postgres

ROWS = [
    {"source": "fuel", "item": "ng", "FC": "１２.５", "NCV": "389.31", "note": "锅炉"},
    {"source": "el_buy", "MWh": "1,000.1"},
    {"source": "ht_buy", "GJ": "3"},
]
RECORDS = [
    {"source": "fuel", "item": "ng", "inputs": {"FC": 12.5, "NCV": 389.31}},
    {"source": "el_buy", "inputs": {"MWh": 1000.1}},
    {"source": "ht_buy", "inputs": {"GJ": 3.0}},
]


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


class Firm:
    """A firm with its two people, and what they do with a year."""

    def __init__(self, database, catalog, code, city):
        self.database, self.catalog = database, catalog
        self.organization = add_firm(database, code, city)
        self.key = self.organization.organization_id
        self.reporter, self.approver = add_staff(database, self.organization)

    def submit(self, rows=ROWS, year=2023, revision=0):
        version = DraftVersion(self.key, year, revision)
        draft = manual.save_draft(self.reporter, self.database, version, rows)
        return manual.submit_draft(self.reporter, self.database, self.catalog, draft.version)

    def submission(self, year=2023):
        entry = manual.open_entry(self.reporter, self.database, self.catalog, self.key, year)
        return entry.submission_id

    def approve(self, year=2023, actor=None):
        return filing.approve(
            actor or self.approver, self.database, self.key, self.submission(year)
        )

    def result(self, actor=None, run_id=None):
        return result_of(actor or self.reporter, self.database, self.key, 2023, run_id)


@pytest.fixture
def make_firm(database, catalog):
    return lambda code="T1", city=320100: Firm(database, catalog, code, city)


@pytest.fixture
def firm(make_firm):
    return make_firm()


def test_the_stored_result_is_the_calculation_bit_for_bit(catalog, firm):
    summary = firm.submit()
    request = CalculationRequest("GB/T 32150-2015", 2023, "320000", RECORDS, summary.known_on)
    expected = calculate(catalog, request)
    found = firm.result()
    assert found.lines == expected.lines
    assert [list(line.inputs) for line in found.lines] == [
        list(line.inputs) for line in expected.lines
    ]
    for name in ("total_t", "direct_t", "indirect_t", "deducted_t", "gwp_set", "memo"):
        assert getattr(found.summary, name) == getattr(expected, name)
    assert found.summary.warnings == expected.warnings
    assert found.summary.total_t == pytest.approx(
        math.fsum(line.sign * line.co2e_t for line in found.lines), rel=1e-15
    )


def test_the_result_shows_the_rows_as_they_were_typed(firm):
    firm.submit()
    rows = firm.result().activity
    assert [row.cells.get("FC") for row in rows] == ["１２.５", None, None]
    assert (rows[0].note, rows[1].cells) == ("锅炉", {"MWh": "1,000.1"})


def test_equal_inputs_have_the_same_fingerprint(make_firm):
    first, second = make_firm("T1"), make_firm("T2")
    same = first.submit().input_hash
    assert second.submit().input_hash == same
    assert len(same) == 64
    changed = [*ROWS[:1], {"source": "el_buy", "MWh": "1000.2"}, ROWS[2]]
    assert make_firm("T3").submit(changed).input_hash != same


def test_the_fingerprint_does_not_depend_on_the_order_of_keys():
    assert fingerprint({"a": 1, "b": [0.1]}) == fingerprint({"b": [0.1], "a": 1})


def test_who_submitted_may_not_approve(database, firm):
    both = add_person(database, "both", (Role.REPORTER, firm.key), (Role.APPROVER, firm.key))
    firm.reporter = both
    firm.submit()
    with pytest.raises(MakerCheckerError, match="both"):
        firm.approve(actor=both)
    with pytest.raises(MakerCheckerError):
        filing.send_back(both, database, firm.key, firm.submission(), "x")
    assert pending_of(both, database) == ()
    assert firm.approve().state == "approved"


def test_who_typed_a_row_may_not_approve_whoever_submitted(database, firm):
    """One begins the year, a second corrects a row, a third only saves it again and submits."""
    held = ((Role.REPORTER, firm.key), (Role.APPROVER, firm.key))
    first, second = (add_person(database, login, *held) for login in ("first", "second"))
    corrected = [{"source": "fuel", "item": "ng", "FC": "13", "NCV": "389.31"}, *ROWS[1:]]
    version = DraftVersion(firm.key, 2023, 0)
    version = manual.save_draft(first, database, version, ROWS).version
    version = manual.save_draft(second, database, version, corrected).version
    version = manual.save_draft(firm.reporter, database, version, corrected).version
    manual.submit_draft(firm.reporter, database, firm.catalog, version)
    for typer in (first, second):
        assert pending_of(typer, database) == ()
        with pytest.raises(TyperCheckerError, match=typer.name):
            firm.approve(actor=typer)
        with pytest.raises(TyperCheckerError):
            filing.send_back(typer, database, firm.key, firm.submission(), "x")
    assert firm.approve().state == "approved"


def test_who_saves_a_draft_unchanged_has_typed_nothing(database, firm):
    held = ((Role.REPORTER, firm.key), (Role.APPROVER, firm.key))
    looking = add_person(database, "looking", *held)
    version = DraftVersion(firm.key, 2023, 0)
    version = manual.save_draft(firm.reporter, database, version, ROWS).version
    version = manual.save_draft(looking, database, version, ROWS).version
    manual.submit_draft(firm.reporter, database, firm.catalog, version)
    assert firm.approve(actor=looking).state == "approved"


def test_rows_sent_back_stay_those_of_who_typed_them(database, firm):
    """Nobody takes a year over from another to approve what was typed before."""
    held = ((Role.REPORTER, firm.key), (Role.APPROVER, firm.key))
    first = add_person(database, "first", *held)
    version = manual.save_draft(first, database, DraftVersion(firm.key, 2023, 0), ROWS).version
    manual.submit_draft(first, database, firm.catalog, version)
    filing.send_back(firm.approver, database, firm.key, firm.submission(), "one row is missing")
    more = [*ROWS, {"source": "el_buy", "MWh": "1"}]
    version = manual.save_draft(firm.reporter, database, version, more).version
    manual.submit_draft(firm.reporter, database, firm.catalog, version)
    with pytest.raises(TyperCheckerError):
        firm.approve(actor=first)
    assert firm.approve().state == "approved"


def test_a_reporter_may_not_approve(firm):
    firm.submit()
    with pytest.raises((NotAllowedError, NotFoundError)):
        firm.approve(actor=firm.reporter)


def test_an_approver_of_another_firm_may_not_approve(make_firm, firm):
    firm.submit()
    with pytest.raises(NotFoundError):
        firm.approve(actor=make_firm("T2").approver)


def test_an_approval_names_both_people(firm):
    firm.submit()
    made = firm.approve()
    assert (made.submitted_by.name, made.decided_by.name) == (
        firm.reporter.name,
        firm.approver.name,
    )
    assert firm.result().filing == made


def test_a_second_decision_is_refused(database, firm):
    firm.submit()
    firm.approve()
    with pytest.raises(ConflictError):
        filing.send_back(firm.approver, database, firm.key, firm.submission(), "zu spät")


def test_sending_back_needs_a_reason(database, firm):
    firm.submit()
    with pytest.raises(CommentMissingError):
        filing.send_back(firm.approver, database, firm.key, firm.submission(), "  ")


def test_what_waits_is_listed_with_its_total(database, firm):
    summary = firm.submit()
    (waiting,) = pending_of(firm.approver, database)
    assert waiting.run == summary
    firm.approve()
    assert pending_of(firm.approver, database) == ()


def test_a_correction_keeps_the_filed_run_until_it_is_approved(database, firm):
    first = firm.submit()
    firm.approve()
    viewer = add_person(database, "viewer", (Role.BUREAU_OFFICER, 320000))
    open_correction(firm.reporter, database, firm.key, 2023, "漏报外购热力")
    second = firm.submit([*ROWS, {"source": "ht_buy", "GJ": "100"}], revision=1)
    filed = totals_below(viewer, database, 320000, 2023).organizations
    assert [run.run_id for run in filed] == [first.run_id]
    assert firm.result().summary.run_id == second.run_id
    assert firm.result(run_id=first.run_id).summary.total_t == first.total_t
    firm.approve()
    filed = totals_below(viewer, database, 320000, 2023).organizations
    assert [run.run_id for run in filed] == [second.run_id]


def test_years_are_listed_with_their_state(database, firm):
    firm.submit(year=2022)
    firm.approve(year=2022)
    run = firm.submit(year=2023)
    manual.save_draft(firm.reporter, database, DraftVersion(firm.key, 2024, 0), ROWS)
    found = years_of(firm.reporter, database, firm.key)
    assert [(state.year, state.state) for state in found] == [
        (2024, "draft"),
        (2023, "submitted"),
        (2022, "approved"),
    ]
    assert found[0].run is None
    assert found[1].run == run


def test_marks_change_with_every_act_on_the_year_and_with_nothing_else(database, firm):
    def marks():
        return marks_of(firm.reporter, database, firm.key)

    before = marks()
    firm.submit(year=2023)
    submitted = marks()
    firm.approve(year=2023)
    approved = marks()
    assert marks() == approved
    assert len({before, submitted, approved}) == 3
    assert [(mark.year, mark.decision) for mark in approved.years] == [(2023, "approved")]


def test_places_lead_from_the_country_to_the_firm(database, firm):
    places = places_of(firm.reporter, database, firm.key)
    assert [place.kind for place in places] == ["country", "province", "city", "enterprise"]
    assert places[-1].organization_id == firm.key


def test_a_year_without_a_run_is_not_found(firm):
    with pytest.raises(NotFoundError, match="2023"):
        firm.result()


def test_a_bureau_sees_totals_below_it_and_no_lines(database, make_firm):
    near, far = make_firm("T1"), make_firm("T2", SUZHOU)
    for firm in (near, far):
        firm.submit()
        firm.approve()
    idle = make_firm("T3")
    viewer = add_person(database, "viewer", (Role.BUREAU_OFFICER, 320000))
    totals = totals_below(viewer, database, 320000, 2023)
    assert [run.subject.code for run in totals.organizations] == ["T1", "T2"]
    assert [subject.code for subject in totals.missing] == [idle.organization.code]
    assert totals.total_t == math.fsum(run.total_t for run in totals.organizations)
    assert totals.inventory is None
    for firm in (near, far):
        with pytest.raises((NotAllowedError, NotFoundError)):
            firm.result(actor=viewer)


def test_a_bureau_of_a_city_sees_only_that_city(database, make_firm):
    for firm in (make_firm("T1"), make_firm("T2", SUZHOU)):
        firm.submit()
        firm.approve()
    viewer = add_person(database, "viewer", (Role.BUREAU_OFFICER, SUZHOU))
    found = totals_below(viewer, database, SUZHOU, 2023)
    assert [run.subject.code for run in found.organizations] == ["T2"]
    with pytest.raises(NotAllowedError):
        totals_below(viewer, database, 320000, 2023)


def test_a_firm_sees_no_totals_of_its_region(database, firm):
    with pytest.raises(NotAllowedError):
        totals_below(firm.reporter, database, 320000, 2023)


def test_people_see_the_organizations_they_belong_to(database, make_firm):
    first, second = make_firm("T1"), make_firm("T2")
    assert [subject.code for subject in organizations_of(first.reporter, database)] == ["T1"]
    assert [subject.code for subject in organizations_of(second.approver, database)] == ["T2"]


def test_a_result_is_seen_by_its_own_people_only(make_firm):
    first, second = make_firm("T1"), make_firm("T2")
    first.submit()
    assert first.result(actor=first.approver).summary.year == 2023
    with pytest.raises(NotFoundError):
        first.result(actor=second.reporter)
