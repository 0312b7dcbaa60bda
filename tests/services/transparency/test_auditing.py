"""The self-check names every record that was changed behind the log's back, and no other."""

import random

import psycopg
import pytest

from bench._mutations import Attack
from services.algorithms.checkpoints import read_checkpoint, read_key
from services.data import log
from services.data.engine import SYSTEM_SCOPE, owner_work
from services.sample import remove_sample
from services.security.signing import Signer
from services.transparency.auditing import Pinned, audit_log
from services.transparency.sealing import seal
from workers.embedded.postgres import SUPERUSER

pytestmark = pytest.mark.postgres
SIGNER = Signer.from_text("5e" * 32, "test")
CHANGES = 60


@pytest.fixture
def superuser_url(servers, _sample_clone):
    return servers.postgres.url(SUPERUSER, _sample_clone.name)


@pytest.fixture
def sealed(sample_database):
    found = seal(sample_database, SIGNER)
    with sample_database.work(SYSTEM_SCOPE) as work:
        keys = tuple(read_key(key) for key in log.keys(work))
    return Pinned(keys, (read_checkpoint(found.note),))


def audited(owner_url, pinned):
    with owner_work(owner_url) as work:
        return audit_log(work, pinned)


def change(address, *statements):
    with psycopg.connect(address) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in statements:
            connection.execute(statement)


def test_the_sample_is_as_it_was_sealed(sample_owner_url, sealed):
    found = audited(sample_owner_url, sealed)
    assert found.differences == []
    assert found.size > 100
    assert found.records["run"] > 3
    assert found.records["submission"] > 3
    assert found.records["membership"] > 3
    assert found.records["credential"] > 3
    assert found.records["attachment"] > 0


def test_what_was_removed_openly_with_the_sample_is_counted_and_no_difference(
    sample_owner_url, sample_database, sealed
):
    remove_sample(sample_owner_url)
    seal(sample_database, SIGNER)
    found = audited(sample_owner_url, sealed)
    assert found.differences == []
    assert found.removed > 50


@pytest.mark.parametrize("seed", range(2))
def test_every_random_change_of_a_superuser_is_found_and_named(
    sample_owner_url, superuser_url, sealed, seed
):
    with psycopg.connect(superuser_url) as connection:
        attack = Attack(connection, random.Random(seed))
        expected = attack.change(CHANGES)
    found = {(each.kind, each.record) for each in audited(sample_owner_url, sealed).differences}
    assert len(expected) >= CHANGES
    assert {each for each in expected if each not in found} == set()
    assert {each for each in found if each not in expected} == set()
