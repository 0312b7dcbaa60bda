"""Sealing: nothing missed, nothing twice, the same root whatever happens on the way."""

import random
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from services import clock
from services.algorithms import merkle
from services.algorithms.checkpoints import read_checkpoint
from services.algorithms.leaves import leaf_content
from services.data import log
from services.data.engine import SYSTEM_SCOPE, Database, owner_work
from services.security.signing import Signer, is_signed
from services.transparency import sealing
from tests.tampering import audit_line

pytestmark = pytest.mark.postgres
SEED, OTHER_SEED = "5e" * 32, "0f" * 32
ROOT = Path(__file__).parents[3]
POINTS = ("locked", "read", "appended", "signed", "committed")
LEAVES = text("""
    SELECT l.leaf_id, l.kind, l.record, l.commitment, e.position
    FROM base.log_leaf l LEFT JOIN base.log_entry e USING (leaf_id) ORDER BY e.position, leaf_id
""")


@pytest.fixture
def signer():
    return Signer.from_text(SEED, "test")


def write(database, *names):
    with database.work(SYSTEM_SCOPE) as work:
        for name in names:
            audit_line(work, name)
        work.commit()


def leaves(database):
    with database.work(SYSTEM_SCOPE) as work:
        return work.connection.execute(LEAVES).all()


def root_of(rows):
    """Return the root over leaves as RFC 6962 defines it, from the leaves alone."""
    found = [merkle.leaf_hash(leaf_content(row.kind, row.record, row.commitment)) for row in rows]
    return _root(found)


def _root(found):
    if len(found) == 1:
        return found[0]
    half = 1 << ((len(found) - 1).bit_length() - 1)
    return merkle.node_hash(_root(found[:half]), _root(found[half:]))


def test_what_was_written_is_sealed_and_signed(database, signer):
    write(database, "a", "b", "c")
    sealed = sealing.seal(database, signer)
    rows = leaves(database)
    assert [row.position for row in rows] == list(range(len(rows)))
    assert (sealed.size, sealed.root) == (len(rows), root_of(rows))
    checkpoint = read_checkpoint(sealed.note)
    (key,) = signer.public_keys(checkpoint.origin)
    assert is_signed(checkpoint, key)
    assert (checkpoint.size, checkpoint.root) == (sealed.size, sealed.root)


def test_nothing_new_is_nothing_sealed(database, signer):
    first = sealing.seal(database, signer)
    assert first.size > 0  # the base data that was loaded
    assert sealing.seal(database, signer) is None


def test_a_rolled_back_change_leaves_no_leaf(database, signer):
    before = len(leaves(database))
    with database.work(SYSTEM_SCOPE) as work:
        audit_line(work, "never")
    assert len(leaves(database)) == before


def test_what_a_transaction_still_writes_waits_and_is_not_lost(database, signer):
    with database.work(SYSTEM_SCOPE) as slow:
        audit_line(slow, "slow")
        write(database, "quick")
        waiting = sealing.seal(database, signer)
        slow.commit()
    sealed = sealing.seal(database, signer)
    rows = leaves(database)
    assert sealed.size == len(rows)
    assert waiting is None or waiting.size < sealed.size
    assert sealed.root == root_of(rows)


def write_at_random(address, number, written):
    """Write in transactions of random length, of which a third is rolled back."""
    own, chosen = Database(address, pool_size=1), random.Random(number)
    for turn in range(60):
        with own.work(SYSTEM_SCOPE) as work:
            for _ in range(chosen.randrange(1, 4)):
                audit_line(work, f"{number}/{turn}")
                work.connection.execute(text(f"SELECT pg_sleep({chosen.random() / 500})"))
            if chosen.random() < 0.7:
                work.commit()
                written.append(turn)
    own.dispose()


def seal_meanwhile(database, signer, stop):
    while not stop.is_set():
        sealing.seal(database, signer)


def test_parallel_writers_miss_nothing_and_double_nothing(app_url, database, signer):
    stop, written = threading.Event(), []
    writers = [
        threading.Thread(target=write_at_random, args=(app_url, n, written)) for n in range(6)
    ]
    sealers = [
        threading.Thread(target=seal_meanwhile, args=(database, signer, stop)) for _ in range(2)
    ]
    for thread in (*writers, *sealers):
        thread.start()
    for thread in writers:
        thread.join(120)
    stop.set()
    for thread in sealers:
        thread.join(60)
    sealing.seal(database, signer)
    rows = leaves(database)
    assert len(written) > 100
    assert [row.position for row in rows] == list(range(len(rows)))
    with database.work(SYSTEM_SCOPE) as work:
        events = work.connection.scalar(text("SELECT count(*) FROM business.audit_event"))
        sealed = log.latest(work)
    assert sum(row.kind == "audit_event" for row in rows) == events
    assert sealed.root == root_of(rows)


