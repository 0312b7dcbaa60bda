"""A wall is enrolled once, shows its place and nothing else, and is ended from many sides."""

from datetime import timedelta

import pytest

from services import seen_walls, walls
from services.clock import today
from services.data import audit, memberships, organizations
from services.data.audit import AuditQuery
from services.data.engine import SYSTEM_SCOPE
from services.errors import NotAllowedError, NotFoundError
from services.security import rights
from services.security.lost_access import reset_password
from services.security.permissions import Action, Role
from services.security.rights import Grant
from services.security.scopes import scope_for
from services.security.session import Origin
from services.security.sign_in import SignInError, sign_in
from services.security.wall_tokens import NetworkError
from services.walls import InvitationError, WallElsewhereError, WallOrder, WallOrderError
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


def actor_of_wall(door, token, address=ORIGIN.address):
    found = seen_walls.seen(door, token, address)
    return found and found.actor


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
    assert wall.actions == {Action.VIEW_HOME, Action.VIEW_REGION, Action.VIEW_ALERTS}
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
    assert wall.actions == {Action.VIEW_HOME, Action.VIEW_REGION, Action.VIEW_ALERTS}
    assert wall.access_paths == (JIANGSU,)


def test_a_wall_has_no_password_and_nobody_can_give_it_one(door, database, security, system, token):
    login = only_wall(door, security).login
    given = reset_password(system, database, login, "why")
    for password in ("", given.password):
        with pytest.raises(SignInError):
            sign_in(door, login, password)


def end_by_hand(door, security, system, token):
    walls.end_wall(security, door, only_wall(door, security).wall_id)


def end_from_itself(door, security, system, token):
    seen_walls.leave(door, token)


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


class Screen:
    """A wall's browser: it shows the token it has, and keeps the one that an answer brings."""

    def __init__(self, door, token, later):
        self.door, self.token, self.later = door, token, later

    def ask(self, token=None, answered=True, **span):
        """Ask after a while; return whether the wall is seen."""
        self.later(**span)
        found = seen_walls.seen(self.door, token or self.token, ORIGIN.address)
        if found and found.fresh and answered:
            self.token = found.fresh
        return found is not None

    def renew(self):
        """Get another token and come back with it until it is settled; return the one before."""
        before = self.token
        assert self.ask(minutes=10)
        assert self.token != before
        assert self.ask(seconds=30)
        assert self.ask(seconds=61)
        return before


@pytest.fixture
def screen(door, token, later):
    return Screen(door, token, later)


def test_a_token_is_renewed_every_ten_minutes_and_not_before(screen):
    first = screen.token
    assert screen.ask(minutes=9, seconds=59)
    assert screen.token == first
    second = screen.renew() and screen.token
    third = screen.renew() and screen.token
    assert len({first, second, third}) == 3


def test_a_wall_that_asks_every_half_hour_for_a_day_stays_seen(screen):
    # A new one, one that comes back, one that settles: 48 times a day, so a third of them are new.
    tokens = {screen.token for _ in range(48) if screen.ask(minutes=30)}
    assert len(tokens) == 16


def test_an_answer_that_was_lost_is_given_again(screen):
    first = screen.token
    assert screen.ask(minutes=10, answered=False)
    assert screen.token == first
    # The power goes for a night.
    assert screen.ask(hours=9)
    assert screen.token != first
    assert screen.ask(seconds=61)


def test_a_wall_whose_power_went_before_its_browser_wrote_the_token_down_is_let_in(screen):
    first = screen.token
    assert screen.ask(minutes=10)
    assert screen.ask(seconds=30)
    assert screen.ask(first, hours=9)


def test_requests_that_were_under_way_are_answered_alike(screen):
    first = screen.token
    assert screen.ask(minutes=10)
    second = screen.token
    for _ in range(3):
        assert screen.ask(first)
        assert screen.token == second


@pytest.mark.parametrize("renewals", [1, 2, 3])
def test_a_stolen_token_ends_the_wall_and_is_told(screen, security, renewals):
    stolen = screen.renew()
    for _ in range(renewals - 1):
        screen.renew()
    assert not screen.ask(stolen)
    assert not screen.ask()  # nobody knows which of the two is the wall
    wall = only_wall(screen.door, security)
    assert (wall.ended_at is not None, wall.ended_why) == (True, "stolen")
    with screen.door.database.work(SYSTEM_SCOPE) as work:
        found = audit.search(work, AuditQuery(action="wall_token_reused"), 9)
    assert [each.event.resource for each in found] == [wall.login]
    assert found[0].event.after == {"address": ORIGIN.address, "renewed": renewals}


def test_a_token_that_was_never_made_ends_nothing(screen, door):
    screen.renew()
    person = screen.token.partition(".")[0]
    for forged in (f"{person}.0-x", f"{person}.1-{'A' * 43}", f"{person}.99-x", f"{person}.x"):
        assert not screen.ask(forged)
    assert screen.ask()


def test_tokens_of_another_enrolment_are_none_of_this_one(screen, security):
    old = screen.renew() and screen.token
    invitation = walls.invite_again(security, screen.door, only_wall(screen.door, security).wall_id)
    screen.token = walls.enrol(screen.door, invitation, ORIGIN)[0]
    assert not screen.ask(old)
    assert screen.ask()


def test_a_bound_wall_is_seen_from_its_networks_alone(door, security, token):
    wall = only_wall(door, security)
    walls.bind_wall(security, door, wall.wall_id, "10.1.2.0/24，2001:db8::/32")
    seen = {"10.1.2.3": True, "::ffff:10.1.2.9": True, "2001:db8::5": True}
    seen |= {"10.1.3.3": False, "192.0.2.1": False, "2001:db9::5": False, "": False, "x": False}
    for address, expected in seen.items():
        assert (actor_of_wall(door, token, address) is not None) == expected, address
    # A token that is shown from elsewhere ends nothing: it may be anybody's guess.
    assert actor_of_wall(door, token)
    walls.bind_wall(security, door, wall.wall_id, " ")
    assert actor_of_wall(door, token, "192.0.2.1")


def test_a_bound_wall_is_enrolled_from_its_networks_alone(door, security):
    order = WallOrder("二号", "四楼", "320000", 30, "10.9.0.0/16")
    invitation = walls.add_wall(security, door, order)
    with pytest.raises(WallElsewhereError):
        walls.enrol(door, invitation, ORIGIN)
    assert walls.enrol(door, invitation, Origin("web", "10.9.8.7", ""))


@pytest.mark.parametrize("text", ["10.1.2.0/33", "x", "10.1", ",".join(["10.0.0.0/8"] * 11)])
def test_what_is_no_network_is_refused(door, security, text):
    with pytest.raises(NetworkError):
        walls.add_wall(security, door, WallOrder("x", "x", "320000", 30, text))


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
        lambda: walls.bind_wall(actor, door, wall.wall_id, "10.0.0.0/8"),
    ):
        with pytest.raises((NotAllowedError, NotFoundError)):
            act()
