"""The self-check names every record that was changed behind the log's back, and no other."""

import random

import psycopg
import pytest

from bench._mutations import Attack
from services.consistency.log_audit import WITHOUT_EVENT, audit_log
from services.consistency.log_export import export_log
from services.data.engine import SYSTEM_SCOPE, owner_work
from services.sample import remove_sample
from services.security.signing import Signer
from services.transparency.sealing import seal
from tests.services.consistency.log_visits import SIGNER, named_offline, pinned
from tests.tampering import audit_line
from workers.embedded.postgres import SUPERUSER

pytestmark = pytest.mark.postgres
CHANGES = 60


@pytest.fixture
def superuser_url(servers, _sample_clone):
    return servers.postgres.url(SUPERUSER, _sample_clone.name)


@pytest.fixture
def sealed(sample_database):
    return pinned(sample_database)


def audited(owner_url, kept):
    with owner_work(owner_url) as work:
        return audit_log(work, kept)


def exported(owner_url, folder):
    with owner_work(owner_url) as work:
        export_log(work, folder / "export.zip")
    return folder / "export.zip"


def test_an_export_of_what_nobody_changed_is_verified_offline(sample_owner_url, sealed, tmp_path):
    assert named_offline(exported(sample_owner_url, tmp_path), tmp_path, sealed) == set()


def test_an_export_after_the_sample_was_removed_openly_is_verified_too(
    sample_owner_url, sample_database, sealed, tmp_path
):
    remove_sample(sample_owner_url)
    seal(sample_database, SIGNER)
    assert named_offline(exported(sample_owner_url, tmp_path), tmp_path, sealed) == set()


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
    sample_owner_url, superuser_url, sealed, seed, tmp_path
):
    with psycopg.connect(superuser_url) as connection:
        attack = Attack(connection, random.Random(seed))
        expected = attack.change(CHANGES)
    differences = audited(sample_owner_url, sealed).differences
    # Where the leaf of an audit event went, what it told of has none any more.
    found = {(each.kind, each.record) for each in differences if each.what != WITHOUT_EVENT}
    assert len(expected) >= CHANGES
    assert {each for each in expected if each not in found} == set()
    assert {each for each in found if each not in expected} == set()
    offline = named_offline(exported(sample_owner_url, tmp_path), tmp_path, sealed)
    # What the attack itself did through the platform has fresh leaves, which nobody has sealed.
    assert {f"{kind} {record}" for kind, record in expected} <= offline


def whats(owner_url, kept):
    return {(each.kind, each.what) for each in audited(owner_url, kept).differences}


LAST = "(SELECT max(position) FROM base.log_entry)"
ATTACKS = {
    "a place forged": (
        [f"UPDATE base.log_entry SET hash = sha256(hash) WHERE position = {LAST} - 5"],
        {("checkpoint", "root_differs"), ("node", "node_changed")},
    ),
    "a node forged": (
        ["UPDATE base.log_node SET hash = sha256(hash) WHERE (level, index) = (2, 1)"],
        {("node", "node_changed")},
    ),
    "a leaf removed": (
        ["DELETE FROM base.log_leaf WHERE leaf_id = (SELECT max(leaf_id) FROM base.log_leaf)"],
        {("position", "leaf_missing")},
    ),
    "a place removed": (
        ["DELETE FROM base.log_entry WHERE position = 7"],
        {("position", "place_missing"), ("checkpoint", "root_differs")},
    ),
    "a salt erased to hide a change": (
        [
            "UPDATE base.log_leaf SET salt = NULL WHERE kind = 'run'",
            "UPDATE business.run SET total_t = 0",
        ],
        {("run", "salt_gone")},
    ),
    "a checkpoint forged": (
        ["UPDATE base.log_checkpoint SET root = sha256(root)"],
        {("checkpoint", "root_differs")},
    ),
    "a signature forged": (
        ["UPDATE base.log_checkpoint SET note = replace(note, '\u2014 ', '\u2014 x')"],
        {("checkpoint", "signature_bad")},
    ),
    "the newest part of the log cut off": (
        [
            "DELETE FROM base.log_leaf",
            "DELETE FROM base.log_entry",
            "DELETE FROM base.log_node",
            "DELETE FROM base.log_checkpoint",
        ],
        {("checkpoint", "kept_differs"), ("run", "added")},
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_on_the_log_itself_is_found(sample_owner_url, superuser_url, sealed, name):
    statements, expected = ATTACKS[name]
    change(superuser_url, *statements)
    assert expected <= whats(sample_owner_url, sealed)


def test_a_log_made_anew_with_another_key_is_found_by_what_was_kept(
    sample_owner_url, superuser_url, sample_database, sealed
):
    change(
        superuser_url,
        "UPDATE business.run SET total_t = 0",
        "DELETE FROM base.log_entry",
        "DELETE FROM base.log_node",
        "DELETE FROM base.log_checkpoint",
        "DELETE FROM base.log_key",
        "DELETE FROM base.log_leaf WHERE kind = 'run'",
    )
    forger = Signer.from_text("0f" * 32, "test")
    seal(sample_database, forger)
    found = whats(sample_owner_url, sealed)
    assert {("checkpoint", "kept_differs"), ("checkpoint", "signature_bad")} <= found


GIVE_ROLE = """
    INSERT INTO base.membership (organization_id, person_id, role, access_path)
    SELECT organization_id, person_id, 'approver', access_path FROM base.membership
    WHERE role = 'reporter' LIMIT 1
"""


@pytest.mark.parametrize(
    "deed",
    [
        ("membership", GIVE_ROLE),
        ("membership", "UPDATE base.membership SET ended_at = now() WHERE role = 'approver'"),
        ("credential", "UPDATE base.credential SET must_change = NOT must_change"),
        ("run_pointer", "UPDATE business.run_pointer SET filed_run = NULL"),
        ("attachment", "DELETE FROM collected.attachment"),
    ],
)
def test_a_change_with_every_trigger_standing_lacks_an_audit_event(
    sample_owner_url, sample_database, superuser_url, sealed, deed
):
    kind, statement = deed
    with psycopg.connect(superuser_url) as connection:
        connection.execute(statement)
    seal(sample_database, SIGNER)
    assert whats(sample_owner_url, sealed) == {(kind, WITHOUT_EVENT)}


def test_a_record_added_by_the_platform_a_moment_ago_is_no_difference(
    sample_owner_url, sample_database, sealed
):
    with sample_database.work(SYSTEM_SCOPE) as work:
        audit_line(work, "not sealed yet")
        work.commit()
    assert whats(sample_owner_url, sealed) == set()
