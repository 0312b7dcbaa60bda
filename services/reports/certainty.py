"""How complete, estimated and uncertain the totals are, and what has no number (5.2.1 b)."""

from __future__ import annotations

from services.accounting.bands import SOURCE, TOTAL, Band, Contribution, Group
from services.formatting import UNKNOWN, months_text, percent
from services.i18n.texts import t
from services.reports.material import Material, row_number, word
from services.reports.model import (
    Block,
    Cell,
    Column,
    Row,
    Section,
    TableBlock,
    TextBlock,
    mass,
    share,
)
from services.reports.text import printable
from services.standards.missing import COUNTED, NOTATIONS, Quality, quality_of
from services.standards.results import MissingRecord

CERTAINTY = "certainty"
BANDS = "bands"
MISSING, MONTHS = "missing", "missing_months"
CONTRIBUTIONS = "contributions"
MOST_CONTRIBUTIONS = 10
# What rounds to 0.0 % says nothing.
SMALLEST_SHARE = 0.0005
_TOTALS = (
    ("direct", ("direct",)),
    ("deducted", ("deduct",)),
    ("indirect", ("indirect",)),
    ("total", COUNTED),
)


def certainty_section(material: Material) -> Section:
    """Return how complete and how uncertain the totals are, and what makes them so."""
    blocks: list[Block] = [certainty_table(material), *_gaps(material)]
    if material.certainty.uncertainty:
        blocks += [
            TextBlock((t("report.certainty.method"),)),
            bands_table(material),
            contributions_table(material),
        ]
    elif material.certainty.why_unknown:
        blocks.append(TextBlock((printable(material.certainty.why_unknown),)))
    return Section(t("report.section.certainty"), tuple(blocks))


def certainty_table(material: Material) -> TableBlock:
    """Return for each total what of it is known, estimated and uncertain."""
    return TableBlock(
        CERTAINTY,
        t("report.table.certainty"),
        (
            Column(t("report.column.figure"), 0.22),
            Column(t("report.column.co2e"), 0.18, is_number=True),
            Column(t("report.column.half_width_t"), 0.18, is_number=True),
            Column(t("report.column.half_width"), 0.14, is_number=True),
            Column(t("report.column.completeness"), 0.14, is_number=True),
            Column(t("report.column.estimated_share"), 0.14, is_number=True),
        ),
        tuple(_total(material, name, scopes) for name, scopes in _TOTALS),
        note=t("report.note.certainty"),
    )


def bands_table(material: Material) -> TableBlock:
    """Return the interval of each source and of the total."""
    bands = material.certainty.bands
    groups = [group for group in bands if group[0] == SOURCE]
    rows = [_band(material.source(group[1]), bands[group]) for group in groups]
    closing = _band(t("report.total.total"), bands[TOTAL], is_total=True)
    return TableBlock(
        BANDS,
        t("report.table.bands"),
        (
            Column(t("report.column.source"), 0.32),
            Column(t("report.column.co2e"), 0.18, is_number=True),
            Column(t("uncertainty.low"), 0.18, is_number=True),
            Column(t("uncertainty.high"), 0.18, is_number=True),
            Column(t("report.column.half_width"), 0.14, is_number=True),
        ),
        (*rows, closing),
    )


def missing_table(material: Material) -> TableBlock:
    """Return the rows of the entry without a number, and why."""
    return TableBlock(
        MISSING,
        t("uncertainty.missing"),
        (
            Column(t("report.column.row"), 0.08, is_number=True),
            Column(t("report.column.source_item"), 0.34),
            Column(t("uncertainty.why"), 0.20),
            Column(t("uncertainty.note"), 0.38),
        ),
        tuple(_missing(material, record) for record in material.summary.missing),
    )


def months_table(material: Material) -> TableBlock:
    """Return what is entered by month, and the months that nothing is said of."""
    return TableBlock(
        MONTHS,
        t("uncertainty.months"),
        (
            Column(t("report.column.source_item"), 0.4),
            Column(t("uncertainty.months"), 0.6),
        ),
        tuple(
            Row((_what(material, each.source, each.item), months_text(each.months)))
            for each in material.result.missing_months
        ),
        note=t("uncertainty.months_hint"),
    )


def contributions_table(material: Material) -> TableBlock:
    """Return the quantities that make most of the variance of the total."""
    found = material.certainty.uncertainty
    told = found.contributions[:MOST_CONTRIBUTIONS] if found else ()
    return TableBlock(
        CONTRIBUTIONS,
        t("uncertainty.contributions"),
        (
            Column(t("uncertainty.quantity"), 0.30),
            Column(t("report.column.origin"), 0.10),
            Column(t("report.column.half_width"), 0.12, is_number=True),
            Column(t("uncertainty.rule"), 0.34),
            Column(t("uncertainty.share"), 0.14, is_number=True),
        ),
        tuple(_contribution(material, each) for each in told if each.share >= SMALLEST_SHARE),
    )


def _gaps(material: Material) -> list[Block]:
    summary, months = material.summary, material.result.missing_months
    if not (summary.missing or months):
        return [TextBlock((t("uncertainty.complete"),))]
    told = t("uncertainty.completeness", share=percent(summary.completeness, 0))
    tables = [missing_table(material)] if summary.missing else []
    tables += [months_table(material)] if months else []
    return [TextBlock((told,), is_lead=True), *tables]


def _total(material: Material, name: str, scopes: tuple[str, ...]) -> Row:
    is_total = name == "total"
    group: Group = TOTAL if is_total else scopes
    band, quality = material.certainty.bands.get(group), _quality(material, scopes)
    return Row(
        (
            t(f"report.total.{name}"),
            mass(getattr(material.summary, f"{name}_t")),
            mass(band.half_width_t) if band else UNKNOWN,
            _half_width(band),
            share(quality.completeness),
            share(quality.estimated_share),
        ),
        is_total,
    )


def _quality(material: Material, scopes: tuple[str, ...]) -> Quality:
    """Return what is known of a total: of the whole as it was stored with the run."""
    summary = material.summary
    if scopes == COUNTED and summary.estimated_share is not None:
        return Quality(summary.completeness, summary.estimated_share)
    return quality_of(material.result.lines, summary.missing, summary.days, scopes)


def _half_width(band: Band | None) -> Cell:
    return UNKNOWN if band is None or band.share is None else share(band.share)


def _band(label: str, band: Band, is_total: bool = False) -> Row:
    ends = mass(band.value_t), mass(band.low_t), mass(band.high_t)
    return Row((label, *ends, _half_width(band)), is_total)


def _missing(material: Material, record: MissingRecord) -> Row:
    name = f"{NOTATIONS[record.notation]} {t(f'notation.{record.notation}.name')}"
    what = _what(material, record.source, record.item)
    return Row((row_number(record.record), what, name, printable(record.note) or UNKNOWN))


def _contribution(material: Material, found: Contribution) -> Row:
    name = material.symbol(found.source, found.symbol)
    return Row(
        (
            f"{printable(found.symbol)} {name} · {_what(material, found.source, found.item)}",
            word("origin", found.origin),
            share(found.half_width),
            printable(str(found.rule)) or t("uncertainty.given"),
            share(found.share),
        )
    )


def _what(material: Material, source: str, item: str) -> str:
    name = material.source(source)
    return f"{name} · {material.item(source, item)}" if item else name
