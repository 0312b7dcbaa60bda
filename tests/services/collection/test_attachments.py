"""Evidence files: whose they are, what is refused, and what stays once a year is submitted."""

import hashlib

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.accounting import filing
from services.accounting.evidence import export_evidence
from services.accounting.filing import EntryProblemsError, WaitingError
from services.collection import manual
from services.collection.attachments import (
    EntryYear,
    FilesFullError,
    Limits,
    take,
)
from services.collection.file_kinds import FileKindError
from services.collection.receiving import FileTooLargeError
from services.data import attachments, audit
from services.data.drafts import DraftVersion
from services.data.engine import SYSTEM_SCOPE, owner_work
from services.errors import NotAllowedError, NotFoundError
from services.reports.explaining import explain_run
from services.standards.catalog import load_catalog
from tests.places import add_firm, add_staff
from tests.tools.bundles import members_of, packed, verify
from tests.uploads import Sent, send

pytestmark = pytest.mark.postgres

YEAR = 2023
CATALOG = load_catalog()
LIMITS = Limits(file_mb=1, year_mb=2)
INVOICE = Sent("发票 1.pdf", b"%PDF-1.7 invoice")
LOG = Sent("log.csv", b"hour,MWh\n1,2\n")
ROW = {"source": "el_buy", "MWh": "1,000"}


class Plant:
    """A firm whose reporter attaches files and submits."""

    def __init__(self, database, code="A1"):
        self.database = database
        self.firm = add_firm(database, code)
        self.key = self.firm.organization_id
        self.place = EntryYear(self.key, YEAR)
        self.reporter, self.approver = add_staff(database, self.firm)
        self.revision = 0

    def attach(self, upload=INVOICE, actor=None):
        return send(actor or self.reporter, self.database, self.place, upload, LIMITS)

    def save(self, *rows):
        version = DraftVersion(self.key, YEAR, self.revision)
        self.revision += 1
        return manual.save_draft(self.reporter, self.database, version, rows).version

    def submit(self, *rows):
        version = self.save(*rows)
        return manual.submit_draft(self.reporter, self.database, CATALOG, version)

    def kept(self):
        with self.database.work(SYSTEM_SCOPE) as work:
            return attachments.of_year(work, self.key, YEAR)

    def events(self, action):
        with self.database.work(SYSTEM_SCOPE) as work:
            found = audit.of_organization(work, self.key)
        return [event for event in found if event.action == action]


@pytest.fixture
def plant(database):
    return Plant(database)


def test_a_file_is_kept_by_its_hash_and_handed_out_as_it_came(plant):
    stored = plant.attach()
    assert stored.sha256 == hashlib.sha256(INVOICE.content).hexdigest()
    assert (stored.name, stored.kind, stored.size) == ("发票 1.pdf", "pdf", 16)
    assert stored.added_by_name == plant.reporter.name
    sent = take(plant.approver, plant.database, plant.place, stored.sha256)
    assert (sent.name, sent.content) == (INVOICE.name, INVOICE.content)


def test_the_same_content_is_kept_once_under_its_first_name(plant):
    first = plant.attach()
    assert plant.attach(Sent("copy.pdf", INVOICE.content)) == first
    assert list(plant.kept()) == [first.sha256]


def test_who_brought_and_who_took_a_file_is_written_down(plant):
    stored = plant.attach()
    take(plant.approver, plant.database, plant.place, stored.sha256)
    (brought,), (taken,) = plant.events("attach_file"), plant.events("take_file")
    assert (brought.person_id, taken.person_id) == (
        plant.reporter.person_id,
        plant.approver.person_id,
    )
    assert brought.resource == taken.resource == f"{YEAR}/{stored.sha256}"
    assert brought.after == {"name": "发票 1.pdf", "kind": "pdf", "size": 16}


def test_what_is_no_evidence_or_too_much_is_refused_and_nothing_kept(plant):
    with pytest.raises(FileKindError):
        plant.attach(Sent("a.pdf", b"MZ"))
    with pytest.raises(FileTooLargeError):
        plant.attach(Sent("a.pdf", b"%PDF-" + b" " * 1024 * 1024))
    assert plant.kept() == {}


