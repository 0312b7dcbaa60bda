"""What may be gone or written anew in the log: both checks hold it to the same rules (7.2)."""

import re
from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from services.algorithms.checkpoints import Checkpoint, body_of, note_of, read_checkpoint
from services.clock import now
from services.data import privacy
from services.data.log_kinds import BY_NAME, canonical
from services.data.log_rules import sealed_by
from services.data.work import Scope
from services.labels import EVERYTHING
from services.security.actors import actor_of_login
from services.security.own_data import close_account
from services.security.permissions import Role
from services.security.retention import apply_retention
from services.security.rights import leave
from tests.doors import door_of, settle
from tests.places import add_login, add_person
from tests.services.consistency.log_visits import SIGNER, Attacked
from tests.services.reports.test_explaining import Firm
from tests.tampering import long_ago
from workers.embedded.postgres import SUPERUSER

pytestmark = pytest.mark.postgres
ROOT = 100_000
EVENT = (
    "INSERT INTO business.audit_event"
    " (organization_id, access_path, action, resource, before, after, channel, at)"
    " VALUES (0, 'cn', '{}', '{}', '{{}}', {}, 'job', {})"
)
# The database's owner can write as the platform does, with every trigger standing.
AS_PLATFORM = "SET session_replication_role = origin"
PAST_ALL = "SET session_replication_role = replica"
LAWFUL = "jsonb_build_object('until', now() - interval '200 days', 'events', jsonb_build_array({}))"


@pytest.fixture
def here(database, owner_url, servers, _clone, tmp_path):
    superuser = servers.postgres.url(SUPERUSER, _clone.name)
    found = Attacked(database, owner_url, superuser, tmp_path)
    found.old = long_ago(database, owner_url, now() - timedelta(days=1200))
    found.firm = Firm(database)
    found.pin()
    return found


def event_of(here, action):
    """Return the name of the newest event of a kind."""
    asked = f"SELECT event_id::text FROM business.audit_event WHERE action = '{action}'"
    return here.rows(f"{asked} ORDER BY at DESC LIMIT 1")[0][0]


def forged(action, resource, after, at="now()"):
    """Return the statements that write an event as the platform would."""
    return AS_PLATFORM, EVENT.format(action, resource, after, at), PAST_ALL


def without(kind, record):
    """Return the statements that remove a record and the salts of its leaves."""
    found = BY_NAME[kind]
    return (
        f"DELETE FROM {found.table} WHERE {found.key[0]}::text = '{record}'",
        f"UPDATE base.log_leaf SET salt = NULL WHERE kind = '{kind}' AND record = '{record}'",
    )


@pytest.mark.parametrize("kind", ["audit_event", "run", "submission", "membership", "library"])
def test_a_record_deleted_with_its_salt_is_named(here, kind):
    [(record,)] = here.rows(
        f"SELECT record FROM base.log_leaf WHERE kind = '{kind}' ORDER BY leaf_id DESC LIMIT 1"
    )
    here.attack(*without(kind, record))
    assert here.named() == {f"{kind} {record}"}


@pytest.mark.parametrize(
    ("told", "at"),
    [
        (LAWFUL, "now()"),
        (LAWFUL.replace("now() - interval '200 days'", "now()"), "now()"),
        (LAWFUL.replace("now()", "now() + interval '900 days'"), "now() + interval '900 days'"),
        (LAWFUL.replace("now() - interval '200 days'", "now()"), "now() + interval '900 days'"),
    ],
    ids=["old for the event", "not even for the event", "a coming year", "a coming event"],
)
def test_a_forged_forgetting_explains_no_young_event(here, told, at):
    record = event_of(here, "submit")
    after = told.format(f"'{record}'")
    here.attack(*without("audit_event", record), *forged("forget_trail", "", after, at))
    assert here.named() == {f"audit_event {record}"}


