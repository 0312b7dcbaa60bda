"""What a page tells of the transparency log: who cosigned, where a record or a place stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from services.data.work import Work

_COSIGNED = text("""
    SELECT DISTINCT ON (witness) witness, size, cosigned_at FROM base.log_cosignature
    ORDER BY witness, size DESC
""")
_LEAVES = """
    SELECT l.kind, l.record, l.commitment, l.recorded_at, e.position
    FROM base.log_leaf l LEFT JOIN base.log_entry e ON e.leaf_id = l.leaf_id
"""
# A change and a removal are leaves of their own.
_OF_RECORD = text(f"""
    {_LEAVES} WHERE l.record = :record AND l.kind IN (:kind, :kind || '.removed')
    ORDER BY l.leaf_id DESC LIMIT :most
""")
_AT = text(f"{_LEAVES} WHERE e.position = :position")


@dataclass(frozen=True, slots=True)
class Cosigned:
    """The newest checkpoint that a witness cosigned."""

    witness: str
    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PlacedLeaf:
    """A leaf without its salt; no position while it is not sealed."""

    kind: str
    record: str
    commitment: bytes
    recorded_at: datetime
    position: int | None


def cosigned(work: Work) -> tuple[Cosigned, ...]:
    """Return for each witness the newest checkpoint that it cosigned."""
    return tuple(Cosigned(*row) for row in work.connection.execute(_COSIGNED))


def leaves_of(work: Work, kind: str, record: str, most: int = 50) -> tuple[PlacedLeaf, ...]:
    """Return the leaves about a record within the scope, the newest first."""
    found = work.connection.execute(_OF_RECORD, {"kind": kind, "record": record, "most": most})
    return tuple(PlacedLeaf(*row) for row in found)


def leaf_at(work: Work, position: int) -> PlacedLeaf | None:
    """Return the leaf at a place of the tree, or None."""
    row = work.connection.execute(_AT, {"position": position}).one_or_none()
    return None if row is None else PlacedLeaf(*row)
