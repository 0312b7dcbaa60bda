"""Kinds of connectors against another system that really answers: a REST API, a database's view."""

import json
from dataclasses import replace

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.collection.connectors import rest
from services.collection.connectors.kinds import (
    ConnectorAnswerError,
    ConnectorFieldError,
    Period,
    Table,
    split,
)
from services.collection.connectors.known import built_in
from services.collection.sheets.program import told_of
from services.outbound import (
    OpenLineError,
    Outbound,
    RefusedAddressError,
    networks_in,
)
from tests.other_system import other_system, send

KINDS = built_in(Outbound(networks_in("127.0.0.0/8")))
YEAR = Period.of_year(2025)


def settings_of(kind, **given):
    return split(KINDS[kind], given)


def fetched(url, **given):
    found, secrets = settings_of("rest", url=url, **given)
    KINDS["rest"].check(found)
    return KINDS["rest"].fetch(found, secrets, YEAR)


def answering(*documents, status=200):
    """Return a system that answers one document after the other."""
    left = list(documents)

    def answer(request, _):
        body = left.pop(0)
        send(request, body if isinstance(body, bytes) else json.dumps(body).encode(), status)

    return other_system(answer)


def test_objects_are_rows_and_numbers_stay_as_they_were_written():
    body = b'{"data": {"items": [{"a": 1.50, "b": {"c": "x"}}, {"a": 1e3, "d": null}]}}'
    with answering(body) as system:
        table = fetched(system.url("/r?y={year}&to={last_day}"), list="/data/items")
    assert table == Table(("a", "b.c", "d"), [["1.50", "x", ""], ["1e3", "", ""]])
    assert system.asked[0][1] == "/r?y=2025&to=2025-12-31"


def test_the_next_page_is_followed_until_there_is_none():
    pages = [
        {"items": [{"n": "1"}], "next": "/r?cursor=b"},
        {"items": [{"n": "2"}], "next": None},
    ]
    with answering(*pages) as system:
        table = fetched(system.url("/r"), list="/items", paging="next", paging_by="/next")
    assert [row[0] for row in table.rows] == ["1", "2"]
    assert [asked[1] for asked in system.asked] == ["/r", "/r?cursor=b"]


def test_pages_are_counted_until_one_is_empty():
    with answering([{"n": "1"}], [{"n": "2"}], []) as system:
        table = fetched(system.url("/r?size=1"), paging="number", paging_by="page")
    assert [row[0] for row in table.rows] == ["1", "2"]
    assert [asked[1] for asked in system.asked] == [f"/r?size=1&page={n}" for n in (1, 2, 3)]


def test_a_next_page_of_another_system_is_refused_before_the_secret_goes_there():
    with answering([]) as other, answering({"items": [{}], "next": other.url("/r")}) as system:
        given = {"list": "/items", "paging": "next", "paging_by": "/next"}
        with pytest.raises(ConnectorAnswerError) as raised:
            fetched(system.url(), sign_in="bearer", secret="s3", **given)
    assert (raised.value.reason, other.asked) == ("elsewhere", [])


# The credentials of RFC 7617, section 2, and the form of RFC 6750, section 2.1.
@pytest.mark.parametrize(
    ("given", "header", "value"),
    [
        ({"sign_in": "bearer", "secret": "mF_9"}, "Authorization", "Bearer mF_9"),
        ({"sign_in": "header", "sign_in_name": "X-Api-Key", "secret": "k"}, "X-Api-Key", "k"),
        (
            {"sign_in": "basic", "sign_in_name": "Aladdin", "secret": "open sesame"},
            "Authorization",
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
        ),
    ],
)  # fmt: skip
def test_the_caller_shows_who_it_is(given, header, value):
    with answering([]) as system:
        fetched(system.url(), **given)
    assert system.asked[0][2][header] == value


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"<html>", "json"),
        ({"items": {}}, "list"),
        (["text"], "list"),
        (b"[" * 100_000, "json"),
        ([{f"c{n}": "" for n in range(61)}], "columns"),
        ([{}] * 20_001, "rows"),
    ],
)
def test_an_answer_without_rows_is_told_by_its_reason(document, reason):
    with answering(document) as system, pytest.raises(ConnectorAnswerError) as raised:
        fetched(system.url())
    assert raised.value.reason == reason


def test_the_status_of_a_refusal_is_told():
    with (
        answering([], status=403) as system,
        pytest.raises(ConnectorAnswerError, match="403"),
    ):
        fetched(system.url())


def test_a_system_whose_pages_never_end_is_left(monkeypatch):
    monkeypatch.setattr(rest, "MOST_PAGES", 3)
    with answering(*[[{"n": "1"}]] * 4) as system, pytest.raises(ConnectorAnswerError) as raised:
        fetched(system.url(), paging="number", paging_by="page")
    assert (raised.value.reason, len(system.asked)) == ("pages", 3)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("url", {}),
        ("list", {"list": "items"}),
        ("paging", {"paging": "other"}),
        ("paging_by", {"paging": "number"}),
        ("list", {"paging": "next", "paging_by": "next"}),
        ("sign_in_name", {"sign_in": "header", "sign_in_name": "Host"}),
        ("sign_in_name", {"sign_in": "header", "sign_in_name": "X: y"}),
        ("sign_in_name", {"sign_in": "basic", "sign_in_name": "a:b"}),
    ],
)
def test_settings_that_cannot_work_are_named(name, given):
    with answering() as system, pytest.raises(ConnectorFieldError) as raised:
        fetched("" if name == "url" else system.url(), **given)
    assert raised.value.where == name


