"""A device on which somebody came in before: counted apart, exactly, and worth nothing else."""

import threading

import pytest

from services import clock
from services.data import people
from services.data.engine import Database
from services.data.work import Scope
from services.security.known_devices import BETWEEN, device_of, with_device
from services.security.lost_access import reset_factor
from services.security.permissions import Role
from services.security.session import Origin, Stage, session_of
from services.security.sign_in import NOWHERE, SignInError, sign_in
from services.security.tries import SignInLockedError
from tests.doors import come_in, door_of
from tests.places import add_login, add_person

pytestmark = pytest.mark.postgres


@pytest.fixture
def words(door, person):
    """What the browser keeps after the person came in on it."""
    opened = session_of(door, come_in(door, person))
    return with_device(door, opened.person_id, "")


def at(words, address="203.0.113.9"):
    return Origin("web", address, "test", words)


def fail(door, login, origin=NOWHERE, count=5):
    for _ in range(count):
        with pytest.raises(SignInError):
            sign_in(door, login, "wrong", origin)


def test_a_stranger_who_locks_the_name_holds_nobody_up_at_their_own_machine(door, person, words):
    fail(door, person.login)
    with pytest.raises(SignInLockedError):
        sign_in(door, person.login, person.password)
    token = sign_in(door, person.login, person.password, at(words))
    assert session_of(door, token).stage is Stage.FACTOR


def test_coming_in_on_a_device_does_not_unlock_the_name_elsewhere(door, person, words):
    fail(door, person.login)
    sign_in(door, person.login, person.password, at(words))
    with pytest.raises(SignInLockedError):
        sign_in(door, person.login, person.password)


def test_whoever_steals_the_word_has_five_tries_and_no_more(door, person, words, app_url):
    """Eight at once, over two pools as two processes have them."""
    others = Database(app_url)
    refused, beginning = [], threading.Barrier(8)

    def attack(attacked):
        beginning.wait(60)
        for _ in range(4):
            try:
                sign_in(attacked, person.login, "wrong", at(words))
            except (SignInError, SignInLockedError) as error:
                refused.append(type(error))

    threads = [threading.Thread(target=attack, args=(one,)) for one in [door, door_of(others)] * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    others.dispose()
    # 8 attackers of 4 tries: 5 passwords are looked at, the other 27 are refused unseen.
    assert refused.count(SignInError) == 5
    assert refused.count(SignInLockedError) == 27
    with pytest.raises(SignInLockedError):
        sign_in(door, person.login, person.password, at(words))


def test_the_word_counts_for_its_person_alone(door, person, words):
    add_login(door.database, "li.na")
    fail(door, "li.na", at(words))
    with pytest.raises(SignInLockedError):
        sign_in(door, "li.na", "wrong", at(words))
    # Nothing was counted against the device of the other.
    assert sign_in(door, person.login, person.password, at(words))


@pytest.mark.parametrize(
    "bent",
    [
        lambda w: "",
        lambda w: w[:-1] + ("0" if w[-1] != "0" else "1"),
        lambda w: "9" + w,
        lambda w: w.rsplit(".", 1)[0] + ".",
        lambda w: "1.a.9999999999999999999." + "0" * 64,
        lambda w: "１.a.1." + "0" * 64,
        lambda w: BETWEEN * 2000,
        lambda w: "x" * 5000,
    ],
)
def test_a_word_that_is_not_ours_counts_for_nothing(door, person, words, bent):
    fail(door, person.login)
    with pytest.raises(SignInLockedError):
        sign_in(door, person.login, person.password, at(bent(words)))


def test_a_word_of_another_platform_counts_for_nothing(door, person, words):
    other = door_of(door.database)
    object.__setattr__(other, "key", bytes(32))
    fail(door, person.login)
    with pytest.raises(SignInLockedError):
        sign_in(other, person.login, person.password, at(words))


def test_after_ninety_days_the_device_is_a_stranger_again(door, person, words, later):
    later(days=89)
    assert known(door, person, words)
    later(days=2)
    assert not known(door, person, words)


def test_a_reset_forgets_the_devices(door, person, words, later):
    later(seconds=5)
    boss = add_person(door.database, "boss", (Role.SECURITY_ADMINISTRATOR, 100_000))
    assert known(door, person, words)
    reset_factor(boss, door.database, person.login, "lost the laptop")
    assert not known(door, person, words)


def test_a_browser_knows_several_people_and_each_keeps_their_device(door, person, words):
    other = add_person(door.database, "li.na")
    both = with_device(door, other.person_id, words)
    assert both.endswith(words)
    assert known(door, person, both) == known(door, person, words)
    again = with_device(door, number_of(door, person), both)
    assert known(door, person, again) == known(door, person, words)
    assert again.count(BETWEEN) == 1


def number_of(door, person):
    with door.database.work(Scope()) as work:
        return people.by_login(work, person.login).person_id


def known(door, person, words):
    with door.database.work(Scope()) as work:
        return device_of(door, people.by_login(work, person.login), words, clock.now())
