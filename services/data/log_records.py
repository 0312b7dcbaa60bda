"""The covered records as text beside their leaves, for whoever compares both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.sql.elements import TextClause

from services.data.log_kinds import Kind, as_text, record
from services.data.log_rules import (
    ALWAYS_TOLD,
    CREDENTIAL,
    REMOVED,
    TELLING,
    Account,
    GoneRecord,
    Story,
)
from services.data.work import Work
from services.errors import NotFoundError

STREAMED = {"yield_per": 5_000}
# Floats to the last digit, as the triggers write them.
_EXACT = text("SET LOCAL extra_float_digits = 1")
_ONE_MOMENT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
_ME = text("SELECT set_config('app.person', :person, true)")
# Written past every rule: what leaves tell of stays hidden, and is missing with its person.
_NOBODYS = "NOT EXISTS (SELECT FROM base.person p WHERE p.person_id = n.person_id)"
_PEOPLE = text("SELECT person_id FROM base.person ORDER BY person_id")
_TOLD = text("""
    SELECT action, resource, after::text AS after,
           to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at
    FROM business.audit_event WHERE action = ANY(CAST(:actions AS text[]))
""")
_TREE = text("""
    SELECT e.position, e.hash, e.leaf_id, l.kind, l.record, l.commitment
    FROM base.log_entry e LEFT JOIN base.log_leaf l USING (leaf_id) ORDER BY e.position
""")
_SEALED_LEAVES = text("""
    SELECT e.position, l.kind, l.record, l.xid::text, l.salt, l.commitment
    FROM base.log_entry e LEFT JOIN base.log_leaf l USING (leaf_id) ORDER BY e.position
""")
_UNSEALED_LEAVES = text("""
    SELECT -1, l.kind, l.record, l.xid::text, l.salt, l.commitment FROM base.log_leaf l
    WHERE NOT EXISTS (SELECT FROM base.log_entry e WHERE e.leaf_id = l.leaf_id)
    ORDER BY l.leaf_id
""")
_NODES = text("SELECT level, index, hash FROM base.log_node")
_LEFT_OUT = text("""
    SELECT kind, record FROM base.log_leaf l
    WHERE xid < CAST(:before AS xid8)
      AND NOT EXISTS (SELECT FROM base.log_entry e WHERE e.leaf_id = l.leaf_id)
    ORDER BY leaf_id
""")
_UNTOLD = text("""
    SELECT DISTINCT l.kind, l.record FROM base.log_leaf l
    WHERE l.kind = ANY(CAST(:kinds AS text[])) AND l.xid > (SELECT min(xid) FROM base.log_leaf)
      AND NOT EXISTS (SELECT FROM base.log_leaf a WHERE a.xid = l.xid AND a.kind = 'audit_event')
    ORDER BY l.kind, l.record
""")
# What is never changed has one leaf, and another only where it was removed and came again.
_REWRITTEN = text("""
    SELECT l.record, count(*) AS leaves FROM base.log_leaf l WHERE l.kind = :kind
    GROUP BY l.record
    HAVING count(*) > 1 + (SELECT count(*) FROM base.log_leaf r
                           WHERE r.record = l.record AND r.kind = :kind || '.removed')
    ORDER BY l.record
""")
_OPEN_ROLES = text("""
    SELECT coalesce(to_char(valid_to, 'YYYY-MM-DD'), '9999-12-31') FROM base.membership
    WHERE person_id = :person AND ended_at IS NULL
""")
_CREDENTIAL_LEAF = text(f"""
    SELECT kind FROM base.log_leaf
    WHERE record = :person AND kind IN ('{CREDENTIAL}', '{CREDENTIAL}{REMOVED}')
    ORDER BY leaf_id DESC LIMIT 1
""")
_CHECKPOINTS = text("""
    SELECT size, root, note, sealed_before::text AS sealed_before
    FROM base.log_checkpoint ORDER BY checkpoint_id
