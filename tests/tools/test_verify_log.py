"""The verifier holds a bundle to the transparency log, offline, by a key the auditor kept."""

import base64
import json

import pytest

from services.accounting.evidence import export_evidence
from services.data import log
from services.data.engine import SYSTEM_SCOPE
from services.security.signing import Signer
from services.transparency import proofs
from services.transparency.sealing import seal
from tests.services.reports.test_explaining import Firm
from tests.tampering import audit_line
from tests.tools.bundles import changed, members_of, run

pytestmark = pytest.mark.postgres
SIGNER = Signer.from_text("5e" * 32, "test")
OTHER = Signer.from_text("0f" * 32, "test")


@pytest.fixture
def firm(database):
    return Firm(database)


@pytest.fixture
def visit(firm, tmp_path):
    return Visit(firm, tmp_path)


class Visit:
    """An auditor with a bundle, the key of the log, and a folder."""

    def __init__(self, firm, folder):
        self.firm, self.folder = firm, folder
        seal(firm.database, SIGNER)
        self.key = proofs.published_keys(firm.database).strip()
        self.data = self.exported()

    def exported(self):
        firm = self.firm
        asked = (firm.reporter, firm.database, firm.catalog, firm.run.run_id)
        return export_evidence(*asked).content

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def verified(self, data, *more, key=None):
        words = [self.file("bundle.zip", data), "--key", key or self.key, *more]
        done = run(words, self.folder)
        assert done.stderr == b"", done.stderr.decode()
        return done.returncode, done.stdout.decode()

    def grow(self):
        with self.firm.database.work(SYSTEM_SCOPE) as work:
            audit_line(work, "later")
            work.commit()
        return seal(self.firm.database, SIGNER)


def test_a_bundle_is_in_the_log_and_the_same_bytes_for_ever(visit):
    status, told = visit.verified(visit.data)
    assert status == 0, told
    assert "in the transparency log" in told
    visit.grow()
    assert visit.exported() == visit.data


def test_a_bundle_made_anew_with_all_its_hashes_is_named(visit):
    def less(document):
        document["totals"]["total_t"] /= 2

    status, told = visit.verified(changed(visit.data, "result.json", less))
    assert status == 1
    assert "run.total_t" in told

    def other_words(document):
        document["lines"][0]["formula"] = "0"

    status, told = visit.verified(changed(visit.data, "result.json", other_words))
    assert "run.lines_digest" in told

    def other_record(document):
        document["records"][0]["fields"]["total_t"] = "1"

    status, told = visit.verified(changed(visit.data, "log.json", other_record))
    assert status == 1
    assert f"✗ run {visit.firm.run.run_id}: " in told


def test_a_checkpoint_of_another_key_is_refused(visit):
    name = visit.key.partition("+")[0]
    other = OTHER.public_keys(name)[0].written()
    status, told = visit.verified(visit.data, key=other)
    assert status == 1
    assert "no good signature" in told


def test_a_bundle_without_proofs_is_named_where_a_key_asks_for_them(visit):
    members = members_of(visit.data)
    assert "log.json" in members

    def without(document):
        document["records"] = document["records"][1:]

    status, told = visit.verified(changed(visit.data, "log.json", without))
    assert status == 1
    assert "there is no proof" in told


def test_what_the_auditor_kept_has_to_be_the_beginning_of_the_log(visit):
    first = proofs.newest_checkpoint(visit.firm.database)
    old = int(first.split("\n")[1])
    visit.grow()
    with visit.firm.database.work(SYSTEM_SCOPE) as work:
        newest = log.latest(work)
    kept = visit.file("later.txt", newest.note)
    status, told = visit.verified(visit.data, "--checkpoint", kept)
    assert status == 1
    assert f"{newest.size} → {old}" in told
    growth = visit.file("growth.txt", proofs.growth(visit.firm.database, old, newest.size))
    status, told = visit.verified(visit.data, "--checkpoint", kept, "--growth", growth)
    assert status == 0, told
    lines = proofs.growth(visit.firm.database, old, newest.size).split("\n")
    lines[1] = base64.b64encode(bytes(32)).decode()
    forged = visit.file("forged.txt", "\n".join(lines))
    status, told = visit.verified(visit.data, "--checkpoint", kept, "--growth", forged)
    assert status == 1


def test_one_record_and_its_document_are_verified_alone(visit):
    firm = visit.firm
    proved = proofs.prove(firm.reporter, firm.database, "run", str(firm.run.run_id)).as_json()
    path = visit.file("proof.json", json.dumps(proved))
    done = run([path, "--key", visit.key], visit.folder)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    proved["records"][0]["fields"]["year"] = "2022"
    path = visit.file("proof.json", json.dumps(proved))
    assert run([path, "--key", visit.key], visit.folder).returncode == 1
    document = visit.file("report.pdf", b"not that one")
    assert b"SHA-256" in run([path, document, "--key", visit.key], visit.folder).stdout


@pytest.mark.parametrize(
    "broken",
    [
        {}, {"form": "shuangtan.proofs/1"}, {"form": "shuangtan.proofs/1", "checkpoint": "x"},
        {"form": "shuangtan.proofs/1", "checkpoint": 3, "records": []}, [], None,
    ],
)  # fmt: skip
def test_a_broken_file_of_proofs_is_never_good(visit, broken):
    path = visit.file("proof.json", json.dumps(broken))
    done = run([path, "--key", visit.key], visit.folder)
    assert done.returncode in (1, 2)
    assert b"Traceback" not in done.stderr
