"""The register of personal data names every column of a person, and how long what is kept."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from services.algorithms.checkpoints import read_key
from services.clock import now
from services.consistency.log_audit import Pinned, audit_log
from services.data import audit, log
from services.data.audit import AuditQuery
from services.data.engine import SYSTEM_SCOPE
from services.data.label_tables import person_clearance
from services.data.metadata import metadata
from services.data.migrations.api import RULE
from services.data.migrations.privacy import RULES
from services.errors import NotAllowedError, NotFoundError
from services.i18n.texts import texts
from services.security.permissions import Role
from services.security.personal_data import ACCOUNT, personal_data
from services.security.retention import (
    RetentionError,
    apply_retention,
    apply_tonight,
    days_of,
    set_retention,
)
from services.security.rights import leave
from services.security.signing import Signer
from services.transparency.sealing import seal
from tests.places import add_login, add_person
from tests.tampering import long_ago

ROOT = 100_000
# What may name a person or tell of one, by the name of the column.
LOOKS_PERSONAL = re.compile(
    r"person|login|_by$|address|agent|contact|phone|mobile|mail|birth|gender|id_card|owner|surname"
    r"|full_name|nickname|secret|password"
)
# And what only looks so, each with its reason.
NOT_PERSONAL = {
    "base.organization_ownership.owner_id": "the organization that owns another",
    "business.webhook.address": "where another system listens",
    "business.webhook.secret": "what signs for another system, which is no person",
    "business.connector.secrets": "what another system asks of a firm's connector",
    "collected.device.secret": "the key of a device, which is no person's",
}


def columns():
    for table in metadata.tables.values():
        for column in table.columns:
            yield f"{table.fullname}.{column.name}"


def registered():
    found = {f"{t.name}.{column}" for t in personal_data().tables for column in t.columns}
    return found | {column for each in personal_data().signed for column in each.columns}


def test_every_column_that_looks_personal_is_in_the_register():
    looking = {name for name in columns() if LOOKS_PERSONAL.search(name.rpartition(".")[2])}
    assert looking - registered() == set(NOT_PERSONAL)


def test_every_column_of_a_table_of_people_is_in_the_register():
    of_people = {each.name for each in personal_data().tables}
    theirs = {name for name in columns() if name.rpartition(".")[0] in of_people}
    assert theirs == {name for name in registered() if name.rpartition(".")[0] in of_people}
    assert person_clearance.fullname in of_people


def test_every_table_with_a_number_of_a_person_is_in_the_register():
    theirs = {n.rpartition(".")[0] for n in columns() if n.rpartition(".")[2] == "person_id"}
    assert theirs <= {each.name for each in personal_data().tables}


def test_the_register_names_only_columns_that_are_there_and_rules_that_count():
    assert registered() <= set(columns())
    kinds = {kind for kind, *_ in (*RULES, RULE)} | {ACCOUNT}
    held = (*personal_data().tables, *personal_data().signed)
    assert {each.keeps for each in held} <= kinds


def test_every_table_and_every_rule_has_its_words():
    known, tables = (
        texts("en"),
        [each for each in personal_data().tables if each.basis != "consent"],
    )
    wanted = {f"privacy.what.{each.name.replace('.', '_')}" for each in tables}
    wanted |= {f"privacy.keeps.{kind}" for kind, *_ in (*RULES, RULE)}
    assert wanted - known.keys() == set()


def test_no_rule_goes_below_the_law():
    floors = {kind: floor for kind, _, floor, *_ in RULES}
    # Six months are 184 days at most (March to August), five years 1,827 (two leap days).
    assert floors["trail"] >= 184
    assert floors["sessions"] >= 184
    assert floors["carbon_records"] >= 1827
    assert all(days >= floor for _, days, floor, *_ in RULES)


@pytest.fixture
def security(database):
    return add_person(database, "security", (Role.SECURITY_ADMINISTRATOR, ROOT))


@pytest.mark.postgres
def test_a_shorter_time_than_the_law_asks_is_refused_with_its_reason(database, security):
    for kind, days in (("trail", 183), ("carbon_records", 1826), ("sessions", 0)):
        with pytest.raises(RetentionError, match=r"最短|第\d+条"):
            set_retention(security, database, kind, days, "因")
    with pytest.raises(RetentionError):
        set_retention(security, database, "trail", 200, " ")
    with pytest.raises(NotFoundError):
        set_retention(security, database, "other", 200, "因")
    other = add_person(database, "system", (Role.SYSTEM_ADMINISTRATOR, ROOT))
    with pytest.raises(NotAllowedError):
        set_retention(other, database, "trail", 200, "因")
    set_retention(security, database, "trail", 200, "因")
    assert days_of(database)["trail"] == 200
    with database.work(SYSTEM_SCOPE) as work:
        (event,) = audit.search(work, AuditQuery(action="set_retention"), 9)
    assert (event.event.before, event.event.after) == ({"days": 1096}, {"days": 200})


OLD = text("""
    INSERT INTO business.audit_event (organization_id, access_path, action, resource, before, after,
        channel, at) VALUES (0, 'cn', 'sign_in', :what, '{}', '{}', 'web', :at)