""")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record's fields as text, with the newest leaf about it; no leaf, no `leaf_kind`."""

    record: str
    fields: tuple[str | None, ...]
    leaf_kind: str | None
    salt: bytes | None
    commitment: bytes | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One place of the tree, and the leaf that belongs there if it is still there."""

    position: int
    hash: bytes
    leaf_id: int
    kind: str | None
    record: str | None
    commitment: bytes | None


@dataclass(frozen=True, slots=True)
class LeafRow:
    """A leaf for whoever checks it elsewhere; everything but the place may be gone."""

    position: int
    kind: str | None
    record: str | None
    xid: str | None
    salt: bytes | None
    commitment: bytes | None


def at_one_moment(work: Work) -> None:
    """Let everything that follows see the same moment, whatever is written or sealed meanwhile.

    It has to be said before anything is asked.
    """
    work.connection.execute(_ONE_MOMENT)


def recorded(work: Work, kind: Kind) -> Iterator[Recorded]:
    """Yield every record of a kind with its newest leaf."""
    work.connection.execute(_EXACT)
    if not kind.is_personal:
        yield from _streamed(work, _rows(kind))
        return
    # Row security shows such a row to its person alone.
    own = text(f"{_rows(kind).text} WHERE n.person_id = :person")
    for person in list(work.connection.scalars(_PEOPLE)):
        work.connection.execute(_ME, {"person": str(person)})
        yield from _streamed(work, own, {"person": person})
    work.connection.execute(_ME, {"person": ""})
    yield from _streamed(work, text(f"{_rows(kind).text} WHERE l.kind IS NULL AND {_NOBODYS}"))


def one(work: Work, kind: Kind, name: str) -> Recorded:
    """Return a record by its name, or raise NotFoundError."""
    work.connection.execute(_EXACT)
    where = text(f"{_rows(kind).text} WHERE {record(kind, 'n')} = :name")
    row = work.connection.execute(where, {"name": name}).one_or_none()
    if row is None:
        raise NotFoundError(kind.name, value=name)
    return Recorded(row.record, tuple(row.fields), row.kind, row.salt, row.commitment)


def gone(work: Work, kind: Kind) -> list[GoneRecord]:
    """Return the leaves that say that a record is there, where it is not."""
    if not kind.is_personal:
        rows = work.connection.execute(_gone(kind))
        return [GoneRecord(kind.name, *row) for row in rows]
    there = {row.record for row in recorded(work, kind)}
    rows = work.connection.execute(_told_of(kind))
    return [GoneRecord(kind.name, *row) for row in rows if row.record not in there]


def earlier_commitments(work: Work, kind: Kind, name: str) -> list[tuple[bytes, bytes]]:
    """Return salt and commitment of the leaves about a record, the newest first."""
    query = text("""
        SELECT salt, commitment FROM base.log_leaf
        WHERE record = :record AND kind = :kind AND salt IS NOT NULL ORDER BY leaf_id DESC
    """)
    rows = work.connection.execute(query, {"record": name, "kind": kind.name})
    return [(row.salt, row.commitment) for row in rows]


def story(work: Work, now: datetime) -> Story:
    """Return what events tell of records that are gone or were written anew."""
    told = Story(now)
    for row in work.connection.execute(_TOLD, {"actions": [*TELLING]}).mappings():
        told.take({name: str(value) for name, value in row.items()})
    return told


def accounts(work: Work, people: Iterable[str]) -> dict[str, Account]:
    """Return what the log shows of the accounts of people."""
    found = {}
    for person in sorted(people):
        newest = work.connection.scalar(_CREDENTIAL_LEAF, {"person": person})
        roles = work.connection.scalars(_OPEN_ROLES, {"person": int(person)})
        found[person] = Account(newest == CREDENTIAL + REMOVED, tuple(roles))
    return found


def rewritten(work: Work, kind: Kind) -> list[tuple[str, int]]:
    """Return which records of a kind that never changes have several leaves, and how many."""
    rows = work.connection.execute(_REWRITTEN, {"kind": kind.name})
    return [(row.record, row.leaves) for row in rows]


def tree(work: Work) -> Iterator[Entry]:
    """Yield every place of the tree in order."""
    rows = work.connection.execute(_TREE, execution_options=STREAMED)
    for row in rows:
        yield Entry(*row)


def sealed_leaves(work: Work) -> Iterator[LeafRow]:
    """Yield the leaf of every place of the tree in order, empty where it is gone."""
    for row in work.connection.execute(_SEALED_LEAVES, execution_options=STREAMED):
        yield LeafRow(*row)


def unsealed_leaves(work: Work) -> Iterator[LeafRow]:
    """Yield the leaves that are not in the tree, the oldest first."""
    for row in work.connection.execute(_UNSEALED_LEAVES, execution_options=STREAMED):
        yield LeafRow(*row)


def nodes(work: Work) -> Iterator[tuple[int, int, bytes]]:
    """Yield the stored hashes of complete subtrees."""
    rows = work.connection.execute(_NODES, execution_options=STREAMED)
    yield from ((level, index, node) for level, index, node in rows)


def left_out(work: Work, before: str) -> list[tuple[str, str]]:
    """Return kind and record of the leaves that ought to be in the tree and are not."""
    return [(r.kind, r.record) for r in work.connection.execute(_LEFT_OUT, {"before": before})]


def without_event(work: Work) -> list[tuple[str, str]]:
    """Return what was changed, the triggers standing, by somebody who left no audit event."""
    found = work.connection.execute(_UNTOLD, {"kinds": [*ALWAYS_TOLD]})
    return [(row.kind.partition(".")[0], row.record) for row in found]


def checkpoints(work: Work) -> list[tuple[int, bytes, str, str]]:
    """Return size, root, note and bound of every checkpoint, the oldest first."""
    return [
        (r.size, r.root, r.note, r.sealed_before) for r in work.connection.execute(_CHECKPOINTS)
    ]


def _streamed(
    work: Work, query: TextClause, values: Mapping[str, int] | None = None
) -> Iterator[Recorded]:
    for row in work.connection.execute(query, values or {}, execution_options=STREAMED):
        yield Recorded(row.record, tuple(row.fields), row.kind, row.salt, row.commitment)


def _rows(kind: Kind) -> TextClause:
    return text(f"""
        SELECT {record(kind, "n")} AS record, ARRAY[{", ".join(as_text(kind, "n"))}] AS fields,
               l.kind, l.salt, l.commitment
        FROM {kind.table} n LEFT JOIN LATERAL (
            SELECT kind, salt, commitment FROM base.log_leaf
            WHERE record = {record(kind, "n")} AND kind IN ({_names(kind)})
            ORDER BY leaf_id DESC LIMIT 1
        ) l ON true
    """)


def _gone(kind: Kind) -> TextClause:
    return text(f"""
        SELECT * FROM ({_told_of(kind).text}) l
        WHERE NOT EXISTS (SELECT FROM {kind.table} n WHERE {record(kind, "n")} = l.record)
    """)


def _told_of(kind: Kind) -> TextClause:
    """Return the query for the records whose newest leaf does not say that they were removed."""
    return text(f"""
        SELECT l.record, (
            SELECT min(e.position) FROM base.log_leaf f JOIN base.log_entry e USING (leaf_id)
            WHERE f.record = l.record AND f.kind = '{kind.name}'
        ) AS first_place, (
            SELECT count(*) FILTER (WHERE f.kind = '{kind.name}')
                 - count(*) FILTER (WHERE f.kind <> '{kind.name}')
            FROM base.log_leaf f WHERE f.record = l.record AND f.kind IN ({_names(kind)})
        ) AS leaves, l.salt, l.commitment FROM (
            SELECT DISTINCT ON (record) record, kind, salt, commitment FROM base.log_leaf
            WHERE kind IN ({_names(kind)}) ORDER BY record, leaf_id DESC
        ) l WHERE l.kind = '{kind.name}' ORDER BY l.record
    """)


def _names(kind: Kind) -> str:
    return f"'{kind.name}', '{kind.name}.removed'" if kind.removable else f"'{kind.name}'"
