"""Recovery without a back door: two administrators, each able to do half of it, and told of."""

from datetime import timedelta

import pytest

from services import clock
from services.data import audit
from services.data.engine import SYSTEM_SCOPE
from services.errors import NotAllowedError, NotFoundError
from services.security.actors import actor_of_login
from services.security.api_tokens import TokenOrder, actor_of_token, make_token
from services.security.factors import code_proof
from services.security.lost_access import (
    NeedsFactorsEndedError,
    ReasonMissingError,
    reset_factor,
    reset_password,
    told_at_the_door,
    told_of,
    unlock_by_owner,
    unlock_sign_in,
)
from services.security.permissions import Action, Role
from services.security.proving import enter
from services.security.session import Stage, actor_of_session, session_of
from services.security.sign_in import SignInError, change_password, sign_in
from services.security.trail import COMMAND, Sender, sent_by
from services.security.tries import SignInLockedError
from tests.doors import code_of, come_in, enrol, forget_step, settle
from tests.places import add_login, add_person
from tests.services.conftest import GOOD

pytestmark = pytest.mark.postgres

ROOT = 100_000


@pytest.fixture
def system(database):
    return add_person(database, "system", (Role.SYSTEM_ADMINISTRATOR, ROOT))


@pytest.fixture
def security(database):
    return add_person(database, "security", (Role.SECURITY_ADMINISTRATOR, ROOT))


def test_whoever_lost_everything_comes_in_again_by_two_administrators(
    door, person, system, security
):
    token = come_in(door, person)
    assert reset_factor(security, door.database, person.login, "lost the phone") is None
    assert session_of(door, token) is None
    once = reset_password(system, door.database, person.login, "forgot it as well")
    token = sign_in(door, person.login, once.password)
    assert session_of(door, token).stage is Stage.PASSWORD
    change_password(door, token, once.password, GOOD + "!")
    assert session_of(door, token).stage is Stage.ENROL
    assert session_of(door, enrol(door, token)[1]).stage is Stage.OPEN


@pytest.mark.parametrize("role", [Role.AUDIT_ADMINISTRATOR, Role.REPORTER])
def test_the_security_administrator_alone_comes_in_as_nobody(door, security, role):
    person, _ = settle(door.database, add_login(door.database, "zhao", (role, ROOT)), GOOD)
    assert reset_factor(security, door.database, "zhao", "why") is None
    for guess in (GOOD + "?", "", "zhao"):
        with pytest.raises(SignInError):
            sign_in(door, "zhao", guess)
    with pytest.raises(NotAllowedError):
        reset_password(security, door.database, person.login, "why")


def test_the_system_administrator_alone_stands_before_the_factor(door, person, system):
    once = reset_password(system, door.database, person.login, "why")
    half = sign_in(door, person.login, once.password)
    assert session_of(door, half).stage is Stage.FACTOR
    assert actor_of_session(door, half) is None
    with pytest.raises(NotAllowedError):
        reset_factor(system, door.database, person.login, "why")
    forget_step(door.database, person.login)
    opened = enter(door, half, code_proof(code_of(person.seed)))
    assert session_of(door, opened).stage is Stage.PASSWORD


def test_an_administrator_whom_nobody_was_yet_is_opened_by_two_as_well(door, system, security):
    add_login(door.database, "audit", (Role.AUDIT_ADMINISTRATOR, ROOT))
    with pytest.raises(NeedsFactorsEndedError):
        reset_password(system, door.database, "audit", "never handed over")
    reset_factor(security, door.database, "audit", "never handed over")
    assert reset_password(system, door.database, "audit", "never handed over").password


def test_a_one_time_password_ends_sessions_and_tokens(door, person, system):
    token = come_in(door, person)
    program = make_token(door, token, TokenOrder("x", frozenset({Action.VIEW_RESULT}), 30))
    assert actor_of_token(door, program)
    reset_password(system, door.database, person.login, "why")
    assert session_of(door, token) is None
    assert actor_of_token(door, program) is None


def test_nobody_helps_themselves_and_others_not_at_all(door, person, system, security):
    reporter = actor_of_session(door, come_in(door, person))
    manager = add_person(door.database, "chief", (Role.MANAGER, ROOT))
    ways = {reset_factor: security, unlock_sign_in: security, reset_password: system}
    for help_out, allowed in ways.items():
        cases = [(allowed, allowed.name), (reporter, "system"), (manager, person.login)]
        for actor, login in cases:
            with pytest.raises(NotAllowedError):
                help_out(actor, door.database, login, "why")
        with pytest.raises(NotFoundError):
            help_out(allowed, door.database, "nobody", "why")


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 201])
def test_help_without_a_reason_is_refused(door, person, system, security, reason):
    for help_out, actor in (
        (reset_factor, security),
        (unlock_sign_in, security),
        (reset_password, system),
    ):
        with pytest.raises(ReasonMissingError):
            help_out(actor, door.database, person.login, reason)
    assert come_in(door, person)


def test_each_act_is_an_event_with_its_reason_and_without_the_password(
    door, person, system, security
):
    reset_factor(security, door.database, person.login, "lost the phone")
    once = reset_password(system, door.database, person.login, "forgot it")
    with door.database.work(SYSTEM_SCOPE) as work:
        events = audit.of_organization(work, ROOT)[:2]
    assert [(e.action, e.person_id, e.resource, e.after) for e in events] == [
        ("reset_password", system.person_id, person.login, {"reason": "forgot it"}),
        ("reset_factor", security.person_id, person.login, {"reason": "lost the phone"}),
    ]
    assert once.password not in str(events)


def test_the_person_is_told_who_did_what_at_the_next_sign_in_and_later(
    door, person, security, later
):
    come_in(door, person)
    later(minutes=1)
    unlock_sign_in(security, door.database, person.login, "a stranger locked it")
    half = sign_in(door, person.login, person.password)
    [told] = told_at_the_door(door.database, session_of(door, half))
    assert (told.action, told.by, told.reason) == (
        "unlock_sign_in",
        "security",
        "a stranger locked it",
    )
    assert clock.now() - told.at < timedelta(minutes=1)
    forget_step(door.database, person.login)
    opened = session_of(door, enter(door, half, code_proof(code_of(person.seed))))
    assert told_at_the_door(door.database, opened) == ()
    assert told_of(door.database, opened) == (told,)


def test_what_was_done_to_somebody_else_is_not_told(door, person, security):
    add_person(door.database, person.login + ".2")
    unlock_sign_in(security, door.database, person.login + ".2", "why")
    assert told_of(door.database, session_of(door, come_in(door, person))) == ()


def test_the_owner_of_the_machine_unlocks_with_a_reason_and_leaves_an_event(door, person):
    for _ in range(5):
        with pytest.raises(SignInError):
            sign_in(door, person.login, "wrong")
    with pytest.raises(SignInLockedError):
        sign_in(door, person.login, person.password)
    with pytest.raises(ReasonMissingError):
        unlock_by_owner(door.database, person.login, "")
    with sent_by(Sender(COMMAND, operator="root")):
        unlock_by_owner(door.database, person.login, "all three were locked")
    assert sign_in(door, person.login, person.password)
    with door.database.work(SYSTEM_SCOPE) as work:
        written = [e for e in audit.of_organization(work, ROOT) if e.action == "unlock_sign_in"]
    assert [(e.person_id, e.resource, e.channel, e.after) for e in written] == [
        (None, person.login, "command", {"reason": "all three were locked", "system_user": "root"})
    ]
    assert actor_of_login(door.database, person.login)
