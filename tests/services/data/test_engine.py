"""The connection: safe scope statements, the application's role, and refusing anything else."""

from string import ascii_letters, digits

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from services.data.engine import (
    Database,
    DatabaseRoleError,
    ScopeError,
    driver_url,
    scope_statements,
)
from services.data.work import Scope
from services.labels import Readable


def test_a_scope_is_set_for_the_transaction_only():
    assert scope_statements(Scope(("cn.p1", "cn.p2.c3"), 7)) == (
        "SET LOCAL app.access = 'cn.p1 cn.p2.c3'; SET LOCAL app.person = '7';"
        " SET LOCAL app.place = 'cn.p1'"
    )


def test_what_may_be_read_is_set_by_data_set_and_by_closed_places():
    readable = Readable(("line", "result"), (("line", ("cn.p1", "cn.p2.x1")),))
    assert scope_statements(Scope(("cn",), None, readable)) == (
        "SET LOCAL app.access = 'cn'; SET LOCAL app.person = ''; SET LOCAL app.place = 'cn';"
        " SET LOCAL app.readable = ' line! result '; SET LOCAL app.closed_line = 'cn.p1 cn.p2.x1'"
    )


@pytest.mark.parametrize("name", ["line'; --", "a b", "", "Line", "x.y"])
def test_a_data_set_with_other_signs_is_refused(name):
    for readable in (Readable((name,)), Readable((), ((name, ("cn",)),))):
        with pytest.raises(ScopeError):
            scope_statements(Scope(("cn",), None, readable))


def test_no_scope_is_an_empty_setting():
    assert scope_statements(Scope()) == "SET LOCAL app.access = ''; SET LOCAL app.person = ''"


@given(st.text())
def test_a_path_never_leaves_its_quotes(path):
    try:
        statements = scope_statements(Scope((path,)))
    except ScopeError:
        return
    assert statements.count("'") == 6
    assert set(path) <= set(f"{ascii_letters}{digits}_.")


@pytest.mark.parametrize(
    "path", ["cn'; DROP TABLE x; --", "", "cn.", ".cn", "cn p", "中国", "cn\n"]
)
def test_a_path_with_other_signs_is_refused(path):
    with pytest.raises(ScopeError, match="访问路径"):
        scope_statements(Scope((path,)))


def test_any_short_form_of_the_address_gets_our_driver():
    expected = "postgresql+psycopg://a:b@h:1/d"
    assert driver_url("postgresql://a:b@h:1/d") == expected
    assert driver_url("postgres://a:b@h:1/d") == expected


def test_another_kind_of_database_is_refused():
    with pytest.raises(DatabaseRoleError):
        driver_url("sqlite:///file.db")


@pytest.mark.postgres
def test_leaving_without_commit_undoes_everything(database):
    insert = text("INSERT INTO base.person (login, name, is_sample) VALUES ('left', 'left', false)")
    count = text("SELECT count(*) FROM base.person WHERE login = 'left'")
    with database.work(Scope()) as work:
        work.connection.execute(insert)
    with database.work(Scope()) as work:
        assert work.connection.scalar(count) == 0
        work.connection.execute(insert)
        work.commit()
        assert work.committed
    with database.work(Scope()) as work:
        assert work.connection.scalar(count) == 1


@pytest.mark.postgres
def test_a_role_that_bypasses_row_security_is_refused(servers, app_url):
    owner = app_url.replace(app_url.split("//")[1].split("@")[0], _superuser(servers))
    dangerous = Database(owner, app_role="postgres")
    with pytest.raises(DatabaseRoleError, match="postgres"), dangerous.work(Scope()):
        pass
    dangerous.dispose()


@pytest.mark.postgres
def test_a_login_that_could_go_back_to_more_than_its_role_is_refused(servers, app_url):
    address = app_url.replace(app_url.split("//")[1].split("@")[0], _superuser(servers))
    dangerous = Database(address)
    with pytest.raises(DatabaseRoleError), dangerous.work(Scope()):
        pass
    dangerous.dispose()


@pytest.mark.postgres
def test_a_connection_that_was_cut_is_replaced(servers, database):
    with database.work(Scope()) as work:
        backend = work.connection.scalar(text("SELECT pg_backend_pid()"))
    with psycopg.connect(servers.postgres.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 10000)", (backend,))
    with database.work(Scope()) as work:
        assert work.connection.scalar(text("SELECT 1")) == 1


@pytest.mark.postgres
def test_a_missing_server_is_an_error_not_an_empty_answer():
    away = Database("postgresql://nobody:x@127.0.0.1:9/none")
    with pytest.raises(OperationalError), away.work(Scope()):
        pass
    away.dispose()


def _superuser(servers):
    return servers.postgres.url("postgres", "postgres").split("//")[1].split("@")[0]