def test_our_own_insides_are_not_called():
    kind = built_in(Outbound())["rest"]
    found, _ = split(kind, {"url": "https://127.0.0.1:5432/"})
    with pytest.raises(RefusedAddressError):
        kind.check(found)


cells = st.lists(st.text(), min_size=2, max_size=2)


@given(st.lists(cells, min_size=1, max_size=4))
def test_a_table_kept_as_a_file_is_read_as_the_same_texts(rows):
    table = Table(("排放源", "a,b;c\td"), [["x", *row[1:]] for row in rows])
    (sheet,) = told_of(table.as_csv())["sheets"]
    assert sheet["rows"][0][1][0] == "排放源"
    assert len(sheet["rows"]) == len(rows) + 1
    assert all(line[0] == "x" for _, line in sheet["rows"][1:])


VIEW = """
CREATE SCHEMA export;
CREATE TABLE export.bill (year int, item text, amount numeric(12, 3));
INSERT INTO export.bill VALUES (2025, '柴油', 1.500), (2024, '汽油', 2), (2025, NULL, NULL);
CREATE VIEW export.activity AS SELECT * FROM export.bill ORDER BY amount;
CREATE VIEW export."奇 怪" AS SELECT 1 AS a;
CREATE VIEW export.slow AS SELECT pg_sleep(30)::text AS a;
CREATE VIEW export.many AS SELECT n FROM generate_series(1, 20001) n;
CREATE FUNCTION export.write() RETURNS int LANGUAGE sql VOLATILE AS
  $$ INSERT INTO export.bill VALUES (2023, 'x', 0) RETURNING 1 $$;
CREATE VIEW export.writing AS SELECT export.write() AS a;
"""


@pytest.fixture(scope="module")
def other_database(servers, base_template):
    """Another system's database, and how it is reached."""
    from tests.fixtures.databases import _cloned

    for clone in _cloned(servers, "template1"):
        with psycopg.connect(clone.owner_url.replace("+psycopg", "")) as connection:
            connection.execute(VIEW)
        with psycopg.connect(clone.owner_url.replace("+psycopg", "")) as connection:
            info = connection.info
            yield {
                "host": "127.0.0.1",
                "port": str(info.port),
                "database": info.dbname,
                "user": info.user,
                "password": info.password,
                "tls": "disable",
            }


def viewed(place, view, kinds=KINDS, **given):
    found, secrets = split(kinds["sql"], place | {"view": view} | given)
    kinds["sql"].check(found)
    return kinds["sql"].fetch(found, secrets, YEAR)


@pytest.mark.postgres
def test_a_view_is_read_as_texts_and_of_the_year_alone(other_database):
    table = viewed(other_database, "export.activity", year_column="year")
    assert table == Table(("year", "item", "amount"), [["2025", "柴油", "1.500"], ["2025", "", ""]])
    assert len(viewed(other_database, "export.activity").rows) == 3


@pytest.mark.postgres
def test_nothing_is_written_whatever_the_view_does(other_database):
    with pytest.raises(ConnectorAnswerError, match="read-only"):
        viewed(other_database, "export.writing")


@pytest.mark.postgres
def test_a_view_with_too_many_rows_is_refused(other_database):
    with pytest.raises(ConnectorAnswerError) as raised:
        viewed(other_database, "export.many")
    assert raised.value.reason == "rows"


@pytest.mark.postgres
def test_a_view_that_takes_too_long_is_left(other_database, monkeypatch):
    monkeypatch.setattr("services.collection.connectors.view.STATEMENT_SECONDS", 0.2)
    with pytest.raises(ConnectorAnswerError, match="statement timeout"):
        viewed(other_database, "export.slow")


@pytest.mark.postgres
def test_a_wrong_password_is_told_without_the_password(other_database):
    with pytest.raises(ConnectorAnswerError) as raised:
        viewed(other_database | {"password": "falsch-9"}, "export.activity")
    assert raised.value.reason == "database"
    assert "falsch-9" not in str(raised.value)


@pytest.mark.parametrize(
    "view", ["a; DROP TABLE b", 'a"', "a.b.c", "", "(SELECT 1)", "a b", "x" * 64, "1a", "a.", "--"]
)
def test_what_is_no_name_of_a_view_is_no_view(view):
    place = {"host": "127.0.0.1", "database": "d", "user": "u", "password": "p", "tls": "disable"}
    with pytest.raises(ConnectorFieldError) as raised:
        viewed(place, view)
    assert raised.value.where == "view"


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"tls": "disable"}, OpenLineError),
        ({"port": "70000"}, ConnectorFieldError),
        ({"port": "x"}, ConnectorFieldError),
        ({"host": "a,b"}, ConnectorFieldError),
        ({"host": "/var/run/postgresql"}, ConnectorFieldError),
    ],
)
def test_a_database_is_reached_by_name_and_beyond_inner_networks_by_tls_alone(given, error):
    kinds = built_in(replace(Outbound(), resolve=lambda host, port: ["1.1.1.1"]))
    place = {"host": "db.example.cn", "database": "d", "user": "u", "password": "p"}
    with pytest.raises(error):
        viewed(place | given, "a.b", kinds)


def test_a_database_on_this_machine_is_refused():
    place = {"host": "127.0.0.1", "database": "d", "user": "u", "password": "p"}
    with pytest.raises(RefusedAddressError):
        viewed(place, "a.b", built_in(Outbound()))
