"""What is known of an evidence file, and how a row names it: plain values, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

# The column of an entry's row, and the cell of an activity, that names its files: their hashes.
FILES = "files"


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is known of a file without reading it; `size` in bytes."""

    organization_id: int
    year: int
    sha256: str
    name: str
    kind: str
    size: int
    added_by_name: str
    added_at: datetime


def files_in(cells: Mapping[str, object]) -> tuple[str, ...]:
    """Return the SHA-256 of each file that a row names."""
    return tuple(str(cells.get(FILES) or "").split())
