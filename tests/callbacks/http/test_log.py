"""Checkpoints and growth for everybody, proofs for whoever may see the record, cosignatures."""

import base64
import hashlib
import json

import pytest

from services.algorithms import merkle
from services.algorithms.checkpoints import note_of, read_checkpoint, read_key
from services.algorithms.leaves import canonical, commitment_of, leaf_content
from services.data import audit
from services.data.audit import AuditQuery
from services.data.engine import SYSTEM_SCOPE
from services.security.permissions import Role
from services.security.signing import Signer, is_signed
from services.transparency.sealing import seal
from services.transparency.witness import LAST, Witness, WitnessError, read_growth
from tests.callbacks.conftest import OWN
from tests.fixtures.web import WITNESS
from tests.tampering import audit_line

pytestmark = pytest.mark.postgres
SIGNER = Signer.from_text("5e" * 32, "test")
INSTANT = 1_700_000_000


@pytest.fixture
def event(app_database):
    """The id of an audit event that is sealed."""
    return write(app_database)


def write(database):
    with database.work(SYSTEM_SCOPE) as work:
        audit_line(work, "proved")
        work.commit()
        query = "SELECT record FROM base.log_leaf WHERE kind = 'audit_event' ORDER BY leaf_id DESC"
    seal(database, SIGNER)
    with database.work(SYSTEM_SCOPE) as work:
        return work.connection.exec_driver_sql(query).first()[0]


class OurLog:
    """The log as a witness reaches it, without a network."""

    def __init__(self, client):
        self.client, self.changed = client, {}

    def get(self, path):
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    def checkpoint(self):
        return self.get("/log/checkpoint")

    def growth(self, first, second):
        return self.get(f"/log/consistency?from={first}&to={second}")

    def cosign(self, note):
        answer = self.client.post("/log/cosignature", data=note, headers=OWN)
        assert answer.status_code == 200, answer.get_data(as_text=True)


def test_a_stranger_gets_a_checkpoint_that_the_published_key_signed(stranger, event):
    note = OurLog(stranger).checkpoint()
    (key,) = [read_key(line) for line in OurLog(stranger).get("/log/key").splitlines()]
    assert is_signed(read_checkpoint(note), key)
    assert key.name == read_checkpoint(note).origin


def test_a_stranger_gets_the_proof_that_the_log_only_grew(stranger, event, app_database):
    first = read_checkpoint(OurLog(stranger).checkpoint())
    write(app_database)
    second = read_checkpoint(OurLog(stranger).checkpoint())
    old, path, note = read_growth(OurLog(stranger).growth(first.size, second.size))
    assert (old, read_checkpoint(note).root) == (first.size, second.root)
    sizes, roots = (first.size, second.size), (first.root, second.root)
    assert merkle.is_consistent(sizes, roots, path)


@pytest.mark.parametrize(
    ("asked", "status"),
    [("", 400), ("?from=x", 400), ("?from=-1", 400), ("?from=1&to=²", 400), ("?from=99999", 404),
     ("?from=1&to=999999", 404)],
)  # fmt: skip
def test_a_size_that_is_none_or_never_was_is_refused(stranger, event, asked, status):
    assert stranger.get(f"/log/consistency{asked}").status_code == status


def test_the_proof_of_a_record_is_for_whoever_may_see_it(stranger, visitor, event):
    path = f"/log/proof/audit_event/{event}"
    assert stranger.get(path).status_code == 302
    assert visitor("reporter", Role.REPORTER).get(path).status_code == 404
    answer = visitor("audit", Role.AUDIT_ADMINISTRATOR).get(path)
    assert answer.status_code == 200
    document = json.loads(answer.get_data(as_text=True))
    (told,) = document["records"]
    checkpoint = read_checkpoint(document["checkpoint"])
    content = canonical(told["kind"], list(told["fields"].values()))
    commitment = commitment_of(base64.b64decode(told["salt"]), content)
    leaf = merkle.leaf_hash(leaf_content(told["kind"], told["record"], commitment))
    steps = [base64.b64decode(step) for step in told["path"]]
    assert merkle.is_included(leaf, told["index"], checkpoint.size, steps, checkpoint.root)


@pytest.mark.parametrize("path", ["credential/1", "audit_event/none", "secret/1", "run/x"])
def test_what_is_not_there_or_nobody_may_see_is_not_found(visitor, event, path):
    client = visitor("audit", Role.AUDIT_ADMINISTRATOR)
    assert client.get(f"/log/proof/{path}").status_code == 404


