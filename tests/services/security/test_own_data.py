"""One's own data: corrected, taken out, and gone with the account, while the log still verifies."""

import psycopg
import pytest

from services.algorithms.checkpoints import read_key
from services.consistency.log_audit import Pinned, audit_log
from services.data import audit, log
from services.data.audit import AuditQuery
from services.data.engine import SYSTEM_SCOPE
from services.data.memberships import LastAdministratorError
from services.data.metadata import metadata
from services.labels import EVERYTHING
from services.security import own_data
from services.security.api_tokens import TokenOrder, actor_of_token, make_token
from services.security.own_data import (
    ConsentError,
    OwnNameError,
    close_account,
    correct,
    take_out,
)
from services.security.people import NewPerson, create_person
from services.security.permissions import Action, Role
from services.security.personal_data import personal_data
from services.security.session import session_of
from services.security.sign_in import SignInError, sign_in
from services.security.signing import Signer
from services.transparency.sealing import seal
from tests.doors import come_in, door_of, settle
from tests.places import add_firm, add_login, add_person

pytestmark = pytest.mark.postgres

ROOT = 100_000
SIGNER = Signer.from_text("5e" * 32, "test")
NAME, LOGIN = "欧阳修远", "ouyang.xiuyuan"


@pytest.fixture
def door(database):
    return door_of(database)


@pytest.fixture
def me(database):
    """Somebody with a role, whose name nobody else bears, and an open session."""
    firm = add_firm(database)
    with database.work(SYSTEM_SCOPE) as work:
        new = NewPerson(LOGIN, NAME, [(Role.REPORTER, firm.organization_id)])
        made = create_person(work, None, new)
        work.commit()
    return settle(database, made)


def dump(database, owner_url):
    """Every cell of every table as text, as a superuser's dump has it."""
    address = owner_url.replace("postgresql+psycopg", "postgresql")
    told = []
    with psycopg.connect(address) as connection:
        connection.execute("SET app.access = 'cn'")
        everything = " ".join(("", *EVERYTHING.data_sets, ""))
        connection.execute(f"SET app.readable = '{everything}'")
        people = connection.execute("SELECT person_id FROM base.person").fetchall()
        for (number,) in people:
            connection.execute(f"SET app.person = '{number}'")
            for name in metadata.tables:
                told += [row[0] for row in connection.execute(f"SELECT t::text FROM {name} t")]
    return "\n".join(told)


def events(database, action):
    with database.work(SYSTEM_SCOPE) as work:
        return [found.event for found in audit.search(work, AuditQuery(action=action), 99)]


def test_a_name_is_corrected_and_a_contact_kept_only_by_consent(database, door, me):
    token = me[1]
    with pytest.raises(ConsentError):
        correct(door, token, NAME, "010-1234", agreed=False)
    for wrong in ("", " ", "x" * 81, "a\nb"):
        with pytest.raises(OwnNameError):
            correct(door, token, wrong, "", agreed=False)
    correct(door, token, "欧阳永叔", "010-1234", agreed=True)
    found = own_data.own_data(door, token)
    assert (found.person.name, found.person.contact) == ("欧阳永叔", "010-1234")
    assert found.consented_at is not None
    (event,) = events(database, "correct_own_data")
    assert event.after == {"fields": ["name", "contact"]}
    correct(door, token, "欧阳永叔", "", agreed=False)
    found = own_data.own_data(door, token)
    assert (found.person.contact, found.consented_at) == ("", None)


def test_what_is_taken_out_has_exactly_the_columns_of_the_register(database, door, me):
    make_token(door, me[1], TokenOrder("reports", frozenset({Action.VIEW_RESULT}), 9))
    own_data.accept_notice(door, me[1], "127.0.0.1")
    parts = take_out(door, me[1])
    held = personal_data().tables
    assert [(p.held.name, p.held.given) for p in parts] == [(h.name, h.given) for h in held]
    for part in parts:
        assert all(tuple(row) == part.held.given for row in part.rows), part.held.name
    counts = {part.held.name: len(part.rows) for part in parts}
    ours = ("base.person", "base.credential", "base.api_token", "base.membership", "base.session")
    assert all(counts[name] for name in (*ours, "base.notice_acceptance", "business.audit_event"))
    secrets = [row for p in parts for row in p.rows if {"password_hash", "token_hash"} & set(row)]
    assert secrets == []
    assert len(events(database, "take_out_own_data")) == 1


def test_nobody_takes_out_what_is_of_somebody_else(database, door, me):
    _, token = settle(database, add_login(database, "other"))
    for part in take_out(door, token):
        assert LOGIN not in str(part.rows), part.held.name
        assert NAME not in str(part.rows), part.held.name


def test_after_closing_no_name_is_left_and_nobody_comes_in_and_the_log_verifies(
    database, owner_url, door, me
):
    person, token = me
    second = come_in(door, person)
    program = make_token(door, token, TokenOrder(NAME, frozenset({Action.VIEW_RESULT}), 9))
    correct(door, token, NAME, "ouyang@example.com", agreed=True)
    number = session_of(door, token).person_id
    with pytest.raises(SignInError):
        sign_in(door, LOGIN, "wrong password 1")
    seal(database, SIGNER)
    assert LOGIN in dump(database, owner_url)
    close_account(door, token)
    assert session_of(door, token) is None
    assert session_of(door, second) is None
    assert actor_of_token(door, program) is None
    seal(database, SIGNER)
    left = dump(database, owner_url)
    for name in (NAME, LOGIN, "ouyang@example.com"):
        assert name not in left
    with pytest.raises(SignInError):
        sign_in(door, LOGIN, person.password)
    with database.work(SYSTEM_SCOPE) as work:
        found = audit_log(work, Pinned([read_key(key) for key in log.keys(work)]))
        (event,) = audit.search(work, AuditQuery(action="close_account"), 9)
        added = audit.search(work, AuditQuery(action="add_person", resource="closed:"), 9)
    assert found.differences == []
    assert event.event.resource == f"closed:{number}"
    assert event.event.after["events"] >= 1
    assert [each.event.resource for each in added] == [f"closed:{number}"]


@pytest.mark.parametrize(
    "role", [Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR]
)
def test_the_last_administrator_of_a_kind_cannot_close_alone(database, door, role):
    _, token = settle(database, add_login(database, "first", (role, ROOT)))
    with pytest.raises(LastAdministratorError) as refused:
        close_account(door, token)
    assert refused.value.values["role"] == role.value
    assert own_data.is_last_administrator(door, token)
    add_person(database, "second", (role, ROOT))
    assert not own_data.is_last_administrator(door, token)
    close_account(door, token)
    assert session_of(door, token) is None


def test_a_short_name_takes_nothing_else_with_it(database, owner_url, door):
    _, token = settle(database, add_login(database, "li"))
    add_login(database, "li.na")
    close_account(door, token)
    with database.work(SYSTEM_SCOPE) as work:
        left = [e.event.resource for e in audit.search(work, AuditQuery(action="add_person"), 9)]
    assert "li.na" in left
    assert "li" not in left
