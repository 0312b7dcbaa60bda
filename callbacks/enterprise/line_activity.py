"""From a result and one of its lines to the rows it was made from (5.2.1 b)."""

from __future__ import annotations

from collections.abc import Iterator

from components.panels.line_activity import ActivityRecord, FileLink, TypedCell
from components.panels.units import unit_text
from services.accounting.results import ActivityRow, RunResult
from services.data.evidence_files import Attachment, files_in
from services.formatting import UNKNOWN, data_size, datetime_text, exact
from services.i18n.texts import has_text, t
from services.reports.line_lineage import typed_cells
from services.reports.material import Material
from services.standards.balance_forms import PREFIX
from services.standards.results import EmissionLine

# The cell that says on which side of a balance a stream stands: in or out.
SIDE = "key"
ORIGIN = "origin"
# Of a hash, what a person compares at a glance; the whole stands in the evidence bundle.
HASH_LETTERS = 12


def records_of(material: Material, line: EmissionLine) -> tuple[ActivityRecord, ...]:
    """Return the rows behind a line: one, or every stream of a balance."""
    result = material.result
    return tuple(_record(material, line, row, stream) for row, stream in _rows_behind(result, line))


def _rows_behind(result: RunResult, line: EmissionLine) -> Iterator[tuple[ActivityRow, str]]:
    """Yield each row with how its quantities are named on the line: in[0]. for a stream."""
    if not any("]." in symbol for symbol in line.inputs):
        yield from ((row, "") for row in result.activity if row.record == line.record)
        return
    counts: dict[str, int] = {}
    for row in result.activity:
        side = row.cells.get(SIDE, "")
        if row.source != line.source or not side:
            continue
        yield row, f"{side}[{counts.get(side, 0)}]."
        counts[side] = counts.get(side, 0) + 1


def _record(
    material: Material, line: EmissionLine, row: ActivityRow, stream: str
) -> ActivityRecord:
    filing = material.result.filing
    kept = material.result.files
    return ActivityRecord(
        row=row.record + 1,
        entered=_entered(material.result),
        cells=tuple(
            _cell(material, line, (row, stream), symbol) for symbol in typed_cells(row.cells)
        ),
        note=row.note,
        files=tuple(_file(kept[name]) for name in files_in(row.cells) if name in kept),
        mark=t(
            "result.activity.mark",
            submission=str(filing.submission_id),
            hash=filing.rows_hash[:HASH_LETTERS] or UNKNOWN,
        ),
    )


def _entered(result: RunResult) -> str:
    filing = result.filing
    key = f"result.activity.channels.{filing.channel}"
    return t(
        "result.activity.entered",
        name=filing.submitted_by.name,
        at=datetime_text(filing.submitted_at),
        channel=t(key) if has_text(key) else filing.channel,
    )


def _cell(
    material: Material, line: EmissionLine, place: tuple[ActivityRow, str], symbol: str
) -> TypedCell:
    row, stream = place
    given = line.inputs.get(stream + symbol)
    column = f"entry.columns.{symbol}"
    return TypedCell(
        # The code of a balance's term stands in no formula, so that its name says enough.
        symbol="" if has_text(column) or symbol.startswith(PREFIX) else symbol,
        name=t(column) if has_text(column) else material.symbol(row.source, symbol),
        typed=_typed(row, symbol),
        understood=f"{exact(given.value)} {unit_text(given.unit)}" if given else UNKNOWN,
    )


def _typed(row: ActivityRow, symbol: str) -> str:
    key = f"entry.origins.{row.cells[symbol]}"
    return t(key) if symbol == ORIGIN and has_text(key) else row.cells[symbol]


def _file(file: Attachment) -> FileLink:
    place = f"{file.organization_id}/{file.year}/{file.sha256}"
    return FileLink(
        name=file.name,
        href=f"/download/file/{place}",
        size=data_size(file.size),
        added=t("result.activity.added", name=file.added_by_name, at=datetime_text(file.added_at)),
        sha256=file.sha256,
    )
