"""Findings of filed years: the same by every way, kept once, cleared by another, with limits."""

import io

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services import clock
from services.accounting import filing
from services.accounting.corrections import open_correction
from services.collection import exchange, imports, manual
from services.collection.check_rules import CheckRuleError, Limits
from services.collection.checks import desk
from services.collection.filed_checks import order_checks, run_checks
from services.collection.kept_findings import kept_findings
from services.data import audit, jobs, row_findings
from services.data.drafts import DraftVersion
from services.data.engine import SYSTEM_SCOPE
from services.data.row_findings import Wanted
from services.errors import NotFoundError
from services.jobs import take
from services.security.permissions import Role
from services.standards.catalog import load_catalog
from tests.places import NANJING, add_firm, add_person, add_staff

pytestmark = pytest.mark.postgres

# The fourth month is a third below the third; the sixth is in kg.
COAL = [1689, 1503, 1487, 1000, 1124, 1258000, 1496, 1529, 1217, 1136, 1368, 1593]
YEAR = 2023


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


class Queue:
    def enqueue(self, job_id):
        self.last = job_id


def rows(values=COAL, note="已核对"):
    return [
        {
            "source": "fuel",
            "item": "diesel",
            "FC": str(v),
            "NCV": "43",
            "month": str(m),
            "note": note,
        }
        for m, v in enumerate(values, 1)
    ]


class Firm:
    """A firm whose year is typed, handed in and looked at."""

    def __init__(self, database, catalog):
        self.database, self.catalog = database, catalog
        self.subject = add_firm(database)
        self.key = self.subject.organization_id
        self.reporter, self.approver = add_staff(database, self.subject)

    def submit(self, typed=None, revision=0):
        version = DraftVersion(self.key, YEAR, revision)
        draft = manual.save_draft(self.reporter, self.database, version, typed or rows())
        manual.submit_draft(self.reporter, self.database, self.catalog, draft.version)
        return draft.version.revision

    def approve(self):
        entry = manual.read_entry(self.reporter, self.database, self.key, YEAR)
        filing.approve(self.approver, self.database, self.key, entry.submission_id)

    def open(self, actor=None, **wanted):
        return desk.findings_of(actor or self.approver, self.database, Wanted(**wanted)).listed

    def clear(self, listed, actor=None, reason="与抄表记录一致"):
        order = (listed.finding.finding_id, listed.seen, reason)
        return desk.clear_finding(actor or self.approver, self.database, *order)

    def limit(self, value, rule="jump_previous_month", name="limit", point="", actor=None):
        order = desk.LimitOrder(self.key, rule, name, point, value, "季节性生产")
        return desk.set_limit(actor or self.approver, self.database, order)

    def run(self, actor=None, place=None):
        actor, queue = actor or self.approver, Queue()
        order_checks(actor, self.database, queue, place or self.key)
        with self.database.work(SYSTEM_SCOPE) as work:
            job = take(work, queue.last)
            work.commit()
        run_checks(self.database, self.catalog, actor, job)
        with self.database.work(SYSTEM_SCOPE) as work:
            return jobs.get(work, queue.last)


@pytest.fixture
def firm(database, catalog):
    return Firm(database, catalog)


def marks(problems, typed):
    found = kept_findings(problems, typed, Limits(clock.today()))
    return {(f.rule, f.part, f.found, f.expected, f.severity) for f in found}


def stored(listed):
    return {
        (f.rule, f.part, f.found, f.expected, f.severity) for f in (each.finding for each in listed)
    }


def as_csv(typed):
    titles = ["source", "item", "month", "FC", "NCV", "note"]
    lines = [",".join(titles), *(",".join(row[title] for title in titles) for row in typed)]
    return io.StringIO("\n".join(lines)).getvalue().encode("utf-8-sig")


