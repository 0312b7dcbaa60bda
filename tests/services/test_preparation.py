"""What is there before people can work, also after an attempt that was cut short."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from services.data.engine import SYSTEM_SCOPE, owner_work
from services.data.migrate import upgrade
from services.data.readiness import Readiness
from services.preparation import DatabaseAwayError, bring_up_to_date, people_of_first_start
from services.settings import Settings
from tests.fixtures.databases import opened
from tests.fixtures.live import settings_of
from workers.embedded.ports import free_port

pytestmark = pytest.mark.postgres

PEOPLE = "SELECT login FROM base.person ORDER BY login"


class CutShortError(Exception):
    """Stands for whatever ends a start in the middle: a signal, a power cut."""


@contextmanager
def cut_short(words):
    """End whatever is going on at the first statement with these words."""

    def end(_connection, _cursor, statement, *_rest):
        if words in statement:
            raise CutShortError(words)

    event.listen(Engine, "before_cursor_execute", end)
    try:
        with pytest.raises(CutShortError):
            yield
    finally:
        event.remove(Engine, "before_cursor_execute", end)


@pytest.fixture
def with_sample(servers, app_url, owner_url):
    """Settings of a start that loads the sample."""
    given = settings_of(servers, app_url, owner_url) | {"SHUANGTAN_SAMPLE": "1"}
    return Settings.from_environment(given)


def is_ready(owner_url):
    with opened(owner_url) as database:
        return Readiness(database)()


def test_base_data_is_loaded_once_and_a_second_start_changes_nothing(empty_owner_url):
    bring_up_to_date(empty_owner_url)
    first = base_rows(empty_owner_url)
    bring_up_to_date(empty_owner_url)
    assert base_rows(empty_owner_url) == first
    assert {name for name, rows in first.items() if rows} >= {"division", "factor", "gas"}


def base_rows(owner_url):
    """Every row of the reference tables with the transaction that wrote it."""
    with owner_work(owner_url) as work:
        return {
            name: sorted(
                work.connection.scalars(text(f"SELECT xmin || x::text FROM base.{name} x"))
            )
            for name in ("division", "industry", "gas", "gwp", "fuel", "factor")
        }


@pytest.mark.parametrize(
    "words", ["CREATE TABLE base.series", "INTO base.factor", "INTO base.series_value"]
)
def test_an_attempt_cut_short_is_not_ready_and_the_next_completes_it(empty_owner_url, words):
    with cut_short(words):
        bring_up_to_date(empty_owner_url)
    assert not is_ready(empty_owner_url)
    bring_up_to_date(empty_owner_url)
    assert is_ready(empty_owner_url)


def test_a_schema_without_base_data_is_completed(empty_owner_url):
    upgrade(empty_owner_url)
    assert not is_ready(empty_owner_url)
    bring_up_to_date(empty_owner_url)
    assert is_ready(empty_owner_url)


def test_a_database_that_is_away_is_told_with_its_reason():
    with pytest.raises(DatabaseAwayError, match="DATABASE_URL"):
        bring_up_to_date(f"postgresql://nobody@127.0.0.1:{free_port()}/nothing")


def test_the_administrators_password_holds_before_the_sample_is_begun(with_sample, database):
    people = people_of_first_start(with_sample)
    assert next(people).login == "admin"
    people.close()
    with database.work(SYSTEM_SCOPE) as work:
        found = sorted(work.connection.scalars(text(PEOPLE)))
    assert found == ["admin", "audit", "security"]


def test_the_next_start_loads_the_sample_and_tells_no_password_again(with_sample):
    people = people_of_first_start(with_sample)
    next(people)
    people.close()
    told = {person.login for person in people_of_first_start(with_sample)}
    assert "admin" not in told
    assert "bureau.viewer" in told
    assert list(people_of_first_start(with_sample)) == []
