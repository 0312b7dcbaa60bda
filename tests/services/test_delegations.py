"""What somebody delegated is listed to him alone and taken back at once."""

from datetime import timedelta
from uuid import uuid4

import pytest

from services.clock import today
from services.data import audit
from services.data.audit import AuditQuery
from services.data.engine import SYSTEM_SCOPE
from services.delegations import delegations_of, take_back
from services.errors import NotAllowedError, NotFoundError
from services.security.actors import actor_of_login
from services.security.permissions import PERMISSIONS, Action, Role
from services.security.rights import Delegation, delegate
from tests.places import SUZHOU, add_firm, add_person

pytestmark = pytest.mark.postgres
ROOT = 100_000


@pytest.fixture
def firm(database):
    return add_firm(database)


@pytest.fixture
def approver(database, firm):
    return add_person(database, "approver", (Role.APPROVER, firm.organization_id))


@pytest.fixture
def given(database, approver):
    """A delegation of the approver's role to a deputy for a week."""
    add_person(database, "deputy")
    [own] = delegations_of(approver, database).own
    order = Delegation(own.membership_id, "deputy", today(), today() + timedelta(days=7))
    return delegate(approver, database, order)


def test_ones_own_roles_that_may_be_delegated_are_offered(database, firm, approver, given):
    found = delegations_of(approver, database)
    assert [(each.role, each.organization_id) for each in found.own] == [
        ("approver", firm.organization_id)
    ]
    [other] = found.given
    assert (other.login, other.role, other.membership_id) == ("deputy", "approver", given)


def test_what_was_delegated_cannot_be_passed_on_or_taken_back_by_the_deputy(database, given):
    deputy = actor_of_login(database, "deputy")
    found = delegations_of(deputy, database)
    assert (found.own, found.given) == ((), ())
    with pytest.raises(NotFoundError):
        take_back(deputy, database, given)


def test_taking_back_counts_at_once_and_is_in_the_trail(database, firm, approver, given):
    take_back(approver, database, given)
    assert not actor_of_login(database, "deputy").may(Action.APPROVE_ACTIVITY, firm.access_path)
    assert delegations_of(approver, database).given == ()
    with database.work(SYSTEM_SCOPE) as work:
        [told] = audit.search(work, AuditQuery(action="withdraw_delegation"), 9)
    assert (told.login, told.event.resource) == ("approver", "deputy")
    with pytest.raises(NotFoundError):
        take_back(approver, database, given)


def test_nobody_sees_or_takes_back_what_another_delegated(database, firm, given):
    colleague = add_person(database, "colleague", (Role.APPROVER, firm.organization_id))
    elsewhere = add_firm(database, "T2", SUZHOU).organization_id
    stranger = add_person(database, "stranger", (Role.APPROVER, elsewhere))
    for actor in (colleague, stranger):
        assert delegations_of(actor, database).given == ()
        for membership_id in (given, uuid4()):
            with pytest.raises(NotFoundError):
                take_back(actor, database, membership_id)


def test_what_is_over_is_not_listed(database, approver, given, later):
    later(days=8)
    assert delegations_of(approver, database).given == ()


@pytest.mark.parametrize("role", [r for r in Role if Action.DELEGATE not in PERMISSIONS[r]])
def test_roles_that_may_not_delegate_are_refused(database, role):
    actor = add_person(database, "another", (role, ROOT))
    with pytest.raises(NotAllowedError):
        delegations_of(actor, database)
    with pytest.raises(NotAllowedError):
        take_back(actor, database, uuid4())