@pytest.fixture
def witness(stranger, event, tmp_path):
    key = read_key(OurLog(stranger).get("/log/key").splitlines()[0])
    return Witness("witness.example", WITNESS, key, tmp_path)


def test_a_known_witness_cosigns_what_grew_out_of_what_it_saw(stranger, witness, app_database):
    log = OurLog(stranger)
    witness.visit(log, INSTANT)
    write(app_database)
    seen = witness.visit(log, INSTANT + 60)
    note = read_checkpoint(log.checkpoint())
    assert note.size == seen.size
    assert is_signed(note, witness.public)
    assert (witness.folder / LAST).read_text(encoding="utf-8")


def test_a_witness_refuses_a_log_that_was_rewritten(stranger, witness, app_database):
    log = OurLog(stranger)
    seen = witness.visit(log, INSTANT)
    other = SIGNER.signatures  # the log's own key signs another tree of that size
    body = seen.body.replace(
        base64.b64encode(seen.root).decode(),
        base64.b64encode(hashlib.sha256(b"other").digest()).decode(),
    )
    forged = note_of(body, other(seen.origin, body))
    (witness.folder / LAST).write_text(forged, encoding="utf-8")
    with pytest.raises(WitnessError):
        witness.visit(log, INSTANT)
    write(app_database)
    with pytest.raises(WitnessError):
        witness.visit(log, INSTANT)


def test_other_cosignatures_are_refused(stranger, witness, event):
    log = OurLog(stranger)
    stranger_key = Signer.from_text("ab" * 32, "test")
    unknown = Witness("witness.example", stranger_key, witness.log_key, witness.folder)
    handed = []
    log.cosign = handed.append
    witness.visit(log, INSTANT)
    unknown.visit(log, INSTANT)
    good, bad = handed
    flipped = good[:-10] + ("A" if good[-10] != "A" else "B") + good[-9:]
    split = good.replace(good.split("\n")[2], base64.b64encode(b"x" * 32).decode(), 1)
    smaller = good.replace(f"\n{good.split(chr(10))[1]}\n", "\n3\n", 1)
    answers = {
        name: stranger.post("/log/cosignature", data=note, headers=OWN).status_code
        for name, note in {
            "good": good, "unknown": bad, "flipped": flipped, "split": split, "size": smaller,
            "nothing": "", "words": "x\n\n— y z\n", "foreign": good,
        }.items()
    }  # fmt: skip
    assert answers == {
        "good": 200, "unknown": 403, "flipped": 403, "split": 403, "size": 403,
        "nothing": 400, "words": 400, "foreign": 200,
    }  # fmt: skip
    assert stranger.post("/log/cosignature", data=good).status_code == 403


def test_a_proof_of_a_place_is_for_the_audit_administrator_alone(app, visitor, stranger, event):
    watcher = visitor("watcher", Role.AUDIT_ADMINISTRATOR)
    taken = watcher.get("/log/inclusion/0")
    assert taken.get_data(as_text=True).startswith("c2sp.org/tlog-proof@v1\nextra ")
    assert "0.tlog-proof" in taken.headers["Content-Disposition"]
    assert watcher.get(f"/log/inclusion/{10**15}").status_code == 404
    assert watcher.get(f"/log/inclusion/{10**30}").status_code == 400
    assert visitor("reporter", Role.REPORTER).get("/log/inclusion/0").status_code == 403
    assert stranger.get("/log/inclusion/0").location.startswith("/login")


def told(database, action):
    with database.work(SYSTEM_SCOPE) as work:
        return [each.event for each in audit.search(work, AuditQuery(action=action), 99)]


def test_taking_a_record_out_is_an_event_and_so_is_trying(app_database, visitor, event):
    path = f"/log/proof/audit_event/{event}"
    assert visitor("watcher9", Role.AUDIT_ADMINISTRATOR).get(path).status_code == 200
    taken = [each for each in told(app_database, "prove_record") if event in each.resource]
    assert [each.after["label"] for each in taken] == ["sensitive"]
    assert visitor("prober9", Role.REPORTER).get(path).status_code == 404
    refused = [each for each in told(app_database, "record") if event in each.resource]
    assert [each.result for each in refused] == ["refused"]
