"""Evidence files of an organization's year, by the SHA-256 of their content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO

from sqlalchemy import (
    Integer,
    LargeBinary,
    Row,
    Select,
    column,
    delete,
    func,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from services.data.collected_tables import activity, attachment, own_value, submission
from services.data.evidence_files import FILES, Attachment, files_in
from services.data.identity_tables import person
from services.data.organizations import Organization
from services.data.work import Work
from services.errors import NotFoundError

# A file goes to a table that is ours alone for a moment, piece by piece: as one value it would
# stand in the memory of this process several times.
# At a DROP the driver forgets all that the connection has prepared, so the table ends by itself.
_TAKE_IN = """
    CREATE TEMPORARY TABLE IF NOT EXISTS incoming_piece (place integer, piece bytea)
    ON COMMIT DROP
"""
_TAKE_PIECE = "INSERT INTO incoming_piece VALUES (%s, %b)"
_PIECES = table("incoming_piece", column("place", Integer), column("piece", LargeBinary))
_WHOLE = select(
    func.string_agg(
        _PIECES.c.piece, aggregate_order_by(literal_column("''::bytea"), _PIECES.c.place)
    )
).scalar_subquery()
PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class NewAttachment:
    """A file for a year, by whom and when; `kind` is what its content is: pdf, png, jpg …"""

    year: int
    name: str
    kind: str
    size: int
    sha256: str
    content: BinaryIO
    added_by: int
    added_at: datetime


def add(work: Work, organization: Organization, new: NewAttachment) -> Attachment:
    """Store a file; one of the same content that is there already stays as it is."""
    key = organization.organization_id
    kept = of_year(work, key, new.year).get(new.sha256)
    if kept is not None:
        return kept
    _take_in(work, new)
    told = (name for name in NewAttachment.__dataclass_fields__ if name != "content")
    values = {"organization_id": key, "access_path": organization.access_path}
    values |= {name: getattr(new, name) for name in told}
    given = [literal(value, attachment.c[name].type) for name, value in values.items()]
    row = select(*given, _WHOLE)
    work.connection.execute(
        insert(attachment).from_select([*values, "content"], row).on_conflict_do_nothing()
    )
    work.connection.exec_driver_sql("TRUNCATE incoming_piece")
    return get(work, key, new.year, new.sha256)


def _take_in(work: Work, new: NewAttachment) -> None:
    """Bring a file's content to the database piece by piece."""
    driver: Any = work.connection.connection.driver_connection
    driver.execute(_TAKE_IN)
    new.content.seek(0)
    for place, piece in enumerate(iter(partial(new.content.read, PIECE), b"")):
        driver.execute(_TAKE_PIECE, (place, piece), prepare=False)


def get(work: Work, organization_id: int, year: int, sha256: str) -> Attachment:
    """Return what is known of a file, or raise NotFoundError."""
    found = of_year(work, organization_id, year).get(sha256)
    if found is None:
        raise NotFoundError("file", value=sha256[:12])
    return found


def of_year(work: Work, organization_id: int, year: int) -> Mapping[str, Attachment]:
    """Return the files of a year by their SHA-256, in the order in which they came."""
    query = _query().where(
        attachment.c.organization_id == organization_id, attachment.c.year == year
    )
    rows = work.connection.execute(query.order_by(attachment.c.added_at, attachment.c.sha256))
    return {row.sha256: _attachment(row) for row in rows}


def named_by(
    work: Work, place: tuple[int, int], rows: Iterable[Mapping[str, object]]
) -> Mapping[str, Attachment]:
    """Return the files that rows of an organization's year name; nothing is asked for no name."""
    named = {sha256 for cells in rows for sha256 in files_in(cells)}
    kept = of_year(work, *place) if named else {}
    return {sha256: file for sha256, file in kept.items() if sha256 in named}


def content_of(work: Work, file: Attachment) -> bytes:
    """Return the bytes of a file."""
    content: bytes = work.connection.execute(
        select(attachment.c.content).where(
            attachment.c.organization_id == file.organization_id,
            attachment.c.year == file.year,
            attachment.c.sha256 == file.sha256,
        )
    ).scalar_one()
    return content


def remove_unused(work: Work, organization_id: int, year: int) -> list[tuple[str, str]]:
    """Remove the files of a year that neither a submission nor an own value names.

    Return hash and name of each.
    """
    named = (
        select(1)
        .join(
            submission,
            (submission.c.organization_id == activity.c.organization_id)
            & (submission.c.submission_id == activity.c.submission_id),
        )
        .where(
            activity.c.organization_id == organization_id,
            submission.c.organization_id == organization_id,
            submission.c.year == year,
            func.strpos(activity.c.cells[FILES].astext, attachment.c.sha256) > 0,
        )
        .correlate(attachment)
    )
    behind_values = (
        select(1)
        .where(
            own_value.c.organization_id == organization_id,
            own_value.c.file_year == year,
            attachment.c.sha256 == func.any(own_value.c.files),
        )
        .correlate(attachment)
    )
    gone = (
        delete(attachment)
        .where(
            attachment.c.organization_id == organization_id,
            attachment.c.year == year,
            ~named.exists(),
            ~behind_values.exists(),
        )
        .returning(attachment.c.sha256, attachment.c.name)
    )
    return [(row.sha256, row.name) for row in work.connection.execute(gone)]


def _query() -> Select[Any]:
    told = (column for column in attachment.c if column.name not in ("content", "access_path"))
    return select(*told, person.c.name.label("added_by_name")).join(
        person, person.c.person_id == attachment.c.added_by
    )


def _attachment(row: Row[Any]) -> Attachment:
    names = Attachment.__dataclass_fields__
    return Attachment(**{name: getattr(row, name) for name in names})