@pytest.mark.parametrize("how", ["first of all", "all before it"])
def test_not_even_the_first_of_the_young_events_is_explained_by_a_forged_forgetting(here, how):
    """That nothing before it is young proves nothing: what was young may be gone or changed."""
    young = "SELECT record FROM base.log_leaf WHERE kind = 'audit_event' AND record <> '{}'"
    names = [name for (name,) in here.rows(f"{young.format(here.old)} ORDER BY leaf_id")]
    gone = names[:1] if how == "first of all" else names
    told = ", ".join(f"'{name}'" for name in gone)
    aged = "base.standard_load SET loaded_at = loaded_at - interval '400 days'"
    here.attack(
        f"UPDATE {aged}",
        *(each for name in gone for each in without("audit_event", name)),
        *forged("forget_trail", "", LAWFUL.format(told)),
    )
    events = {name for name in here.named() if name.startswith("audit_event ")}
    assert events >= {f"audit_event {name}" for name in gone}


@pytest.mark.parametrize("signed", ["without a key", "over another tree"])
def test_a_forged_checkpoint_of_long_ago_explains_no_forgetting(here, signed):
    record = event_of(here, "submit")
    [(size, note)] = here.rows(
        "SELECT size, note FROM base.log_checkpoint ORDER BY checkpoint_id DESC LIMIT 1"
    )
    long_gone = int((now() - timedelta(days=300)).timestamp())
    past = re.sub(r"(?m)^time \d+$", f"time {long_gone}", note)
    assert past != note
    if signed == "over another tree":
        body = body_of(SIGNER.name(), size, bytes(32), now() - timedelta(days=300))
        past = note_of(body, SIGNER.signatures(SIGNER.name(), body))
    here.attack(
        *without("audit_event", record),
        f"UPDATE base.log_checkpoint SET size = {size}, note = '{past}' WHERE checkpoint_id ="
        " (SELECT min(checkpoint_id) FROM base.log_checkpoint)",
        *forged("forget_trail", "", LAWFUL.format(f"'{record}'")),
    )
    assert f"audit_event {record}" in here.named(agree=False)


def signed(size, days_ago):
    at = now() - timedelta(days=days_ago)
    body = body_of(SIGNER.name(), size, bytes(32), at)
    return read_checkpoint(note_of(body, SIGNER.signatures(SIGNER.name(), body)))


UNTIMED = Checkpoint("a", 1_000, bytes(32), f"a\n1000\n{'A' * 43}=\n", ())


@pytest.mark.parametrize(
    ("listed", "sealed"),
    [
        ([], 0),
        ([signed(7, 201)], 7),
        ([signed(7, 199)], 0),
        ([signed(3, 300), signed(7, 250), signed(9, 100)], 7),
        ([signed(3, 300), signed(9, 100), signed(12, 300)], 3),
        ([UNTIMED], 0),
        ([UNTIMED, signed(1_001, 300), UNTIMED], 1_001),
    ],
    ids=["none", "older", "younger", "a row", "a clock put back", "no time", "times from now on"],
)
def test_what_was_sealed_by_an_instant_is_proved_by_checkpoints_in_their_order(listed, sealed):
    until = now() - timedelta(days=200)
    assert sealed_by(listed, until, lambda _: True) == sealed
    assert sealed_by(listed, until, lambda _: False) == 0


def test_what_the_law_lets_go_is_explained_for_ever(here):
    assert apply_retention(here.database, now())["trail"] == 1
    here.pin()
    assert here.named() == set()
    assert here.rows(f"SELECT FROM business.audit_event WHERE event_id = '{here.old}'") == []
    [(told,)] = here.rows("SELECT after FROM business.audit_event WHERE action = 'forget_trail'")
    assert told["events"] == [here.old]


FIRM_PATH = "SELECT access_path::text FROM business.run LIMIT 1"


