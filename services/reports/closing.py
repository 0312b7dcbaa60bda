"""Quality of the data, remarks, and the page to be signed."""

from __future__ import annotations

from services.data.evidence_files import files_in
from services.i18n.texts import t
from services.reports.inputs import use_cells, used_values
from services.reports.material import Material, row_number
from services.reports.model import (
    Block,
    Column,
    Row,
    Section,
    SignatureBlock,
    TableBlock,
    TextBlock,
)
from services.reports.text import printable

DEFAULTS = "defaults"
NOT_MEASURED = ("default", "estimated")


def quality_section(material: Material) -> Section:
    """Return where values were not measured, what the platform remarked, and what people noted."""
    blocks: list[Block] = []
    table = defaults_table(material)
    if table.rows:
        blocks += [TextBlock((t("report.quality.defaults"),), is_lead=True), table]
    else:
        blocks.append(TextBlock((t("report.quality.no_defaults"),)))
    blocks += _list("report.quality.remarks", _remarks(material))
    blocks += _list("report.quality.notes", _notes(material))
    blocks += _list("report.quality.files", _files(material))
    return Section(t("report.section.quality"), tuple(blocks))


def defaults_table(material: Material) -> TableBlock:
    """Return every value that was a default or an estimate."""
    rows = tuple(
        Row(use_cells(material, use))
        for use in used_values(material)
        if use.value.origin in NOT_MEASURED
    )
    return TableBlock(
        DEFAULTS,
        t("report.table.defaults"),
        (
            Column(t("report.column.row"), 0.07, is_number=True),
            Column(t("report.column.source_item"), 0.22),
            Column(t("report.column.symbol"), 0.10),
            Column(t("report.column.value"), 0.11, is_number=True),
            Column(t("report.column.unit"), 0.11),
            Column(t("report.column.origin"), 0.10),
            Column(t("report.column.reference"), 0.29),
        ),
        rows,
    )


def signature_section(material: Material) -> Section:
    """Return the page to be signed."""
    filing = material.result.filing
    approver = filing.decided_by.name if filing.decided_by and material.is_approved else ""
    block = SignatureBlock(
        statement=t("report.signature.statement", name=material.subject_name),
        labels=tuple(t(f"report.signature.{key}") for key in ("role", "name", "sign", "date")),
        signers=(
            (t("report.signature.reporter"), printable(filing.submitted_by.name)),
            (t("report.signature.approver"), printable(approver)),
            (t("report.signature.representative"), ""),
        ),
        seal=t("report.signature.seal"),
    )
    return Section(t("report.section.signature"), (block,), starts_page=True)


def _remarks(material: Material) -> tuple[str, ...]:
    general = (printable(notice.text()) for notice in material.summary.warnings)
    found: dict[str, list[str]] = {}
    for line in material.result.lines:
        for notice in line.warnings:
            rows = found.setdefault(printable(notice.text()), [])
            if row_number(line.record) not in rows:
                rows.append(row_number(line.record))
    of_rows = (
        t("report.quality.remark", rows=", ".join(rows), text=text) for text, rows in found.items()
    )
    return (*general, *of_rows)


def _notes(material: Material) -> tuple[str, ...]:
    noted = tuple(
        t("report.quality.remark", rows=row_number(record), text=printable(row.note))
        for record, row in sorted(material.activity_by_record.items())
        if row.note
    )
    comment = printable(material.result.filing.comment)
    return (*noted, t("report.quality.comment", text=comment)) if comment else noted


def _files(material: Material) -> tuple[str, ...]:
    """Return each row's evidence files with their hashes."""
    kept = material.result.files
    return tuple(
        t(
            "report.quality.file",
            rows=row_number(record),
            name=printable(kept[sha256].name),
            sha256=sha256,
        )
        for record, row in sorted(material.activity_by_record.items())
        for sha256 in files_in(row.cells)
        if sha256 in kept
    )


def _list(title_key: str, entries: tuple[str, ...]) -> list[Block]:
    if not entries:
        return [TextBlock((t(title_key) + t("report.quality.none"),))]
    return [TextBlock((t(title_key),), is_lead=True), TextBlock(entries, is_list=True)]
