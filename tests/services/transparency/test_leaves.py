"""What a leaf commits to: one form, in the database, here, and in a file that never changes."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from services.algorithms.leaves import canonical, commitment_of, leaf_content
from services.data import log_records, migrate
from services.data.engine import SYSTEM_SCOPE, owner_work
from services.data.log_kinds import BY_NAME, KINDS
from services.data.work import Scope
from tests.tampering import audit_line

GOLDEN = json.loads((Path(__file__).parent / "leaves.json").read_text(encoding="utf-8"))


def test_fields_of_every_kind_are_those_of_the_golden_file():
    assert {kind.name: [kind.table, *kind.names] for kind in KINDS} == GOLDEN["kinds"]


def test_a_leaf_is_that_of_the_golden_file():
    told = GOLDEN["example"]
    content = canonical(told["kind"], told["fields"])
    assert content.decode() == told["canonical"]
    commitment = commitment_of(bytes.fromhex(told["salt"]), content)
    assert commitment.hex() == told["commitment"]
    leaf = leaf_content(told["kind"], told["record"], commitment)
    assert leaf.decode() == told["leaf"]


@pytest.mark.postgres
def test_the_database_writes_the_same_whatever_its_session_has_set(database):
    # Signs that JSON escapes, a letter in two parts (NFD), and half a microsecond's worth of zeros.
    name = 'a"\\\n\t\x01 e\u0301 碳'
    settings = "SET LOCAL extra_float_digits = -10; SET LOCAL timezone = 'Asia/Shanghai'"
    with database.work(SYSTEM_SCOPE) as work:
        work.connection.exec_driver_sql(settings)
        audit_line(work, name)
        work.commit()
    with database.work(SYSTEM_SCOPE) as work:
        (kind,) = (each for each in KINDS if each.name == "audit_event")
        (row,) = log_records.recorded(work, kind)
    content = canonical("audit_event", row.fields)
    assert commitment_of(row.salt, content) == row.commitment
    assert "\u00e9 碳" in content.decode()
    assert "\u0301" not in content.decode()


@pytest.mark.postgres
def test_every_leaf_has_a_salt_of_its_own(database):
    with database.work(SYSTEM_SCOPE) as work:
        for _ in range(3):
            audit_line(work, "same")
        salts = set(work.connection.scalars(text("SELECT salt FROM base.log_leaf")))
        count = work.connection.scalar(text("SELECT count(*) FROM base.log_leaf"))
    assert len(salts) == count
    assert {len(salt) for salt in salts} == {16}


@pytest.mark.postgres
def test_salts_are_seen_only_where_their_records_are(sample_database):
    count = text("SELECT count(*) FROM base.log_leaf")
    with sample_database.work(Scope()) as work:
        assert work.connection.scalar(count) == 0
    with sample_database.work(SYSTEM_SCOPE) as work:
        assert work.connection.scalar(count) > 100


@pytest.mark.postgres
def test_what_was_there_before_the_log_is_covered_as_it_is_found(empty_owner_url):
    migrate.upgrade(empty_owner_url, "0020")
    with owner_work(empty_owner_url) as work:
        audit_line(work, "before")
        work.connection.execute(
            text("""
                INSERT INTO base.person VALUES (7, 'li', 'Li', 'en', 'light', true, false);
                INSERT INTO base.credential VALUES (7, 'hash', false, now())
            """)
        )
        work.commit()
    migrate.upgrade(empty_owner_url)
    for kind in ("audit_event", "credential"):
        with owner_work(empty_owner_url) as work:
            (row,) = log_records.recorded(work, BY_NAME[kind])
        content = canonical(kind, row.fields)
        assert commitment_of(row.salt, content) == row.commitment