def test_a_forged_removal_of_a_firm_explains_nothing(here):
    [(path,)] = here.rows(FIRM_PATH)
    run = str(here.firm.run.run_id)
    kind = BY_NAME["run"]
    [(text,)] = here.rows(f"SELECT {canonical(kind, 'n')} FROM business.run n")
    literal = text.replace("'", "''")
    contents = f"jsonb_build_object('records', jsonb_build_object('{run}', '{literal}'))"
    lies = text.replace(path, "cn.p990000").replace("'", "''")
    here.attack(
        "DELETE FROM business.run_pointer", "DELETE FROM business.run",
        "UPDATE base.log_leaf SET access_path = 'cn.p990000' WHERE kind IN ('run', 'run_pointer')",
        *forged("remove_sample", path, "'{}'"),
        *forged("remove_sample", "cn.p990000", "'{}'"),
        *(forged("removed_records", "run", "'{}'")), *(forged("forget_trail", "", "'[1]'")),
        *forged("removed_records", "run", contents),
        *forged("removed_records", "run", contents.replace(literal, lies)),
    )  # fmt: skip
    pointer = f"run_pointer {here.firm.key}/2023"
    assert here.named() == {f"run {run}", pointer}


def test_a_record_sealed_a_second_time_is_named(here):
    kind = BY_NAME["run"]
    again = f"""
        INSERT INTO base.log_leaf (kind, record, access_path, salt, commitment)
        SELECT 'run', run_id::text, access_path, decode(repeat('00', 16), 'hex'),
               sha256(decode(repeat('00', 16), 'hex') || convert_to({canonical(kind, "n")}, 'UTF8'))
        FROM business.run n
    """
    here.attack("UPDATE business.run SET total_t = 1", "SET extra_float_digits = 1", again)
    assert here.named() == {f"run {here.firm.run.run_id}"}


def test_a_leaf_that_says_a_run_was_removed_is_named_and_hides_nothing(here):
    run = str(here.firm.run.run_id)
    leaf = (
        "INSERT INTO base.log_leaf (kind, record, salt, commitment) VALUES"
        f" ('run.removed', '{run}', decode(repeat('00', 16), 'hex'), sha256('x'))"
    )
    here.attack(leaf, *without("run", run))
    assert here.named() == {f"run {run}", f"run.removed {run}"}


def closed(database, login="zhao.yun"):
    """Let somebody come in, do something and close the account; return the number."""
    person, token = settle(database, add_login(database, login))
    number = actor_of_login(database, person.login).person_id
    close_account(door_of(database), token)
    return number


def test_an_account_that_was_closed_explains_where_its_name_went(here):
    number = closed(here.database)
    here.pin()
    assert here.named() == set()
    told = here.rows("SELECT after FROM business.audit_event WHERE action = 'erase_names'")
    assert here.rows("SELECT count(*) FROM business.audit_event WHERE action = 'close_account'")
    assert len(told) == 1
    assert len(told[0][0]["events"]) > 0
    assert number is not None


ANEW = (
    "UPDATE business.audit_event SET after = '{{\"who\": \"closed:{1}\"}}' WHERE event_id = '{0}'"
)


def anew(record, number):
    """Return the statements that change an event and write a leaf for it."""
    leaf = f"""
        INSERT INTO base.log_leaf (kind, record, access_path, salt, commitment)
        SELECT 'audit_event', event_id::text, access_path, decode(repeat('00', 16), 'hex'),
          sha256(decode(repeat('00', 16), 'hex')
                 || convert_to({canonical(BY_NAME["audit_event"], "n")}, 'UTF8'))
        FROM business.audit_event n WHERE event_id = '{record}'
    """
    return ANEW.format(record, number), leaf


def named_events(record):
    return f"jsonb_build_object('events', jsonb_build_array('{record}'))"


def test_a_forged_closing_of_somebody_who_is_here_explains_nothing(here):
    record, number = event_of(here, "submit"), here.firm.reporter.person_id
    here.attack(
        *anew(record, number),
        *forged("close_account", f"closed:{number}", "'{\"events\": 1}'"),
        *forged("erase_names", f"closed:{number}", named_events(record)),
    )
    assert here.named() == {f"audit_event {record}"}


def _no_password(number):
    return f"DELETE FROM base.credential WHERE person_id = {number}"


def _said_removed(number):
    """Write the leaf of a removal as the platform would; the forged events stand beside it."""
    return (
        "INSERT INTO base.log_leaf (kind, record, salt, commitment)"
        f" VALUES ('credential.removed', '{number}', decode(repeat('00', 16), 'hex'), sha256('x'))"
    )


