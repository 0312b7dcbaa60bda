"""The transparency log in the database: leaves, the tree over them, and signed checkpoints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, text

from services.algorithms.merkle import Subtree
from services.data.log_tables import log_checkpoint, log_cosignature, log_entry, log_key
from services.data.work import Work

# Any constant will do; it keeps two sealers from one tree.
_LOCK = 7_302_160_018
# Numbers of transactions are written in the query's text: the driver knows no type for them.
_FINISHED = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
_SEALED = "EXISTS (SELECT FROM base.log_entry e WHERE e.leaf_id = l.leaf_id)"
_UNSEALED = text(f"""
    SELECT l.leaf_id, l.kind, l.record, l.commitment FROM base.log_leaf l
    WHERE l.xid >= CAST(:since AS xid8) AND l.xid < CAST(:before AS xid8) AND NOT {_SEALED}
    ORDER BY l.leaf_id
""")
# A database restored from a dump counts its transactions anew. What another one left unsealed
# bears a number that is not given here yet.
_UNSEALED_AFTER_RESTORE = text(f"""
    SELECT l.leaf_id, l.kind, l.record, l.commitment FROM base.log_leaf l
    WHERE (l.xid < CAST(:before AS xid8) OR l.xid >= pg_snapshot_xmax(pg_current_snapshot()))
      AND NOT {_SEALED}
    ORDER BY l.leaf_id
""")
_WAITING = text(f"""
    SELECT count(*), min(l.recorded_at) FROM base.log_leaf l
    WHERE l.xid >= CAST(:since AS xid8) AND NOT {_SEALED}
""")
_NODES = text("""
    SELECT n.level, n.index, n.hash FROM base.log_node n
    JOIN unnest(CAST(:levels AS integer[]), CAST(:indices AS bigint[])) AS w (level, index)
      ON (n.level, n.index) = (w.level, w.index)
""")
_ENTRIES = text("""
    SELECT 0 AS level, position AS index, hash FROM base.log_entry
    WHERE position = ANY(CAST(:indices AS bigint[]))
""")
_LEAF = text("""
    SELECT l.leaf_id, l.kind, l.record, l.access_path::text AS access_path, l.salt,
           l.commitment, e.position, e.hash
    FROM base.log_leaf l LEFT JOIN base.log_entry e ON e.leaf_id = l.leaf_id
    WHERE l.record = :record AND l.kind = :kind ORDER BY l.leaf_id DESC LIMIT 1
""")
BEGINNING = "0"


@dataclass(frozen=True, slots=True)
class Unsealed:
    """A leaf that no checkpoint covers yet."""

    leaf_id: int
    kind: str
    record: str
    commitment: bytes


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf with its salt, if that is kept, and its place in the tree, if it has one."""

    leaf_id: int
    kind: str
    record: str
    access_path: str
    salt: bytes | None
    commitment: bytes
    position: int | None
    hash: bytes | None


@dataclass(frozen=True, slots=True)
class Sealed:
    """A checkpoint as it is kept; `sealed_before` is the first transaction not in it."""

    size: int
    root: bytes
    sealed_before: str
    note: str
    sealed_at: datetime


def take_lock(work: Work) -> bool:
    """Be the only sealer until the end of the transaction; False when another one is."""
    asked = text("SELECT pg_try_advisory_xact_lock(:key)")
    return bool(work.connection.scalar(asked, {"key": _LOCK}))


def finished_before(work: Work) -> str:
    """Return the number of the oldest transaction that may still commit something."""
    return str(work.connection.scalar(_FINISHED))


def unsealed(work: Work, since: str, before: str) -> list[Unsealed]:
    """Return the leaves of finished transactions that no checkpoint covers, in their order."""
    restored = int(before) < int(since)
    query = _UNSEALED_AFTER_RESTORE if restored else _UNSEALED
    values = {"before": before} if restored else {"since": since, "before": before}
    return [Unsealed(*row) for row in work.connection.execute(query, values)]


def waiting(work: Work, since: str) -> tuple[int, datetime | None]:
    """Return how many leaves are still to be sealed, and when the oldest was written."""
    count, oldest = work.connection.execute(_WAITING, {"since": since}).one()
    return count, oldest


def latest(work: Work) -> Sealed | None:
    """Return the newest checkpoint."""
    query = select(*_columns()).order_by(log_checkpoint.c.checkpoint_id.desc()).limit(1)
    row = work.connection.execute(query).one_or_none()
    return None if row is None else Sealed(*row)


def first_over(work: Work, size: int) -> Sealed | None:
    """Return the oldest checkpoint of at least a size: what is in it stays the same for ever."""
    query = (
        select(*_columns())
        .where(log_checkpoint.c.size >= size)
        .order_by(log_checkpoint.c.size, log_checkpoint.c.checkpoint_id)
        .limit(1)
    )
    row = work.connection.execute(query).one_or_none()
    return None if row is None else Sealed(*row)


