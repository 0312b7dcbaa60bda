"""The evidence bundle of a stored run: whose it is, who took it, and only of what recomputes."""

import json
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.accounting.evidence import (
    EvidenceDiffersError,
    EvidenceRecordsError,
    export_evidence,
)
from services.data import audit
from services.data.engine import SYSTEM_SCOPE, owner_work
from services.errors import NotAllowedError, NotFoundError
from services.i18n.texts import use_language
from services.security.permissions import Role
from tests.places import add_person
from tests.services.reports.test_explaining import Firm
from tests.tools.bundles import changed, members_of, verify

pytestmark = pytest.mark.postgres


@pytest.fixture
def firm(database):
    return Firm(database)


def export(firm, actor=None, run_id=None):
    asked = (actor or firm.reporter, firm.database, firm.catalog)
    return export_evidence(*asked, run_id or firm.run.run_id)


def document(file, name):
    return json.loads(members_of(file.content)[name])


def forge(owner_url, table, change):
    """Change what not even the owner can change while the triggers stand."""
    with owner_work(owner_url) as work:
        work.connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        assert work.connection.execute(text(f"UPDATE {table} SET {change}")).rowcount == 1
        work.commit()


def test_the_bundle_of_a_run_verifies_and_says_whose_it_is(firm, tmp_path):
    file = export(firm)
    done = verify(file.content, tmp_path)
    assert (done.returncode, done.stderr) == (0, b""), done.stdout.decode()
    assert f"total_t = {firm.run.total_t!r} tCO2e" in done.stdout.decode()
    assert firm.run.input_hash in done.stdout.decode()
    manifest = document(file, "manifest.json")
    assert manifest["organization"]["id"] == str(firm.organization.public_id)
    assert manifest["run"]["id"] == str(firm.run.run_id)
    assert manifest["totals"]["total_t"] == firm.run.total_t


def test_it_holds_what_was_typed_by_whom_and_when(firm):
    activity = document(export(firm), "activity.json")
    assert activity["rows"][0]["cells"] == {"FC": "１２.５", "NCV": "389.31"}
    assert activity["submission"]["submitted_by"] == firm.reporter.name
    assert activity["submission"]["channel"] == "manual"
    assert activity["submission"]["submitted_at"]


def test_what_was_typed_hangs_on_the_hash_of_its_day(firm, tmp_path):
    data = export(firm).content

    def another_amount(document):
        document["rows"][0]["cells"]["FC"] = "12.6"

    told = verify(changed(data, "activity.json", another_amount), tmp_path).stdout.decode()
    assert "activity.json · rows" in told

    def another_record(document):
        document["records"][0]["inputs"]["FC"] = 12.6

    told = verify(changed(data, "request.json", another_record), tmp_path).stdout.decode()
    assert "request.json · records" in told


def test_the_same_run_gives_the_same_bytes_in_either_language(firm):
    first = export(firm)
    with use_language("en"):
        second = export(firm, firm.approver)
    assert first.content == second.content
    assert first.name != second.name
    assert "Test_firm_X1_2023_evidence_" in second.name


def test_the_readme_speaks_both_languages(firm):
    text_ = members_of(export(firm).content)["README.txt"].decode()
    assert "测试企业X1" in text_
    assert "Test firm X1" in text_
    assert "python3 carbon_verify.py" in text_


def test_who_took_a_bundle_is_written_down(firm):
    file = export(firm)
    with firm.database.work(SYSTEM_SCOPE) as work:
        events = audit.of_organization(work, firm.key)
    (event,) = [event for event in events if event.action == "export_evidence"]
    assert event.person_id == firm.reporter.person_id
    assert event.resource == str(firm.run.run_id)
    told = {"sha256": file.sha256, "bytes": len(file.content), "label": "sensitive"}
    assert event.after == told


def test_a_run_that_does_not_recompute_gives_no_bundle(firm, owner_url):
    forge(owner_url, "statistics.emission_line", "gas_t = gas_t + 1 WHERE line = 1")
    with pytest.raises(EvidenceDiffersError) as raised:
        export(firm)
    assert raised.value.values["line"] == "2"
    assert raised.value.values["quantity"] == "gas_t"
    with firm.database.work(SYSTEM_SCOPE) as work:
        events = audit.of_organization(work, firm.key)
    assert "export_evidence" not in [event.action for event in events]


def test_a_run_whose_records_were_not_kept_gives_no_bundle(firm, owner_url):
    forge(owner_url, "collected.submission", "records = '[]'")
    with pytest.raises(EvidenceRecordsError):
        export(firm)


def test_nobody_takes_the_bundle_of_another_firm(firm, database):
    stranger = Firm(database, "X2")
    for run_id in (stranger.run.run_id, uuid4()):
        with pytest.raises(NotFoundError):
            export(firm, run_id=run_id)


def test_a_bureau_sees_totals_and_takes_no_bundle(firm, database):
    viewer = add_person(database, "bureau.here", (Role.BUREAU_OFFICER, firm.key))
    with pytest.raises((NotAllowedError, NotFoundError)):
        export(firm, viewer)
