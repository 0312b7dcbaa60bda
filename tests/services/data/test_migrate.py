"""Migrations: up, down to nothing and up again; and the tables in code are those in SQL."""

import importlib
import threading
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from services.data import migrate
from services.data.engine import owner_work
from services.data.metadata import SCHEMAS, metadata
from services.data.work import Scope

pytestmark = pytest.mark.postgres

FOLDER = Path(migrate.__file__).parent
REVISIONS = migrate.FOLDER / "versions"
COLUMNS = text("""
    SELECT table_schema || '.' || table_name AS name, column_name, is_nullable = 'YES' AS nullable,
           udt_name
    FROM information_schema.columns WHERE table_schema = ANY(:schemas)
""")
TYPES = {
    "BigInteger": "int8",
    "Integer": "int4",
    "SmallInteger": "int2",
    "Text": "text",
    "Boolean": "bool",
    "Date": "date",
    "Double": "float8",
    "DateTime": "timestamptz",
    "JSON": "json",
    "JSONB": "jsonb",
    "UUID": "uuid",
    "LargeBinary": "bytea",
    "INT8MULTIRANGE": "int8multirange",
    "BYTEA": "bytea",
    "Ltree": "ltree",
    "TransactionId": "xid8",
}


def type_of(column):
    name = type(column.type).__name__
    if name == "ARRAY":
        return "_" + TYPES[type(column.type.item_type).__name__]
    return TYPES[name]


def schemas(owner_url):
    with owner_work(owner_url, Scope()) as work:
        return set(inspect(work.connection).get_schema_names()) & set(SCHEMAS)


def test_up_down_and_up_again(empty_owner_url):
    assert migrate.status(empty_owner_url)[0] == ""
    head = migrate.upgrade(empty_owner_url)
    assert migrate.status(empty_owner_url) == (head, head)
    assert schemas(empty_owner_url) == set(SCHEMAS)
    assert migrate.downgrade(empty_owner_url, "base") == ""
    assert schemas(empty_owner_url) == set()
    assert migrate.upgrade(empty_owner_url) == head


def test_each_revision_goes_down_and_up_by_itself(empty_owner_url):
    # In the order of the chain, which need not be that of the numbers.
    reached = [migrate.upgrade(empty_owner_url)]
    while reached[-1]:
        reached.append(migrate.downgrade(empty_owner_url, "-1"))
    *revisions, nothing = reached
    assert nothing == migrate.status(empty_owner_url)[0] == ""
    assert sorted(revisions) == sorted(path.name[:4] for path in REVISIONS.glob("0*.py"))
    for revision in reversed(revisions):
        assert migrate.upgrade(empty_owner_url, "+1") == revision


def test_migrating_twice_changes_nothing(owner_url):
    assert migrate.upgrade(owner_url) == migrate.upgrade(owner_url)


def test_two_processes_may_migrate_at_once(empty_owner_url):
    reached = []
    threads = [
        threading.Thread(target=lambda: reached.append(migrate.upgrade(empty_owner_url)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(reached) == 3
    assert len(set(reached)) == 1


def test_the_tables_in_code_are_the_tables_in_the_database(owner_url):
    for path in FOLDER.glob("*_tables.py"):
        importlib.import_module(f"services.data.{path.stem}")
    with owner_work(owner_url, Scope()) as work:
        rows = work.connection.execute(COLUMNS, {"schemas": list(SCHEMAS)}).all()
    actual = {(row.name, row.column_name): (row.udt_name, row.nullable) for row in rows}
    expected = {
        (f"{table.schema}.{table.name}", column.name): (
            type_of(column),
            column.nullable,
        )
        for table in metadata.sorted_tables
        for column in table.columns
    }
    assert {key: actual.get(key) for key in expected} == expected
    tables = {key[0] for key in expected}
    assert {key for key in actual if key[0] in tables} == set(expected)
