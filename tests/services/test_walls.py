"""A wall is enrolled once, shows its place and nothing else, and is ended from many sides."""

from datetime import timedelta

import pytest

from services import walls
from services.clock import today
from services.data import audit, memberships, organizations
from services.data.audit import AuditQuery
from services.data.engine import SYSTEM_SCOPE
from services.errors import NotAllowedError, NotFoundError
from services.security import rights
from services.security.people import reset_password
from services.security.permissions import Action, Role
from services.security.rights import Grant
from services.security.scopes import scope_for
from services.security.session import Origin
from services.security.sign_in import SignInError, sign_in
from services.walls import InvitationError, WallOrder, WallOrderError, actor_of_wall
from tests.places import add_firm, add_person

pytestmark = pytest.mark.postgres
ROOT, JIANGSU, ZHEJIANG = 100_000, "cn.p320000", "cn.p330000"
ORDER = WallOrder("一号大屏", "三楼", "320000", 30)
ORIGIN = Origin("web", "10.1.2.3", "Chrome/150 Linux")


@pytest.fixture
def security(database):
    return add_person(database, "security", (Role.SECURITY_ADMINISTRATOR, ROOT))


@pytest.fixture
def system(database):
    return add_person(database, "system", (Role.SYSTEM_ADMINISTRATOR, ROOT))


@pytest.fixture
def token(door, security):
    """The token of a wall that shows Jiangsu."""
    return walls.enrol(door, walls.add_wall(security, door, ORDER), ORIGIN)[0]


@pytest.fixture
def people(security, system):
    return security, system


def only_wall(door, security):
    [found] = walls.walls_of(security, door)
    return found


def test_an_address_enrols_one_wall_once(door, security):
    invitation = walls.add_wall(security, door, ORDER)
    assert walls.invited(door, invitation).name == "一号大屏"
    token, span = walls.enrol(door, invitation, ORIGIN)
    assert timedelta(days=29, hours=23) < span <= timedelta(days=30)
    assert actor_of_wall(door, token).name == "一号大屏"
    for asked in (invitation, token, "1.x", "", "x" * 99):
        with pytest.raises(InvitationError):
            walls.enrol(door, asked, ORIGIN)


def test_an_address_is_too_old_after_a_day(door, security, later):
    invitation = walls.add_wall(security, door, ORDER)
    later(hours=24, seconds=1)
    with pytest.raises(InvitationError):
        walls.enrol(door, invitation, ORIGIN)


def test_a_wall_sees_its_place_and_may_do_nothing_else(door, token):
    wall = actor_of_wall(door, token)
    assert wall.actions == {Action.VIEW_HOME, Action.VIEW_REGION}
    assert wall.may(Action.VIEW_REGION, JIANGSU + ".c320100")
    assert not wall.may(Action.VIEW_REGION, ZHEJIANG)
    assert not wall.may(Action.VIEW_REGION, "cn")


def test_the_database_shows_a_wall_the_firms_of_its_place_alone(door, database, token):
    here, elsewhere = add_firm(database, "HERE"), add_firm(database, "ELSEWHERE", 330_100)
    with database.work(scope_for(actor_of_wall(door, token), Action.VIEW_REGION)) as work:
        assert organizations.get(work, here.organization_id).code == "HERE"
        with pytest.raises(NotFoundError):
            organizations.get(work, elsewhere.organization_id)


def test_whatever_else_its_account_is_given_its_token_may_do_no_more(
    door, database, security, token
):
    login = only_wall(door, security).login
    for role in (Role.BUREAU_OFFICER, Role.REPORTER):
        rights.grant(security, database, Grant(login, role, 330_000, today()))
    wall = actor_of_wall(door, token)
    assert wall.actions == {Action.VIEW_HOME, Action.VIEW_REGION}
    assert wall.access_paths == (JIANGSU,)


def test_a_wall_has_no_password_and_nobody_can_give_it_one(door, database, security, system, token):
    login = only_wall(door, security).login
    given = reset_password(system, database, login)
    for password in ("", given.password):
        with pytest.raises(SignInError):
            sign_in(door, login, password)


