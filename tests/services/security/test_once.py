"""A request with a key is done once: by one process, for its person, until it is forgotten."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from services import clock
from services.data.api_answers import KeyedRequest
from services.data.engine import SYSTEM_SCOPE
from services.data.work import Scope
from services.security import once
from services.security.once import Answer, InFlightError, KeyReusedError
from services.security.permissions import Role
from services.security.retention import apply_retention
from tests.places import NANJING, add_person

pytestmark = pytest.mark.postgres

TOLD = Answer(202, (("Location", "/x"),), '{"a": 1}')


@pytest.fixture
def asked(database):
    person = add_person(database, "sender", (Role.REPORTER, NANJING))
    return KeyedRequest(person.person_id, "key-1", "api.order_report", b"digest")


def changed(asked, **parts):
    values = {name: getattr(asked, name) for name in KeyedRequest.__dataclass_fields__}
    return KeyedRequest(**values | parts)


def test_the_answer_is_given_again_and_to_no_other_request(database, asked):
    assert once.begin(database, asked) is None
    once.finish(database, asked, TOLD)
    assert once.begin(database, asked) == TOLD
    for other in (changed(asked, digest=b"another"), changed(asked, operation="api.other")):
        with pytest.raises(KeyReusedError):
            once.begin(database, other)


def test_of_many_at_once_one_alone_does_it(database, asked):
    def attempt(_number):
        try:
            return once.begin(database, asked) is None
        except InFlightError:
            return False

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(attempt, range(16))) == 1


def test_what_died_with_its_process_is_taken_over_by_one(database, asked):
    assert once.begin(database, asked) is None
    begun(database, asked, once.GIVEN_UP - timedelta(seconds=30))
    with pytest.raises(InFlightError):
        once.begin(database, asked)
    begun(database, asked, once.GIVEN_UP + timedelta(seconds=30))
    assert once.begin(database, asked) is None
    with pytest.raises(InFlightError):
        once.begin(database, asked)


def test_what_was_refused_may_be_sent_again(database, asked):
    assert once.begin(database, asked) is None
    once.release(database, asked)
    assert once.begin(database, changed(asked, digest=b"mended")) is None
    once.finish(database, asked, TOLD)
    once.release(database, asked)  # an answer that is kept stays
    with pytest.raises(KeyReusedError):
        once.begin(database, asked)


def test_a_key_is_its_persons_own_and_seen_by_nobody_else(database, asked):
    other = add_person(database, "other", (Role.REPORTER, NANJING))
    assert once.begin(database, asked) is None
    assert once.begin(database, changed(asked, person_id=other.person_id)) is None
    for scope in (SYSTEM_SCOPE, Scope(person_id=other.person_id)):
        with database.work(scope) as work:
            seen = list(work.connection.scalars(text("SELECT person_id FROM base.api_answer")))
        assert asked.person_id not in seen


def test_answers_are_forgotten_after_their_days(database, asked):
    assert once.begin(database, asked) is None
    once.finish(database, asked, TOLD)
    removed = apply_retention(database, clock.now() + timedelta(days=1))
    assert "api_answers" not in removed
    removed = apply_retention(database, clock.now() + timedelta(days=2, hours=1))
    assert removed["api_answers"] == 1
    assert once.begin(database, asked) is None


def begun(database, asked, ago):
    """Let a request have begun so long ago."""
    with database.work(Scope(person_id=asked.person_id)) as work:
        at = clock.now() - ago
        work.connection.execute(text("UPDATE base.api_answer SET begun_at = :at"), {"at": at})
        work.commit()