def hashes(work: Work, wanted: Iterable[Subtree]) -> dict[Subtree, bytes]:
    """Return the hashes of complete subtrees."""
    asked = list(wanted)
    leaves = [index for level, index in asked if level == 0]
    nodes = [each for each in asked if each[0] > 0]
    found: dict[Subtree, bytes] = {}
    if leaves:
        rows = work.connection.execute(_ENTRIES, {"indices": leaves})
        found |= {(level, index): node for level, index, node in rows}
    if nodes:
        columns = {"levels": [level for level, _ in nodes], "indices": [i for _, i in nodes]}
        rows = work.connection.execute(_NODES, columns)
        found |= {(level, index): node for level, index, node in rows}
    return found


def append(work: Work, leaf_ids: Sequence[int], made: Mapping[Subtree, bytes], size: int) -> None:
    """Store what a batch adds to a tree of a size: its leaves, and the nodes they complete."""
    driver: Any = work.connection.connection.driver_connection
    with driver.cursor().copy("COPY base.log_entry (position, leaf_id, hash) FROM STDIN") as copy:
        for position, leaf_id in enumerate(leaf_ids, start=size):
            copy.write(f"{position}\t{leaf_id}\t\\\\x{made[0, position].hex()}\n")
    with driver.cursor().copy("COPY base.log_node (level, index, hash) FROM STDIN") as copy:
        for (level, index), found in made.items():
            if level:
                copy.write(f"{level}\t{index}\t\\\\x{found.hex()}\n")


def add_checkpoint(work: Work, size: int, root: bytes, sealed_before: str, note: str) -> None:
    """Store a signed checkpoint."""
    statement = text("""
        INSERT INTO base.log_checkpoint (size, root, sealed_before, note)
        VALUES (:size, :root, CAST(:before AS xid8), :note)
    """)
    values = {"size": size, "root": root, "before": sealed_before, "note": note}
    work.connection.execute(statement, values)


def origin(work: Work) -> str | None:
    """Return the name of this log, which it has from its first checkpoint on."""
    query = select(log_key.c.origin).order_by(log_key.c.began_at).limit(1)
    found: str | None = work.connection.scalar(query)
    return found


def keys(work: Work) -> tuple[str, ...]:
    """Return the keys that this log ever signed with, the oldest first, as published."""
    query = select(log_key.c.key).order_by(log_key.c.began_at)
    return tuple(work.connection.scalars(query))


def add_key(work: Work, key: str, name: str) -> None:
    """Write down a key that signs from now on."""
    work.connection.execute(insert(log_key).values(key=key, origin=name))


def leaf_of(work: Work, kind: str, record: str) -> Leaf | None:
    """Return the newest leaf of a record within the scope."""
    row = work.connection.execute(_LEAF, {"kind": kind, "record": record}).one_or_none()
    return None if row is None else Leaf(*row)


def position_count(work: Work) -> int:
    """Return how many leaves are in the tree."""
    query = select(log_entry.c.position).order_by(log_entry.c.position.desc()).limit(1)
    last = work.connection.scalar(query)
    return 0 if last is None else int(last) + 1


def cosignatures(work: Work, sealed: Sealed) -> tuple[str, ...]:
    """Return the lines of witnesses for a checkpoint."""
    query = (
        select(log_cosignature.c.line)
        .where(log_cosignature.c.size == sealed.size, log_cosignature.c.root == sealed.root)
        .order_by(log_cosignature.c.witness)
    )
    return tuple(work.connection.scalars(query))


def add_cosignature(
    work: Work, sealed: Sealed, witness: str, line: str, cosigned_at: datetime
) -> None:
    """Keep the first cosignature of a witness over a checkpoint."""
    statement = text("""
        INSERT INTO base.log_cosignature (size, root, witness, line, cosigned_at)
        VALUES (:size, :root, :witness, :line, :at) ON CONFLICT DO NOTHING
    """)
    values = {"size": sealed.size, "root": sealed.root, "witness": witness, "line": line}
    work.connection.execute(statement, values | {"at": cosigned_at})


def erase_salts(work: Work, kind: str, records: Sequence[str]) -> int:
    """Erase the salts of records, by the owner: what is left of their leaves tells nothing."""
    statement = text("""
        UPDATE base.log_leaf SET salt = NULL
        WHERE kind = :kind AND record = ANY(CAST(:records AS text[])) AND salt IS NOT NULL
    """)
    return work.connection.execute(statement, {"kind": kind, "records": [*records]}).rowcount


def _columns() -> tuple[Any, ...]:
    columns = log_checkpoint.c
    before = text("log_checkpoint.sealed_before::text AS sealed_before")
    return (columns.size, columns.root, before, columns.note, columns.sealed_at)