def test_grid_import_program_filing_and_batch_find_the_same(firm):
    typed, version = rows(), DraftVersion(firm.key, YEAR, 0)
    empty = manual.read_entry(firm.reporter, firm.database, firm.key, YEAR)
    grid = manual.check_rows(firm.catalog, empty, typed)
    file = imports.SentRows("coal.csv", as_csv(typed))
    place = imports.Place(firm.subject.code, YEAR)
    (part,) = imports.preview(firm.reporter, firm.database, firm.catalog, file, place).parts
    new = exchange.NewEntry("", typed)
    sent = exchange.put_entry(firm.reporter, firm.database, firm.catalog, version, new)
    manual.submit_draft(firm.reporter, firm.database, firm.catalog, sent.version)
    filed = stored(firm.open(state=""))
    firm.run()
    batch = stored(firm.open(state=""))
    (slip,) = [each for each in filed if each[0] == "unit_slip"]
    assert slip[1:3] == ("fuel/diesel//6/FC", 1_258_000.0)
    assert marks(grid, typed) == marks(sent.problems, typed) == filed == batch
    # A file tells what and why as one.
    said = sorted(f"{e.what} {e.why}" for e in (p.error.explain() for p in grid))
    assert sorted(warning.explain().why for warning in part.warnings) == said


def test_what_was_found_names_rule_limit_numbers_and_note(firm):
    firm.submit()
    (slip,) = firm.open(rule="unit_slip")
    kept = slip.finding.evidence
    assert (slip.finding.version, kept["where"]["note"]) == (1, "已核对")
    assert kept["limits"]["sigmas"] == {
        "value": 3.0,
        "unit": "σ",
        "origin": "platform",
        "set_at": None,
    }
    assert len(kept["numbers"]) == 12
    assert set(kept["told"]) == {"zh-CN", "en"}


def test_a_warning_is_cleared_by_another_person_with_a_reason_for_good(firm):
    firm.submit()
    (slip,) = firm.open(rule="unit_slip")
    with pytest.raises(NotFoundError):
        firm.clear(slip, firm.reporter)
    both = add_person(firm.database, "both", (Role.REPORTER, firm.key), (Role.APPROVER, firm.key))
    with pytest.raises(desk.ClearReasonError):
        firm.clear(slip, reason="  ")
    done = firm.clear(slip, both)
    assert (done.finding.reason, done.clearings[0].cleared_by_name) == ("与抄表记录一致", "both")
    with pytest.raises(desk.ClearedError):
        firm.clear(slip)
    assert firm.open(rule="unit_slip") == ()
    with firm.database.work(SYSTEM_SCOPE) as work, pytest.raises(ProgrammingError):
        work.connection.execute(text("UPDATE business.finding_clearing SET reason = 'x'"))
    with firm.database.work(SYSTEM_SCOPE) as work:
        told = [e for e in audit.of_organization(work, firm.key) if e.action == "resolve_finding"]
    assert told[0].after["invariant"] == "unit_slip"


def reopened(firm, values, revision):
    """Send the year back and hand it in with other numbers; return the revision."""
    entry = manual.read_entry(firm.reporter, firm.database, firm.key, YEAR)
    filing.send_back(firm.approver, firm.database, firm.key, entry.submission_id, "单位")
    return firm.submit(rows(values), revision)


def test_a_clearing_is_of_the_numbers_that_were_shown_and_never_of_what_is_gone(firm):
    revision = firm.submit()
    (shown,) = firm.open(rule="unit_slip")
    revision = reopened(firm, [*COAL[:5], 1358000, *COAL[6:]], revision)
    with pytest.raises(desk.FindingChangedError):
        firm.clear(shown)
    (now,) = firm.open(rule="unit_slip")
    assert now.finding.finding_id == shown.finding.finding_id
    assert (now.finding.found, now.clearings) == (1_358_000.0, ())
    reopened(firm, [*COAL[:5], 1258, *COAL[6:]], revision)
    for gone in (shown, now):
        with pytest.raises(desk.FindingChangedError):
            firm.clear(gone)
    with firm.database.work(SYSTEM_SCOPE) as work:
        kept = row_findings.get(work, now.finding.finding_id)
        assert kept.resolved_at is None
        assert not row_findings.clear(work, kept, 1, "x", clock.now())


def test_a_check_between_reading_and_clearing_leaves_the_finding_open(firm):
    revision = firm.submit()
    (shown,) = firm.open(rule="unit_slip")
    reopened(firm, [*COAL[:5], 1358000, *COAL[6:]], revision)
    with firm.database.work(SYSTEM_SCOPE) as work:
        assert not row_findings.clear(work, shown.finding, 1, "x", clock.now())
    assert firm.open(rule="unit_slip")[0].clearings == ()