""")
SESSION = text("""
    INSERT INTO base.session (token_hash, person_id, channel, began_at, seen_at, expires_at)
    VALUES (:what, :who, 'web', :at, :at, :at)
""")


def counted(database, query):
    with database.work(SYSTEM_SCOPE) as work:
        return work.connection.scalar(text(f"SELECT count(*) FROM {query}"))


@pytest.mark.postgres
def test_what_was_kept_long_enough_goes_at_night_and_the_log_still_verifies(
    database, owner_url, security
):
    signer = Signer.from_text("5e" * 32, "test")
    long_ago(database, owner_url, now() - timedelta(days=1097))
    with database.work(SYSTEM_SCOPE) as work:
        work.connection.execute(OLD, {"what": "young", "at": now() - timedelta(days=1095)})
        for days, what in ((185, "old"), (183, "young")):
            values = {"what": what, "who": security.person_id, "at": now() - timedelta(days=days)}
            work.connection.execute(SESSION, values)
        work.commit()
    seal(database, signer)
    told = apply_retention(database, now())
    assert told == {"sessions": 1, "trail": 1}
    assert counted(database, "business.audit_event WHERE resource IN ('long ago', 'young')") == 1
    assert counted(database, "base.session") == 1
    seal(database, signer)
    with database.work(SYSTEM_SCOPE) as work:
        found = audit_log(work, Pinned([read_key(key) for key in log.keys(work)]))
        (event,) = audit.search(work, AuditQuery(action="apply_retention"), 9)
    assert (found.differences, found.erased) == ([], 1)
    assert event.event.after == told


@pytest.mark.postgres
def test_it_is_applied_once_a_night(database):
    assert apply_tonight(database, now()) is not None
    assert apply_tonight(database, now()) is None
    assert apply_tonight(database, now() + timedelta(days=1)) is not None


@pytest.mark.postgres
def test_not_even_the_function_that_may_forget_forgets_within_six_months(database):
    forget = text("SELECT base.forget_trail(now() - interval '183 days')")
    with database.work(SYSTEM_SCOPE) as work, pytest.raises(Exception, match="six months"):
        work.connection.execute(forget)


@pytest.mark.postgres
def test_who_left_long_ago_is_a_number_and_no_name(database):
    system = add_person(database, "system", (Role.SYSTEM_ADMINISTRATOR, ROOT))
    add_login(database, "zhang.san")
    leave(system, database, "zhang.san")
    apply_retention(database, now())
    assert counted(database, "base.person WHERE login = 'zhang.san'") == 1
    apply_retention(database, now() + timedelta(days=367))
    assert counted(database, "base.person WHERE login = 'zhang.san'") == 0
    assert counted(database, "business.audit_event WHERE resource = 'zhang.san'") == 0
    assert counted(database, "base.person WHERE login LIKE 'closed:%'") == 1
