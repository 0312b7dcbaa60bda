"""Questions of one round trip: bound to their scope, unable to change anything, and lasting."""

import pytest
from psycopg.errors import DataError, ReadOnlySqlTransaction
from sqlalchemy import (
    BigInteger,
    Integer,
    String,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    text,
)

from services.data.asking import question
from services.data.base_tables import organization
from services.data.engine import Database
from services.data.identity_tables import session
from services.data.work import Scope
from tests.places import add_firm

pytestmark = pytest.mark.postgres

FIRM = question(
    "test_firm",
    select(organization.c.code, organization.c.access_path).where(
        organization.c.organization_id == bindparam("firm", type_=BigInteger)
    ),
)
BACKEND = question("test_backend", select(func.pg_backend_pid().label("process")))


@pytest.fixture
def one(app_url):
    """Return a database that has a single connection."""
    database = Database(app_url, pool_size=1)
    yield database
    database.dispose()


def test_a_question_sees_its_scope_and_nothing_else(database):
    firm = add_firm(database)
    number = firm.organization_id
    inside = database.ask(Scope((firm.access_path,)), FIRM, firm=number)
    assert [row.access_path for row in inside] == [firm.access_path]
    assert database.ask(Scope(), FIRM, firm=number) == []
    assert database.ask(Scope(("cn.990000",)), FIRM, firm=number) == []


def test_a_question_changes_nothing(one):
    locked = question("test_locked", select(session.c.token_hash).with_for_update())
    with pytest.raises(ReadOnlySqlTransaction):
        one.ask(Scope(), locked)


def test_a_value_never_leaves_its_quotes(one):
    text = question("test_text", select(cast(bindparam("text"), String).label("text")))
    for value in ("it's", "'; SELECT 1; --", "\\", "双碳"):
        assert one.ask(Scope(), text, text=value)[0].text == value


def test_a_question_outlives_rollbacks_and_failures_of_its_connection(one):
    divided = question("test_divided", select(literal_column("1") / bindparam("by", type_=Integer)))
    (first,) = one.ask(Scope(), BACKEND)
    with one.work(Scope()) as work:
        for _ in range(7):  # the driver would prepare what it has seen five times
            work.connection.scalar(select(func.pg_backend_pid()))
    with pytest.raises(DataError):
        one.ask(Scope(), divided, by=0)
    assert one.ask(Scope(), BACKEND) == [first]


def test_a_question_outlives_the_way_back_to_a_savepoint(one):
    (first,) = one.ask(Scope(), BACKEND)
    with one.work(Scope()) as work:
        for _ in range(7):
            work.connection.scalar(select(func.pg_backend_pid()))
        nested = work.connection.begin_nested()
        nested.rollback()
        work.connection.scalar(select(func.pg_backend_pid()))
    assert one.ask(Scope(), BACKEND) == [first]
    with one.work(Scope()) as work:
        query = text("SELECT count(*) FROM pg_prepared_statements WHERE name = 'test_backend'")
        assert work.connection.scalar(query) == 1


def test_a_connection_that_was_replaced_learns_the_question_anew(one):
    (first,) = one.ask(Scope(), BACKEND)
    one.dispose()
    (second,) = one.ask(Scope(), BACKEND)
    assert second.process != first.process


def test_a_question_is_prepared_anew_where_the_driver_has_forgotten_it(one):
    (first,) = one.ask(Scope(), BACKEND)
    with one.work(Scope()) as work:
        for _ in range(7):
            work.connection.scalar(select(func.pg_backend_pid()))
        # After a DROP the driver forgets all of them.
        work.connection.exec_driver_sql("CREATE TEMPORARY TABLE forgetful (a integer)")
        work.connection.exec_driver_sql("DROP TABLE forgetful")
        work.commit()
    assert one.ask(Scope(), BACKEND) == [first]