def test_who_typed_the_rows_does_not_clear_their_warnings(firm):
    maker = add_person(firm.database, "maker", (Role.REPORTER, firm.key), (Role.APPROVER, firm.key))
    firm.reporter = maker
    firm.submit()
    (slip,) = firm.open(maker, rule="unit_slip")
    assert slip.why_not == "typed"
    with pytest.raises(desk.OwnRowsError):
        firm.clear(slip, maker)
    hint = next(each for each in firm.open(maker, severity="info"))
    assert firm.clear(hint, maker).finding.resolved_by == "maker"


def test_a_correction_keeps_what_was_cleared_while_its_numbers_are_the_same(firm):
    revision = firm.submit()
    for each in firm.open():
        firm.clear(each)
    firm.approve()
    open_correction(firm.reporter, firm.database, firm.key, YEAR, "更正五月")
    changed = rows([*COAL[:11], 1593000])
    firm.submit(changed, revision)
    left = {(each.finding.rule, each.finding.part) for each in firm.open()}
    assert ("unit_slip", "fuel/diesel//12/FC") in left
    assert ("jump_previous_month", "fuel/diesel//4/FC") not in left


def test_what_is_put_right_is_gone(firm):
    revision = firm.submit()
    entry = manual.read_entry(firm.reporter, firm.database, firm.key, YEAR)
    filing.send_back(firm.approver, firm.database, firm.key, entry.submission_id, "单位")
    right = [*COAL[:5], 1258, *COAL[6:]]
    firm.submit(rows(right), revision)
    assert firm.open(rule="unit_slip", state="") == ()


def test_a_limit_counts_from_the_next_check_on_and_has_a_history(firm):
    firm.submit()
    before = firm.open(rule="jump_previous_month")
    assert before
    book = firm.limit(90.0)
    assert [(h.limit, h.value, h.reason) for h in book.history] == [("limit", 90.0, "季节性生产")]
    assert firm.open(rule="jump_previous_month") == before
    done = firm.run()
    assert done.result["checked"] == 1
    assert firm.open(rule="jump_previous_month") == ()
    firm.limit(None)
    firm.run()
    assert firm.open(rule="jump_previous_month") != ()
    assert firm.limit(35.0, point="fuel/diesel//FC").history[0].point == "fuel/diesel//FC"
    with firm.database.work(SYSTEM_SCOPE) as work, pytest.raises(ProgrammingError):
        work.connection.execute(text("DELETE FROM business.check_limit"))


def test_a_limit_has_bounds_a_reason_and_its_order(firm):
    with pytest.raises(desk.LimitError):
        firm.limit(4_000.0)
    with pytest.raises(CheckRuleError):
        firm.limit(1.0, name="nothing")
    firm.limit(2.5, "emission_energy", "low")
    with pytest.raises(desk.LimitError):
        firm.limit(2.2, "emission_energy", "high")
    with pytest.raises(NotFoundError):
        firm.limit(50.0, actor=firm.reporter)
    order = desk.LimitOrder(firm.key, "jump_last_year", "limit", "", 50.0, " ")
    with pytest.raises(desk.LimitReasonError):
        desk.set_limit(firm.approver, firm.database, order)


def test_another_firm_sees_and_clears_nothing(firm, database, catalog):
    firm.submit()
    (slip,) = firm.open(rule="unit_slip")
    other = add_firm(database, "T2")
    _, stranger = add_staff(database, other)
    assert desk.findings_of(stranger, database, Wanted()).total == 0
    with pytest.raises(NotFoundError):
        firm.clear(slip, stranger)
    with pytest.raises(NotFoundError):
        desk.limit_book(stranger, database, firm.key)


def test_an_officer_checks_everything_below_a_city(firm, database):
    firm.submit()
    officer = add_person(database, "officer", (Role.BUREAU_OFFICER, NANJING))
    done = firm.run(officer, NANJING)
    assert (done.state, done.result["checked"]) == ("done", 1)
    assert firm.open(officer, rule="unit_slip")[0].why_not == "role"
    # Again is the same.
    count = desk.findings_of(officer, database, Wanted(state="")).total
    with database.work(SYSTEM_SCOPE) as work:
        assert row_findings.submitted_below(work, firm.subject.access_path) == ((firm.key, YEAR),)
    assert count == done.result["found"]