@pytest.mark.faults
@pytest.mark.parametrize("point", POINTS)
def test_a_killed_sealer_is_followed_by_one_that_comes_to_the_same_root(
    app_url, database, signer, point
):
    sealing.seal(database, signer)
    write(database, *"abcdefg")
    done = subprocess.run(
        [sys.executable, "-m", "tests.services.transparency.sealing_process", app_url, SEED, point],
        cwd=ROOT,
        check=False,
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL
    sealing.seal(database, signer)
    write(database, "h")
    sealed = sealing.seal(database, signer)
    rows = leaves(database)
    assert [row.position for row in rows] == list(range(len(rows)))
    assert sealed.root == root_of(rows)
    with database.work(SYSTEM_SCOPE) as work:
        sizes = list(work.connection.scalars(text("SELECT size FROM base.log_checkpoint")))
    assert sizes == sorted(set(sizes))


def test_a_new_key_signs_beside_the_old_one_and_then_alone(database, signer):
    first = sealing.seal(database, signer)
    both = Signer.from_text(f"{SEED}\n{OTHER_SEED}", "test")
    alone = Signer.from_text(OTHER_SEED, "test")
    notes = [read_checkpoint(sealing.seal(database, each).note) for each in (both, alone)]
    assert [note.size for note in notes] == [first.size, first.size]
    name = read_checkpoint(first.note).origin
    assert {note.origin for note in notes} == {name}
    old, new = (each.public_keys(name)[0] for each in (signer, alone))
    assert [[is_signed(note, key) for key in (old, new)] for note in notes] == [
        [True, True],
        [False, True],
    ]
    with database.work(SYSTEM_SCOPE) as work:
        assert log.keys(work) == (old.written(), new.written())


def test_after_a_restore_into_a_server_that_counts_anew_nothing_is_missed(
    database, owner_url, signer
):
    sealing.seal(database, signer)
    with owner_work(owner_url) as work:
        # As if another server had counted to here, and left one leaf unsealed.
        work.connection.execute(text("ALTER TABLE base.log_checkpoint DISABLE TRIGGER USER"))
        work.connection.execute(
            text("UPDATE base.log_checkpoint SET sealed_before = CAST('99999999' AS xid8)")
        )
        work.connection.execute(
            text("""
                INSERT INTO base.log_leaf (kind, record, commitment, xid)
                VALUES ('audit_event', 'x', sha256('x'), CAST('99999999' AS xid8))
            """)
        )
        work.commit()
    write(database, "new")
    sealing.seal(database, signer)
    write(database, "newer")
    sealed = sealing.seal(database, signer)
    rows = leaves(database)
    assert [row.position for row in rows] == list(range(len(rows)))
    assert sealed.root == root_of(rows)


def test_nothing_is_signed_that_did_not_grow_out_of_what_was_signed(database, owner_url, signer):
    write(database, "a")
    signed = read_checkpoint(sealing.seal(database, signer).note)
    write(database, "b")
    assert sealing.seal(database, signer, signed=signed).size == signed.size + 1
    larger = read_checkpoint(sealing_note(database))
    other = replace(signed, root=bytes(32))
    with owner_work(owner_url) as work:
        work.connection.execute(text("ALTER TABLE base.log_checkpoint DISABLE TRIGGER USER"))
        work.connection.execute(
            text("DELETE FROM base.log_checkpoint WHERE size > :size"), {"size": signed.size}
        )
        work.commit()
    for before in (larger, other):
        with pytest.raises(sealing.ForkError):
            sealing.seal(database, signer, signed=before)


def sealing_note(database):
    with database.work(SYSTEM_SCOPE) as work:
        return log.latest(work).note


def test_late_sealing_raises_the_alarm(database, signer, caplog):
    now = clock.now()
    sealing.seal(database, signer)
    assert not sealing.alarm(database, now)
    write(database, "waits")
    assert not sealing.alarm(database, now + timedelta(seconds=60))
    assert sealing.alarm(database, now + timedelta(seconds=200))
    assert "has waited" in caplog.text


def test_erasing_the_salt_leaves_the_tree_and_nobody_else_may_touch_a_leaf(
    database, owner_url, signer
):
    write(database, "person")
    before = sealing.seal(database, signer)
    with owner_work(owner_url) as work:
        log.erase_salts(work, "audit_event", [leaves(database)[-1].record])
        work.commit()
    rows = leaves(database)
    assert root_of(rows) == before.root
    with owner_work(owner_url) as work, pytest.raises(Exception, match="keeps every row"):
        work.connection.execute(text("UPDATE base.log_leaf SET kind = 'x'"))
    with database.work(SYSTEM_SCOPE) as work, pytest.raises(Exception, match="permission denied"):
        work.connection.execute(text("UPDATE base.log_leaf SET salt = NULL"))