def test_all_files_of_a_year_have_a_limit_together(plant):
    for at in range(2):
        plant.attach(Sent("a.pdf", b"%PDF-" + bytes([at]) * (1024 * 1024 - 5)))
    with pytest.raises(FilesFullError):
        plant.attach()


def test_an_approver_attaches_nothing_and_a_stranger_learns_nothing(plant, database):
    with pytest.raises((NotAllowedError, NotFoundError)):
        plant.attach(actor=plant.approver)
    stored, stranger = plant.attach(), Plant(database, "A2")
    with pytest.raises(NotFoundError):
        plant.attach(actor=stranger.reporter)
    with pytest.raises(NotFoundError):
        take(stranger.reporter, database, plant.place, stored.sha256)
    with pytest.raises(NotFoundError):
        take(stranger.reporter, database, stranger.place, stored.sha256)


def test_while_a_year_waits_for_its_decision_no_file_is_added(plant):
    plant.submit(ROW)
    with pytest.raises(WaitingError):
        plant.attach()


def test_a_row_that_names_a_file_which_is_not_kept_cannot_be_submitted(plant):
    with pytest.raises(EntryProblemsError) as raised:
        plant.submit(ROW | {"files": "ab" * 32})
    assert [(p.record, p.field) for p in raised.value.problems] == [(0, "files")]


def test_a_submitted_row_names_its_file_down_the_chain(plant):
    stored = plant.attach()
    run = plant.submit(ROW | {"files": stored.sha256})
    told = explain_run(plant.approver, plant.database, CATALOG, run.run_id)
    (activity,) = told["lines"][0]["activity"]
    assert activity["typed"]["cells"] == {"MWh": "1,000"}
    (file,) = activity["files"]
    assert (file["sha256"], file["name"], file["size"]) == (stored.sha256, "发票 1.pdf", 16)
    assert file["added_by"] == plant.reporter.name


def test_what_no_row_names_is_removed_with_the_submission_and_written_down(plant):
    kept, unused = plant.attach(), plant.attach(LOG)
    plant.submit(ROW | {"files": kept.sha256})
    assert list(plant.kept()) == [kept.sha256]
    (event,) = plant.events("remove_file")
    assert event.resource == f"{YEAR}/{unused.sha256}"
    assert event.after == {"name": "log.csv"}


def test_a_file_of_an_earlier_version_stays_when_the_next_names_another(plant):
    first = plant.attach()
    plant.submit(ROW | {"files": first.sha256})
    (newest,) = plant.events("submit")
    filing.send_back(plant.approver, plant.database, plant.key, _submission(plant), "票据看不清")
    second = plant.attach(LOG)
    plant.submit(ROW | {"files": second.sha256})
    assert set(plant.kept()) == {first.sha256, second.sha256}
    assert plant.events("remove_file") == []
    assert newest.action == "submit"


def _submission(plant):
    asked = (plant.reporter, plant.database, CATALOG, plant.key, YEAR)
    return manual.open_entry(*asked).submission_id


def test_the_evidence_bundle_holds_the_files_and_one_flipped_byte_is_named(plant, tmp_path):
    stored = plant.attach()
    run = plant.submit(ROW | {"files": stored.sha256})
    data = export_evidence(plant.reporter, plant.database, CATALOG, run.run_id).content
    member = f"files/{stored.sha256}.pdf"
    assert members_of(data)[member] == INVOICE.content
    assert verify(data, tmp_path).returncode == 0
    told = verify(packed(data, **{member: b"%PDF-1.7 Invoice"}), tmp_path).stdout.decode()
    assert f"✗ {member} · SHA-256" in told


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE collected.attachment SET name = 'other.pdf'",
        "INSERT INTO collected.attachment SELECT organization_id, year + 1, sha256, access_path, "
        "name, kind, 2, 'xy', added_by, added_at FROM collected.attachment",
    ],
    ids=["another name", "another content"],
)
def test_the_database_itself_keeps_a_file_what_it_is(plant, owner_url, change):
    plant.attach()
    with owner_work(owner_url) as work, pytest.raises(DBAPIError):
        work.connection.execute(text(change))
