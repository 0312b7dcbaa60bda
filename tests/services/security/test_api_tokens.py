"""Tokens of programs: no more than the person, no longer than ordered."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from services.data import organizations
from services.data.work import Scope
from services.errors import NotFoundError
from services.security.api_tokens import (
    TokenOrder,
    TokenOrderError,
    actor_of_token,
    end_token,
    make_token,
    tokens_of,
)
from services.security.lost_access import reset_factor
from services.security.permissions import Action, Role
from services.security.scopes import scope_for
from services.security.session import actor_of_session
from tests.doors import come_in, settle
from tests.places import add_login
from tests.places import add_person as add_actor

pytestmark = pytest.mark.postgres

ORDER = TokenOrder("plant system", frozenset({Action.VIEW_RESULT}), 30)


@pytest.fixture
def opened(door, person):
    return come_in(door, person)


def test_a_token_acts_as_its_person_within_its_actions(door, opened):
    actor = actor_of_token(door, make_token(door, opened, ORDER))
    own = actor_of_session(door, opened)
    assert (actor.person_id, actor.memberships) == (own.person_id, own.memberships)
    assert actor.may(Action.VIEW_RESULT, own.access_paths[0])
    assert not actor.may(Action.EDIT_ACTIVITY)
    assert own.may(Action.EDIT_ACTIVITY)


def test_the_database_shows_a_token_only_what_its_actions_reach(door, opened):
    actor = actor_of_token(door, make_token(door, opened, ORDER))
    place = actor.memberships[0].organization_id
    with door.database.work(scope_for(actor, Action.VIEW_RESULT)) as work:
        assert organizations.get(work, place)
    scope = scope_for(actor, Action.EDIT_ACTIVITY)
    assert scope == Scope((), actor.person_id, scope.readable)
    with door.database.work(scope) as work, pytest.raises(NotFoundError):
        organizations.get(work, place)


def test_a_token_never_outgrows_its_person(door, opened):
    token = make_token(door, opened, ORDER)
    with door.database.work(Scope(("cn",))) as work:
        work.connection.execute(text("UPDATE base.membership SET ended_at = now()"))
        work.commit()
    assert actor_of_token(door, token).actions == frozenset()


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"actions": frozenset()},
        {"actions": frozenset({Action.APPROVE_ACTIVITY})},
        {"days": 0},
        {"days": 366},
    ],
)
def test_an_order_without_name_action_or_end_or_for_more_than_one_may_is_refused(
    door, opened, change
):
    with pytest.raises(TokenOrderError):
        make_token(door, opened, replace(ORDER, **change))
    assert tokens_of(door, opened) == []


def test_a_token_ends_by_its_day_by_hand_and_with_the_persons_factors(door, person, opened, later):
    by_hand, by_reset = (make_token(door, opened, ORDER) for _ in range(2))
    end_token(door, opened, tokens_of(door, opened)[1].token_id)
    assert [actor_of_token(door, one) is None for one in (by_hand, by_reset)] == [True, False]
    boss = add_actor(door.database, "boss", (Role.SECURITY_ADMINISTRATOR, 100_000))
    later(days=31)
    assert actor_of_token(door, by_reset) is None
    later(days=-31)
    assert actor_of_token(door, by_reset) is not None
    reset_factor(boss, door.database, person.login, "lost the phone")
    assert actor_of_token(door, by_reset) is None


def test_nobody_ends_a_token_of_somebody_else(door, opened):
    make_token(door, opened, ORDER)
    other = settle(door.database, add_login(door.database, "li.na"))[1]
    with pytest.raises(NotFoundError):
        end_token(door, other, tokens_of(door, opened)[0].token_id)


def test_a_token_is_stored_as_its_hash_and_is_no_session(door, opened):
    token = make_token(door, opened, ORDER)
    with door.database.work(Scope(person_id=tokens_of(door, opened)[0].person_id)) as work:
        stored = "".join(work.connection.scalars(text("SELECT t::text FROM base.api_token t")))
    assert "plant system" in stored
    assert token not in stored
    assert actor_of_session(door, token.removeprefix("shuangtan-")) is None
    assert actor_of_token(door, opened) is None
    assert actor_of_token(door, "shuangtan-" + opened) is None