ROLE = "membership WHERE person_id = {}"
SHUT = (_no_password, _said_removed)
LOOKS_CLOSED = {
    "a password not changed yet": ((), ()),
    "a password gone": ((_no_password,), ("credential",)),
    "the role deleted": ((*SHUT, f"DELETE FROM base.{ROLE}".format), ("membership",)),
    "the role ended": (
        (*SHUT, f"UPDATE base.{ROLE.replace('WHERE', 'SET ended_at = now() WHERE')}".format),
        ("membership",),
    ),
    "the role of somebody else": (
        (*SHUT, f"UPDATE base.{ROLE.replace('WHERE', 'SET person_id = 0 WHERE')}".format),
        ("membership",),
    ),
    "the role and its leaf gone": (
        (
            *SHUT,
            "DELETE FROM base.log_leaf WHERE kind = 'membership' AND record IN"
            f" (SELECT membership_id::text FROM base.{ROLE})".format,
            f"DELETE FROM base.{ROLE}".format,
        ),
        ("position",),
    ),
}


@pytest.mark.parametrize("how", LOOKS_CLOSED)
def test_an_account_made_to_look_closed_explains_nothing(here, how):
    statements, named = LOOKS_CLOSED[how]
    roles = [(Role.BUREAU_VIEWER, ROOT)] if "role" in how else []
    add_login(here.database, "zhao.yun", *roles)
    number = here.rows("SELECT person_id FROM base.person WHERE login = 'zhao.yun'")[0][0]
    here.pin()
    record = event_of(here, "submit")
    here.attack(
        *(made(number) for made in statements),
        *anew(record, number),
        *forged("close_account", f"closed:{number}", "'{\"events\": 1}'"),
        *forged("erase_names", f"closed:{number}", named_events(record)),
    )
    # Without the leaf the verifier cannot come to the roots of the checkpoints either.
    found = here.named(agree="leaf" not in how)
    assert f"audit_event {record}" in found
    assert {name.partition(" ")[0] for name in found} == {"audit_event", *named}


PERSONAL = {
    "credential": "(person_id, password_hash, must_change) VALUES (987654, 'x', false)",
    "second_factor": "(person_id, kind, name, secret, counter, made_at)"
    " VALUES (987654, 'totp', 'x', 'x', 0, now())",
    "api_token": "(person_id, name, token_hash, actions, made_at, expires_at)"
    " VALUES (987654, 'x', 'x', '{}', now(), now())",
}


@pytest.mark.parametrize("kind", PERSONAL)
def test_what_belongs_to_nobody_is_named(here, kind):
    here.attack(f"INSERT INTO {BY_NAME[kind].table} {PERSONAL[kind]}")
    [(name,)] = here.rows(
        f"SELECT {BY_NAME[kind].key[0]}::text FROM {BY_NAME[kind].table} WHERE person_id = 987654"
    )
    assert here.named() == {f"{kind} {name}"}


def test_the_closing_of_somebody_explains_nothing_a_second_time(here):
    number = closed(here.database)
    here.pin()
    record = event_of(here, "submit")
    here.attack(
        *anew(record, number),
        *forged("erase_names", f"closed:{number}", named_events(record)),
    )
    assert here.named() == {f"audit_event {record}"}


def test_an_event_without_the_number_was_not_written_anew_by_a_closing(here):
    system = add_person(here.database, "system", (Role.SYSTEM_ADMINISTRATOR, ROOT))
    gone = add_person(here.database, "gone")
    leave(system, here.database, "gone")
    here.pin()
    record = event_of(here, "submit")
    here.attack(
        *anew(record, ""),
        *forged("erase_names", f"closed:{gone.person_id}", named_events(record)),
    )
    assert here.named() == {f"audit_event {record}"}


def test_names_are_erased_of_who_left_only_in_a_transaction_of_their_own(here):
    number = here.firm.reporter.person_id
    for acting in (number, here.firm.approver.person_id):
        with (
            here.database.work(Scope(("cn",), acting, EVERYTHING)) as work,
            pytest.raises(DBAPIError, match="of who left"),
        ):
            privacy.pseudonymise(work, number)
