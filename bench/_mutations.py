"""Random changes that a superuser makes to covered records, past every trigger and policy."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from psycopg import Connection, DatabaseError
from psycopg.sql import SQL, Composed, Identifier, Literal

from services.data.log_kinds import KINDS, Kind, canonical, record
from services.data.log_rules import EVENT, FORGOTTEN, NOBODY, REMOVED_RECORDS, RENAMED
from services.data.sample.content import PROVINCE_PATH

Named = tuple[str, str]
# Of so many more records than are needed, some were not changed before.
MORE = 20
PARTS = {
    "run": (
        "statistics.emission_line",
        "run_id",
        "co2e_t gas_t formula inputs warnings item month",
    ),
    "submission": ("collected.activity", "submission_id", "cells note item source"),
}
# How a value of each type becomes another one.
OTHER = {
    "bigint": "coalesce({0}, 0) + 1",
    "integer": "coalesce({0}, 0) + 1",
    "month": "coalesce({0}, 0) % 12 + 1",
    "double precision": "coalesce({0}, 0) * 1.0000000001 + 0.001",
    "text": "coalesce({0}, '') || 'x'",
    "boolean": "NOT {0}",
    "date": "coalesce({0}, DATE '2020-01-01') + 1",
    "timestamp with time zone": "coalesce({0}, now()) + interval '1 microsecond'",
    "uuid": "gen_random_uuid()",
    "jsonb": "jsonb_build_array({0})",
    "json": "json_build_array({0})",
    "ltree": "{0} || 'x'",
    "ARRAY": "{0} || ARRAY['x']",
}


_NAMED = "jsonb_build_object('events', jsonb_build_array(%s::text))"
_LONG_AGO = "jsonb_build_object('until', now() - interval '200 days')"


class Attack:
    """Changes records that were not changed before, and remembers how each is named."""

    def __init__(self, connection: Connection[Any], chosen: random.Random) -> None:
        self._connection = connection
        self._chosen = chosen
        self._named: set[Named] = set()
        self._records: dict[str, list[str]] = {}
        self._kinds = list(KINDS)
        connection.execute("SET session_replication_role = replica")

    def change(self, count: int) -> set[Named]:
        """Make changes until so many records differ; return their names."""
        ways: tuple[Callable[[Kind], None], ...] = (
            self._update, self._update, self._delete, self._insert, self._swap, self._cut_off,
            self._put_back, self._part, self._leaf, self._unsalted, self._removal, self._closing,
            self._again,
        )  # fmt: skip
        while sum(kind != "position" for kind, _ in self._named) < count:
            way, kind = self._chosen.choice(ways), self._chosen.choice(self._kinds)
            try:
                with self._connection.transaction():
                    way(kind)
            except DatabaseError:
                continue  # a constraint refused it, as it would refuse the attacker
        return self._named

    def _rows(self, kind: Kind, count: int) -> list[str]:
        """Return records of a kind that nothing was done to."""
        if kind.name not in self._records:
            asked = f"SELECT {record(kind, 'n')} FROM {kind.table} n"
            self._records[kind.name] = sorted(row[0] for row in self._run(asked).fetchall())
        names = self._records[kind.name]
        found = self._chosen.sample(names, min(len(names), count + MORE))
        fresh = [name for name in found if (kind.name, name) not in self._named]
        if not fresh and len(self._kinds) > 1 and kind in self._kinds:
            self._kinds.remove(kind)  # nothing is left of it
        return fresh[:count] if len(fresh) >= count else []

    def _run(self, statement: str | Composed, *values: object) -> Any:
        return self._connection.execute(statement, values or None)

    def _done(self, kind: Kind, *names: str) -> None:
        self._named |= {(kind.name, name) for name in names}

    def _where(self, kind: Kind) -> str:
        return f"{record(kind, 'n')} = %s"

    def _column(self, kind: Kind) -> tuple[str, str]:
        """Return a column of a kind that does not name the record, and how it is changed."""
        schema, table = kind.table.split(".")
        types = dict(
            self._run(
                "SELECT column_name, CASE WHEN udt_name = 'ltree' THEN 'ltree' ELSE data_type END"
                " FROM information_schema.columns WHERE table_schema = %s AND table_name = %s",
                schema,
                table,
            ).fetchall()
        )
        names = [n for n in kind.names if n not in kind.key and types[n] in OTHER]
        name = self._chosen.choice(names)
        return name, OTHER[types[name]].format(f"n.{name}")

    def _update(self, kind: Kind) -> None:
        for name in self._rows(kind, 1):
            column, other = self._column(kind)
            self._run(
                f"UPDATE {kind.table} n SET {column} = {other} WHERE {self._where(kind)}", name
            )
            self._done(kind, name)

    def _delete(self, kind: Kind) -> None:
        for name in self._rows(kind, 1):
            self._run(f"DELETE FROM {kind.table} n WHERE {self._where(kind)}", name)
            self._done(kind, name)
            self._forget_parts(kind)

    def _cut_off(self, kind: Kind) -> None:
        """Delete the newest leaves' records: the tail of a table."""
        asked = (
            f"SELECT l.record FROM base.log_leaf l WHERE l.kind = %s"
            f" AND EXISTS (SELECT FROM {kind.table} n WHERE {record(kind, 'n')} = l.record)"
            " ORDER BY leaf_id DESC LIMIT 2"
        )
        names = {row[0] for row in self._run(asked, kind.name).fetchall()}
        for name in names:
            self._run(f"DELETE FROM {kind.table} n WHERE {self._where(kind)}", name)
        self._done(kind, *names)
        self._forget_parts(kind)

    def _insert(self, kind: Kind) -> None:
        """Copy a row under a new name."""
        for name in self._rows(kind, 1):
            key = kind.key[-1] if kind.key[-1] != "format" else "report_id"
            asked = (
                "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
                " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            )
            kinds = dict(self._run(asked, kind.table).fetchall())
            other = OTHER[kinds[key]].format(f"n.{key}")
            values = [other if column == key else f"n.{column}" for column in kinds]
            row = self._run(
                f"INSERT INTO {kind.table} ({', '.join(kinds)}) SELECT {', '.join(values)}"
                f" FROM {kind.table} n WHERE {self._where(kind)} RETURNING *", name,
            )  # fmt: skip
            made = dict(zip([each.name for each in row.description], row.fetchone(), strict=True))
            self._done(kind, "/".join(str(made[column]) for column in kind.key))

    def _swap(self, kind: Kind) -> None:
        """Let two records change places: what each says, under the other's name."""
        names = self._rows(kind, 2)
        if not names:
            return
        columns = [name for name in kind.names if name not in kind.key]
        left, right = (
            self._run(
                f"SELECT {', '.join(columns)} FROM {kind.table} n WHERE {self._where(kind)}", name
            ).fetchone()
            for name in names
        )
        if left == right:
            return
        pairs = ", ".join(f"{column} = o.{column}" for column in columns)
        self._run(
            f"UPDATE {kind.table} n SET {pairs} FROM {kind.table} o WHERE"
            f" ({record(kind, 'n')}, {record(kind, 'o')}) IN ((%s, %s), (%s, %s))",
            *names,
            *reversed(names),
        )
        self._done(kind, *names)

    def _put_back(self, kind: Kind) -> None:
        """Change a record as the platform may, with its triggers on; then bring the old back."""
        if not kind.changes:
            return
        for name in self._rows(kind, 1):
            column, other = self._column(kind)
            where = f"FROM {kind.table} n WHERE {self._where(kind)}"
            asked = f"SELECT n.{column}::text, pg_typeof(n.{column})::text {where}"
            value, type_name = self._run(asked, name).fetchone()
            self._run("SET LOCAL session_replication_role = origin")
            self._run(
                f"UPDATE {kind.table} n SET {column} = {other} WHERE {self._where(kind)}", name
            )
            self._run("SET LOCAL session_replication_role = replica")
            old = f"CAST(%s AS {type_name})"
            self._run(
                f"UPDATE {kind.table} n SET {column} = {old} WHERE {self._where(kind)}", value, name
            )
            self._done(kind, name)

    def _part(self, kind: Kind) -> None:
        """Change a line of a run or a row of a submission, or take it away."""
        if kind.name not in PARTS:
            return
        table, key, names = PARTS[kind.name]
        for name in self._rows(kind, 1):
            where = SQL("ctid = (SELECT ctid FROM {} WHERE {} = {} LIMIT 1)").format(
                SQL(table), Identifier(key), Literal(name)
            )
            if self._chosen.random() < 0.3:
                done = self._run(SQL("DELETE FROM {} WHERE {}").format(SQL(table), where))
            else:
                column = self._chosen.choice(names.split())
                other = OTHER[_PART_TYPES.get(column, "text")].format(column)
                change = SQL("UPDATE {} SET {} = {} WHERE {}").format(
                    SQL(table), Identifier(column), SQL(other), where
                )
                done = self._run(change)
            if done.rowcount:
                self._done(kind, name)

    def _leaf(self, kind: Kind) -> None:
        """Forge the newest leaf of a record, or take it away."""
        for name in self._rows(kind, 1):
            newest = (
                "leaf_id = (SELECT max(leaf_id) FROM base.log_leaf WHERE kind = %s AND record = %s)"
            )
            if self._chosen.random() < 0.5:
                forged = f"UPDATE base.log_leaf SET commitment = sha256(commitment) WHERE {newest}"
                self._run(forged, kind.name, name)
            else:
                place = f"SELECT position FROM base.log_entry WHERE {newest}"
                found = self._run(place, kind.name, name).fetchone()
                self._run(f"DELETE FROM base.log_leaf WHERE {newest}", kind.name, name)
                # Its place is named too, for a leaf that is gone cannot say what it was about.
                self._named |= {("position", str(found[0]))} if found else set()
            self._done(kind, name)

    def _unsalted(self, kind: Kind) -> None:
        """Delete a record and erase its salts, as if it had been forgotten by law."""
        for name in self._rows(kind, 1):
            self._run(f"DELETE FROM {kind.table} n WHERE {self._where(kind)}", name)
            erased = "UPDATE base.log_leaf SET salt = NULL WHERE kind = %s AND record = %s"
            self._run(erased, kind.name, name)
            if kind.name == EVENT:
                self._tell(FORGOTTEN, "", f"{_LONG_AGO} || {_NAMED}", name)
            self._done(kind, name)
            self._forget_parts(kind)

    def _removal(self, kind: Kind) -> None:
        """Delete a record and say that it went with the sample."""
        if not kind.has_place:
            return
        for name in self._rows(kind, 1):
            lie = f"SELECT {canonical(kind, 'n')} || ' ' FROM {kind.table} n"
            content = self._run(f"{lie} WHERE {self._where(kind)}", name).fetchone()[0]
            self._run(f"DELETE FROM {kind.table} n WHERE {self._where(kind)}", name)
            moved = "UPDATE base.log_leaf SET access_path = %s WHERE kind = %s AND record = %s"
            self._run(moved, PROVINCE_PATH, kind.name, name)
            self._tell("remove_sample", PROVINCE_PATH, "'{}'")
            told = "jsonb_build_object('records', jsonb_build_object(%s::text, %s::text))"
            self._tell(REMOVED_RECORDS, kind.name, told, name, content)
            self._done(kind, name)
            self._forget_parts(kind)

    def _closing(self, kind: Kind) -> None:
        """Write an event of the trail anew, and say that somebody's name was erased from it."""
        if kind.name != EVENT:
            return
        asked = "SELECT person_id FROM base.person WHERE is_active ORDER BY random() LIMIT 1"
        found = self._run(asked).fetchone()
        for name in self._rows(kind, 1) if found else []:
            who = f"{NOBODY}{found[0]}"
            after = "after = jsonb_build_object('was', %s::text)"
            self._run(f"UPDATE {kind.table} n SET {after} WHERE {self._where(kind)}", who, name)
            self._cover(kind, name)
            self._tell("close_account", who, "'{\"events\": 1}'")
            self._tell(RENAMED, who, _NAMED, name)
            self._done(kind, name)

    def _again(self, kind: Kind) -> None:
        """Change what never changes, and write a leaf for it as the platform would."""
        if kind.changes:
            return
        for name in self._rows(kind, 1):
            column, other = self._column(kind)
            self._run(
                f"UPDATE {kind.table} n SET {column} = {other} WHERE {self._where(kind)}", name
            )
            self._cover(kind, name)
            self._done(kind, name)

    def _cover(self, kind: Kind, name: str) -> None:
        salt = self._chosen.randbytes(16)
        self._run(
            f"INSERT INTO base.log_leaf (kind, record, salt, commitment) SELECT '{kind.name}', %s,"
            f" %s, sha256(%s || convert_to({canonical(kind, 'n')}, 'UTF8'))"
            f" FROM {kind.table} n WHERE {self._where(kind)}",
            name, salt, salt, name,
        )  # fmt: skip

    def _tell(self, action: str, resource: str, after: str, *values: object) -> None:
        """Write a false event as the platform would, with its leaf."""
        self._run("SET LOCAL session_replication_role = origin")
        self._run(
            "INSERT INTO business.audit_event (organization_id, access_path, action, resource,"
            f" before, after, channel, at) VALUES (0, 'cn', %s, %s, '{{}}', {after}, 'job', now())",
            action, resource, *values,
        )  # fmt: skip
        self._run("SET LOCAL session_replication_role = replica")

    def _forget_parts(self, kind: Kind) -> None:
        """Take away the parts of what is not there any more, as a cascade would."""
        if kind.name in PARTS:
            table, key, _ = PARTS[kind.name]
            self._run(
                f"DELETE FROM {table} p WHERE NOT EXISTS"
                f" (SELECT FROM {kind.table} n WHERE n.{key} = p.{key})"
            )


_PART_TYPES = {
    "co2e_t": "double precision",
    "month": "month",
    "gas_t": "double precision",
    "inputs": "jsonb",
    "warnings": "jsonb",
    "cells": "jsonb",
}
