"""Own measured values: two persons, evidence, no overlap, and a year that is computed with them."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.accounting import filing, reading
from services.accounting.evidence import export_evidence
from services.accounting.restatement import OWN, RestatementOrder, restate
from services.clock import today
from services.collection import manual, own_values
from services.collection.attachments import FileNotKeptError, Limits, ValueYear
from services.collection.cells import CellError
from services.collection.own_values import Proposal
from services.data import attachments, audit
from services.data.drafts import DraftVersion
from services.data.engine import SYSTEM_SCOPE
from services.errors import NotFoundError
from services.i18n.texts import LANGUAGES, use_language
from services.reports.explaining import explain_run
from services.security.permissions import Role
from services.standards.catalog import load_catalog
from services.standards.problems import (
    AboveCeilingError,
    UnknownUnitError,
    UnlikeUnitError,
    UnusualValueError,
)
from tests.places import add_firm, add_person, add_staff
from tests.tools.bundles import verify
from tests.uploads import Sent, send

pytestmark = pytest.mark.postgres

CATALOG = load_catalog()
POWER = "GB/T 32151.1-2015"
YEAR = 2023
LIMITS = Limits(file_mb=1, year_mb=2)
REPORT = Sent("煤质报告.pdf", b"%PDF-1.7 coal")
# The method has no default of the heat value, so that a plant has to measure it.
NCV, CC = 23.5, 0.0265
ROW = {"source": "fuel", "item": "bituminous", "FC": "1000", "OF": "0.98"}


def emissions(ncv, tonnes=1000, oxidized=0.98):
    return tonnes * ncv * CC * oxidized * 44 / 12


@contextmanager
def refused(kind):
    """Expect an error that can be told in both languages."""
    with pytest.raises(kind) as raised:
        yield
    for code in LANGUAGES:
        with use_language(code):
            assert raised.value.explain().what


class Plant:
    """A power plant whose reporter proposes values and whose approver decides."""

    def __init__(self, database, code="P1", method=POWER):
        self.database = database
        self.firm = add_firm(database, code, method=method)
        self.key = self.firm.organization_id
        self.reporter, self.approver = add_staff(database, self.firm)
        self.revision = 0

    def sent(self, year=None):
        place = ValueYear(self.key, year or today().year)
        kept = send(self.reporter, self.database, place, REPORT, LIMITS)
        return kept.year, kept.sha256

    def proposal(self, **others):
        usual = Proposal(
            self.key, "bituminous", "NCV", str(NCV), "GJ/t", date(YEAR, 1, 1), date(YEAR, 12, 31),
            "月度综合样，煤质检测中心", files=[self.sent()],
        )  # fmt: skip
        return replace(usual, **others)

    def propose(self, actor=None, **others):
        who = actor or self.reporter
        return own_values.propose(who, self.database, CATALOG, self.proposal(**others))

    def accept(self, value_id, actor=None):
        own_values.accept(actor or self.approver, self.database, self.key, value_id)
        return value_id

    def accepted(self, **others):
        return self.accept(self.propose(**others))

    def both(self):
        return self.accepted(), self.accepted(symbol="CC", value=str(CC), unit="tC/GJ")

    def submit(self, *rows):
        version = DraftVersion(self.key, YEAR, self.revision)
        draft = manual.save_draft(self.reporter, self.database, version, rows or [ROW])
        self.revision = draft.version.revision
        return manual.submit_draft(self.reporter, self.database, CATALOG, draft.version)

    def approve(self):
        entry = manual.open_entry(self.reporter, self.database, CATALOG, self.key, YEAR)
        filing.approve(self.approver, self.database, self.key, entry.submission_id)

    def line(self, run_id=None):
        found = reading.result_of(self.reporter, self.database, self.key, YEAR, run_id)
        return found.lines[0]

    def listed(self):
        return own_values.own_values_of(self.reporter, self.database, self.key)

    def actions(self):
        with self.database.work(SYSTEM_SCOPE) as work:
            return [event.action for event in audit.of_organization(work, self.key)]


@pytest.fixture
def plant(database):
    return Plant(database)


def test_an_accepted_value_fills_what_a_row_leaves_open_and_names_its_document(plant):
    plant.both()
    run = plant.submit()
    assert run.total_t == pytest.approx(emissions(NCV))
    given = plant.line().inputs["NCV"]
    assert (given.value, given.origin, given.status) == (NCV, "measured", "verified")
    assert REPORT.name in given.reference.zh
    assert plant.reporter.name in given.reference.en
    assert plant.approver.name in given.reference.en
    assert [value.used_in for value in plant.listed()] == [(YEAR,), (YEAR,)]


def test_a_number_typed_in_the_row_wins_with_a_reason(plant):
    plant.both()
    with pytest.raises(filing.EntryProblemsError, match=r"23\.5 GJ/t"):
        plant.submit({**ROW, "NCV": "24"})
    run = plant.submit({**ROW, "NCV": "24", "note": "另一煤场的煤"})
    assert run.total_t == pytest.approx(emissions(24))
    assert plant.line().inputs["NCV"].status == "user"


def test_a_value_in_another_unit_is_converted(plant):
    plant.accepted(value="23500", unit="kJ/kg")
    plant.accepted(symbol="CC", value=str(CC), unit="tC/GJ")
    assert plant.submit().total_t == pytest.approx(emissions(NCV))


@pytest.mark.parametrize("days", [(date(2022, 1, 1), date(2022, 12, 31)), (date(YEAR, 2, 1), None)])
def test_a_row_of_the_year_leaves_out_a_value_that_does_not_hold_all_of_it(plant, days):
    plant.accepted(valid_from=days[0], valid_to=days[1])
    plant.accepted(symbol="CC", value=str(CC), unit="tC/GJ")
    with pytest.raises(filing.EntryProblemsError, match="NCV"):
        plant.submit()


def test_a_row_of_the_year_keeps_the_default_only_with_a_reason(plant):
    plant.accepted(symbol="OF", value="0.99", unit="0..1", valid_to=date(YEAR, 6, 30))
    row = {**ROW, "OF": "", "NCV": str(NCV), "CC": str(CC)}
    with pytest.raises(filing.EntryProblemsError, match=rf"0\.99 .*{YEAR}-06-30"):
        plant.submit(row)
    # 98 % of coal is the default of the method's table PWR_2015.
    run = plant.submit({**row, "note": "下半年未测，全年按缺省值"})
    assert run.total_t == pytest.approx(emissions(NCV))


def test_the_supplier_s_factor_of_heat_is_accepted_used_and_restates_what_was_filed(database):
    firm = Plant(database, "P3", "GB/T 32150-2015")
    heat = {"item": "@ht_buy", "symbol": "EF", "unit": "kgCO2/GJ"}
    first = firm.accepted(**heat, value="95")
    filed = firm.submit({"source": "ht_buy", "GJ": "1000"})
    firm.approve()
    assert filed.total_t == pytest.approx(95)  # 1000 GJ at 95 kg
    assert firm.line().inputs["EF"].status == "verified"
    firm.accepted(**heat, value="90", supersedes=first)
    found = restate(firm.approver, database, CATALOG, RestatementOrder(firm.key, YEAR, today()))
    assert {s.cause: s.change_t for s in found.steps if s.change} == {OWN: pytest.approx(-5)}


def test_months_take_the_values_that_hold_in_them(plant):
    plant.accepted(valid_to=date(YEAR, 6, 30))
    plant.accepted(value="25", valid_from=date(YEAR, 7, 1))
    plant.accepted(symbol="CC", value=str(CC), unit="tC/GJ")
    run = plant.submit({**ROW, "month": "3"}, {**ROW, "month": "9"})
    assert run.total_t == pytest.approx(emissions(NCV) + emissions(25))
    assert list(run.by_month.values()) == [pytest.approx(emissions(v)) for v in (NCV, 25)]


def test_a_proposed_or_rejected_value_does_not_count(plant):
    plant.accepted(symbol="CC", value=str(CC), unit="tC/GJ")
    waiting = plant.propose()
    with refused(own_values.RejectionReasonError):
        own_values.reject(plant.approver, plant.database, plant.key, waiting, " ")
    own_values.reject(plant.approver, plant.database, plant.key, waiting, "样品不具代表性")
    with pytest.raises(filing.EntryProblemsError, match="NCV"):
        plant.submit()
    with refused(own_values.ValueDecidedError):
        plant.accept(waiting)


def test_the_proposer_may_not_accept(plant, database):
    roles = ((Role.REPORTER, plant.key), (Role.APPROVER, plant.key))
    both = add_person(database, "both", *roles)
    value_id = plant.propose(both)
    with refused(own_values.ValueMakerError):
        plant.accept(value_id, both)
    # Whoever lacks the right to decide, or to enter, is not even told that the firm exists.
    with pytest.raises(NotFoundError):
        plant.accept(value_id, plant.reporter)
    with pytest.raises(NotFoundError):
        plant.propose(plant.approver)
    # The database holds it too, whatever a program does.
    insert = text(
        "INSERT INTO collected.own_value_decision SELECT organization_id, value_id, access_path,"
        " 'accepted', '', :proposed, :decided, now(), current_date FROM collected.own_value"
    )
    for proposed in (both.person_id, plant.reporter.person_id):
        people = {"proposed": proposed, "decided": both.person_id}
        with database.work(SYSTEM_SCOPE) as work, pytest.raises(DBAPIError, match="constraint"):
            work.connection.execute(insert, people)


def test_what_a_value_lacks_is_refused(plant):
    with refused(own_values.EvidenceMissingError):
        plant.propose(files=())
    with refused(own_values.LaboratoryMissingError):
        plant.propose(laboratory=" ")
    with refused(own_values.ValuePeriodError):
        plant.propose(valid_to=date(2022, 12, 31))
    with refused(own_values.NotMeasurableError):
        plant.propose(symbol="FC", unit="t")  # an amount
    with refused(own_values.NotMeasurableError):
        plant.propose(item="", symbol="EF", unit="tCO2/MWh")  # set by an authority
    with refused(CellError):
        plant.propose(value="1,23")
    with refused(FileNotKeptError):
        plant.propose(files=[(today().year, "ab" * 32)])
    with refused(FileNotKeptError):  # kept, but for another year
        plant.propose(files=[(YEAR, plant.sent()[1])])
    assert plant.listed() == ()


def test_units_and_plausible_ranges_are_those_of_the_checks(plant):
    with refused(UnknownUnitError):
        plant.propose(unit="GJ/Kelle")
    with refused(UnlikeUnitError):
        plant.propose(unit="GJ/MWh")
    with refused(AboveCeilingError):  # more carbon than coal
        plant.propose(symbol="C", value="1.2", unit="tC/t", note="确为实测")
    with refused(UnusualValueError):  # a heat value in MJ/kg typed as kJ/kg would be
        plant.propose(value="235")
    plant.propose(value="45", note="洗精煤，复检两次")


def test_dates_may_not_overlap_unless_one_takes_the_place_of_the_other(plant):
    first = plant.accepted(valid_to=None)
    with refused(own_values.ValueOverlapError):
        plant.propose(valid_from=date(2024, 1, 1), valid_to=None)
    # Ended by a version with a last day, which keeps the evidence of the first.
    ended = plant.accepted(supersedes=first, files=())
    plant.accepted(valid_from=date(2024, 1, 1), valid_to=None, value="22")
    states = {value.stored.value_id: value.state for value in plant.listed()}
    assert (states[first], states[ended]) == ("superseded", "accepted")
    with refused(own_values.ValueReplacedError):
        plant.propose(supersedes=first)
    with pytest.raises(NotFoundError):
        plant.propose(supersedes=UUID(int=1))


def test_of_two_proposals_for_the_same_days_only_one_is_accepted(plant):
    first, second = plant.propose(), plant.propose(value="22")
    plant.accept(first)
    with refused(own_values.ValueOverlapError):
        plant.accept(second)
    states = {value.stored.value_id: value.state for value in plant.listed()}
    assert (states[first], states[second]) == ("accepted", "proposed")


def test_a_filed_year_stays_when_a_newer_value_comes_and_a_restatement_names_the_cause(
    plant, tmp_path
):
    first, _ = plant.both()
    filed = plant.submit()
    plant.approve()
    plant.accepted(supersedes=first, value="24")
    lineage = explain_run(plant.reporter, plant.database, CATALOG, filed.run_id)
    assert lineage["totals"]["total_t"]["value"] == filed.total_t
    (activity,) = lineage["lines"][0]["activity"]
    assert [file["name"] for file in activity["files"]] == [REPORT.name]
    order = RestatementOrder(plant.key, YEAR, today())
    found = restate(plant.approver, plant.database, CATALOG, order)
    assert found.filed.total_t == filed.total_t
    assert {s.cause: s.change_t for s in found.steps if s.change} == {
        OWN: pytest.approx(emissions(24) - emissions(NCV))
    }
    # The restated run recomputes from records of its own, and its bundle too.
    bundle = export_evidence(plant.reporter, plant.database, CATALOG, found.restated.run_id)
    told = verify(bundle.content, tmp_path)
    assert told.returncode == 0, told.stdout
    assert plant.line(found.restated.run_id).inputs["NCV"].value == 24


def test_as_known_before_the_acceptance_the_default_stands(plant):
    plant.accepted(symbol="OF", value="0.99", unit="0..1")
    plant.submit({**ROW, "OF": "", "NCV": str(NCV), "CC": str(CC)})
    plant.approve()
    order = RestatementOrder(plant.key, YEAR, date(2024, 12, 31))
    found = restate(plant.approver, plant.database, CATALOG, order)
    assert found.filed.total_t == pytest.approx(emissions(NCV, oxidized=0.99))
    # 98 % of coal is the default of the method's table PWR_2015.
    assert {s.cause: s.change_t for s in found.steps if s.change} == {
        OWN: pytest.approx(emissions(NCV) - emissions(NCV, oxidized=0.99))
    }


def test_the_bundle_holds_the_report_and_recomputes_offline(plant, tmp_path):
    plant.both()
    run = plant.submit()
    bundle = export_evidence(plant.reporter, plant.database, CATALOG, run.run_id)
    assert REPORT.content in bundle.content
    told = verify(bundle.content, tmp_path)
    assert told.returncode == 0, told.stdout


def test_files_of_a_value_outlive_a_submission_that_does_not_name_them(plant):
    files = [plant.sent(YEAR)]
    plant.accepted(files=files)
    plant.accepted(symbol="CC", value=str(CC), unit="tC/GJ", files=files)
    plant.submit()
    with plant.database.work(SYSTEM_SCOPE) as work:
        names = [file.name for file in attachments.of_year(work, plant.key, YEAR).values()]
    assert names == [REPORT.name]


def test_every_act_leaves_a_line_and_nothing_can_be_changed(plant):
    plant.accepted()
    assert {"propose_own_value", "decide_own_value"} <= set(plant.actions())
    for table in ("own_value", "own_value_decision"):
        change = text(f"UPDATE collected.{table} SET access_path = access_path")
        with plant.database.work(SYSTEM_SCOPE) as work, pytest.raises(DBAPIError):
            work.connection.execute(change)


def test_another_firm_sees_and_does_nothing(plant, database):
    other = Plant(database, "P2")
    value_id = plant.propose()
    assert other.listed() == ()
    with pytest.raises(NotFoundError):
        own_values.own_values_of(other.reporter, database, plant.key)
    with pytest.raises(NotFoundError):
        own_values.accept(other.approver, database, plant.key, value_id)
    with pytest.raises(NotFoundError):
        plant.propose(other.reporter)
