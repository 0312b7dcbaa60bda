"""The standing of the log tells late from never, and its proofs verify without the record."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from services import clock
from services.algorithms.checkpoints import read_checkpoint
from services.data import log
from services.data.engine import SYSTEM_SCOPE
from services.errors import NotAllowedError, NotFoundError
from services.security.permissions import Role
from services.security.signing import Signer
from services.transparency.sealing import seal
from services.transparency.standing import find_leaves, inclusion, standing
from tests.fixtures.web import WITNESS_KEY
from tests.places import add_person
from tests.tampering import audit_line

pytestmark = pytest.mark.postgres
SIGNER, ROOT = Signer.from_text("5e" * 32, "test"), 100_000


@pytest.fixture
def watcher(database):
    return add_person(database, "watcher", (Role.AUDIT_ADMINISTRATOR, ROOT))


def told(watcher, database, after=timedelta()):
    return standing(watcher, database, [WITNESS_KEY], clock.now() + after)


def test_a_log_that_was_never_sealed_has_no_checkpoint_and_waits(watcher, database):
    found = told(watcher, database)
    assert (found.size, found.sealed_at, found.note, found.keys) == (0, None, "", ())
    assert found.waiting > 0


def test_sealing_is_late_only_when_a_leaf_waits_for_more_than_sixty_seconds(watcher, database):
    # The oldest leaf is as old as the database that this one was cloned from.
    oldest = told(watcher, database).waiting_since
    for seconds, late in ((60, False), (61, True)):
        at = oldest + timedelta(seconds=seconds)
        assert standing(watcher, database, [WITNESS_KEY], at).is_late == late
    for seconds, alarming in ((120, False), (121, True)):
        at = oldest + timedelta(seconds=seconds)
        assert standing(watcher, database, [WITNESS_KEY], at).is_alarming == alarming
    seal(database, SIGNER)
    found = told(watcher, database, timedelta(days=9))
    assert (found.waiting, found.is_late, found.lag) == (0, False, timedelta())


def test_a_known_witness_is_awaited_until_it_has_cosigned(watcher, database):
    newest = seal(database, SIGNER)
    assert told(watcher, database).awaited == ("witness.example",)
    at = datetime(2026, 5, 1, tzinfo=UTC)
    with database.work(SYSTEM_SCOPE) as work:
        log.add_cosignature(work, newest, "witness.example", "— witness.example x", at)
        work.commit()
    found = told(watcher, database)
    assert found.awaited == ()
    assert [(each.size, each.at) for each in found.cosigned] == [(newest.size, at)]
    assert found.note == newest.note + "— witness.example x\n"


def events(database, count):
    """Write and seal events one by one, and return the record of the last."""
    for number in range(count):
        with database.work(SYSTEM_SCOPE) as work:
            audit_line(work, f"secret-{number}")
            work.commit()
        seal(database, SIGNER)
    query = "SELECT record FROM base.log_leaf WHERE kind = 'audit_event' ORDER BY leaf_id DESC"
    with database.work(SYSTEM_SCOPE) as work:
        return work.connection.exec_driver_sql(query).first()[0]


def verified(text):
    """Return leaf and checkpoint of a proof that leads to the root, by RFC 6962's own recursion."""
    head, _, note = text.partition("\n\n")
    form, extra, index, *path = head.split("\n")
    assert form == "c2sp.org/tlog-proof@v1"
    leaf = base64.b64decode(extra.removeprefix("extra "))
    checkpoint = read_checkpoint(note)
    steps = [base64.b64decode(step) for step in path]
    top = climb(leaf, int(index.removeprefix("index ")), checkpoint.size, steps)
    assert top == checkpoint.root
    return leaf.decode(), checkpoint


def climb(leaf, index, size, steps):
    if size == 1:
        return hashlib.sha256(b"\0" + leaf).digest()
    half = 1 << ((size - 1).bit_length() - 1)
    left = index < half
    below = climb(leaf, index if left else index - half, half if left else size - half, steps[:-1])
    pair = below + steps[-1] if left else steps[-1] + below
    return hashlib.sha256(b"\1" + pair).digest()


def test_a_proof_leads_from_the_leaf_to_the_root_and_tells_nothing_of_the_record(watcher, database):
    record = events(database, 5)
    [leaf] = find_leaves(watcher, database, "audit_event", record)
    content, checkpoint = verified(inclusion(watcher, database, leaf.position))
    assert content.split("\n")[1:4] == ["audit_event", record, leaf.commitment.hex()]
    assert checkpoint.size > leaf.position
    assert "secret" not in content
    for position in range(checkpoint.size):
        verified(inclusion(watcher, database, position))


def test_what_is_no_place_or_no_kind_is_not_found(watcher, database):
    seal(database, SIGNER)
    with pytest.raises(NotFoundError):
        inclusion(watcher, database, 10**9)
    with pytest.raises(NotFoundError):
        find_leaves(watcher, database, "salaries", "1")
    assert find_leaves(watcher, database, "run", "1") == ()


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.AUDIT_ADMINISTRATOR])
def test_nobody_else_looks(database, role):
    actor = add_person(database, f"as-{role.value}", (role, ROOT))
    for look in (
        lambda: told(actor, database),
        lambda: find_leaves(actor, database, "run", "1"),
        lambda: inclusion(actor, database, 0),
    ):
        with pytest.raises(NotAllowedError):
            look()