def end_by_hand(door, security, system, token):
    walls.end_wall(security, door, only_wall(door, security).wall_id)


def end_from_itself(door, security, system, token):
    walls.leave(door, token)


def end_by_its_role(door, security, system, token):
    rights.withdraw(security, door.database, only_wall(door, security).membership_id)


def end_as_somebody_who_leaves(door, security, system, token):
    rights.leave(system, door.database, only_wall(door, security).login)


@pytest.mark.parametrize(
    "end", [end_by_hand, end_from_itself, end_by_its_role, end_as_somebody_who_leaves]
)
def test_a_wall_that_was_ended_is_refused_at_once(door, people, token, end):
    assert actor_of_wall(door, token)
    end(door, *people, token)
    assert actor_of_wall(door, token) is None


def test_a_wall_that_was_ended_by_hand_holds_no_role_and_is_not_enrolled_again(
    door, database, security, token
):
    wall = only_wall(door, security)
    invitation = walls.invite_again(security, door, wall.wall_id)
    walls.end_wall(security, door, wall.wall_id)
    with database.work(SYSTEM_SCOPE) as work:
        assert memberships.of_person(work, wall.person_id) == ()
    with pytest.raises(InvitationError):
        walls.enrol(door, invitation, ORIGIN)
    with pytest.raises(NotFoundError):
        walls.renew_wall(security, door, wall.wall_id, 9)


def test_a_token_counts_until_it_expires_and_longer_when_renewed(door, security, token, later):
    later(days=29)
    assert actor_of_wall(door, token)
    walls.renew_wall(security, door, only_wall(door, security).wall_id, 10)
    later(days=9)
    assert actor_of_wall(door, token)
    later(days=1, seconds=1)
    assert actor_of_wall(door, token) is None


def test_enrolling_again_ends_the_earlier_token_when_it_is_used(door, security, token):
    invitation = walls.invite_again(security, door, only_wall(door, security).wall_id)
    assert actor_of_wall(door, token)
    other, _ = walls.enrol(door, invitation, ORIGIN)
    assert actor_of_wall(door, token) is None
    assert actor_of_wall(door, other)


def test_tokens_of_nobody_and_of_others_are_no_walls(door, token):
    person, _, secret = token.partition(".")
    for wrong in (f"{int(person) + 1}.{secret}", f"{person}.{secret}x", secret, "", "9" * 40):
        assert actor_of_wall(door, wrong) is None


@pytest.mark.parametrize(
    "order", [("", "x", 30), ("x", "", 30), ("x" * 61, "x", 30), ("x", "x", 0), ("x", "x", 366)]
)
def test_an_order_that_cannot_be_is_refused(door, security, order):
    name, place, days = order
    with pytest.raises(WallOrderError):
        walls.add_wall(security, door, WallOrder(name, place, "320000", days))


def test_every_act_is_in_the_trail(door, database, security, token):
    wall = only_wall(door, security)
    walls.renew_wall(security, door, wall.wall_id, 10)
    walls.end_wall(security, door, wall.wall_id)
    with database.work(SYSTEM_SCOPE) as work:
        found = audit.search(work, AuditQuery(resource=wall.login), 9)
    told = [(each.login, each.event.action, each.event.access_path) for each in found]
    assert told == [
        ("security", "end_wall", JIANGSU),
        ("security", "renew_wall", JIANGSU),
        (wall.login, "enrol_wall", JIANGSU),
        ("security", "add_wall", JIANGSU),
    ]


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.SECURITY_ADMINISTRATOR])
def test_nobody_else_manages_walls(door, database, security, role):
    wall = walls.add_wall(security, door, ORDER) and only_wall(door, security)
    actor = add_person(database, "another", (role, ROOT))
    for act in (
        lambda: walls.add_wall(actor, door, ORDER),
        lambda: walls.walls_of(actor, door),
        lambda: walls.end_wall(actor, door, wall.wall_id),
        lambda: walls.renew_wall(actor, door, wall.wall_id, 9),
        lambda: walls.invite_again(actor, door, wall.wall_id),
    ):
        with pytest.raises((NotAllowedError, NotFoundError)):
            act()
