"""The totals: with and without indirect emissions, by source, by gas, and what is drawn of them."""

from __future__ import annotations

from services.i18n.texts import t
from services.reports.breakdown import by_gas, by_source
from services.reports.heat_power import heat_power_table
from services.reports.material import Material, word
from services.reports.model import (
    Bar,
    Block,
    ChartBlock,
    Column,
    Row,
    Section,
    TableBlock,
    TextBlock,
    entered,
    mass,
    share,
)
from services.reports.months import months_table
from services.reports.text import gas_text

TOTALS = "totals"
SOURCES = "sources"
GASES = "gases"
MEMO = "memo"


def summary_section(material: Material) -> Section:
    """Return the section of totals."""
    blocks: list[Block] = [
        totals_table(material),
        _scope_chart(material),
        sources_table(material),
        _source_chart(material),
        gases_table(material),
    ]
    if material.summary.by_month:
        blocks.append(months_table(material))
    if material.summary.memo:
        blocks.append(memo_table(material))
    if material.heat_power:
        blocks.append(heat_power_table(material.heat_power))
    blocks.append(TextBlock((t("report.rounding"),)))
    return Section(t("report.section.summary"), tuple(blocks), starts_page=True)


def totals_table(material: Material) -> TableBlock:
    """Return direct, deducted and indirect emissions and both totals."""
    summary = material.summary
    rows = (
        ("direct", summary.direct_t, False),
        ("deducted", summary.deducted_t, False),
        ("without_indirect", summary.direct_t - summary.deducted_t, True),
        ("indirect", summary.indirect_t, False),
        ("total", summary.total_t, True),
    )
    return TableBlock(
        TOTALS,
        t("report.table.totals"),
        (
            Column(t("report.column.figure"), 0.36),
            Column(t("report.column.co2e"), 0.24, is_number=True),
            Column(t("report.column.meaning"), 0.40),
        ),
        tuple(
            Row((t(f"report.total.{key}"), mass(value), t(f"report.meaning.{key}")), is_total)
            for key, value, is_total in rows
        ),
    )


def sources_table(material: Material) -> TableBlock:
    """Return what each source adds, with its share of the total."""
    total = material.summary.total_t
    rows = [
        Row(
            (
                material.source(found.source),
                word("scope", found.emission_scope),
                mass(found.co2e_t),
                share(found.co2e_t / total) if total else "—",
            )
        )
        for found in by_source(material.result.lines)
    ]
    closing = Row((t("report.total.total"), "", mass(total), share(1) if total else "—"), True)
    return TableBlock(
        SOURCES,
        t("report.table.sources"),
        (
            Column(t("report.column.source"), 0.40),
            Column(t("report.column.scope"), 0.20),
            Column(t("report.column.co2e"), 0.24, is_number=True),
            Column(t("report.column.share"), 0.16, is_number=True),
        ),
        (*rows, closing),
    )


def gases_table(material: Material) -> TableBlock:
    """Return what each gas adds, by the way it counts."""
    return TableBlock(
        GASES,
        t("report.table.gases"),
        (
            Column(t("report.column.gas"), 0.12),
            Column("GWP", 0.12, is_number=True),
            Column(t("report.total.direct"), 0.19, is_number=True),
            Column(t("report.total.deducted"), 0.19, is_number=True),
            Column(t("report.total.indirect"), 0.19, is_number=True),
            Column(t("report.total.total"), 0.19, is_number=True),
        ),
        tuple(
            Row(
                (
                    gas_text(found.gas),
                    entered(found.gwp),
                    mass(found.direct_t),
                    mass(found.deducted_t),
                    mass(found.indirect_t),
                    mass(found.total_t),
                )
            )
            for found in by_gas(material.result.lines)
        ),
        note=t("report.note.gases"),
    )


def memo_table(material: Material) -> TableBlock:
    """Return what is reported beside the total and is no part of it."""
    return TableBlock(
        MEMO,
        t("report.table.memo"),
        (
            Column(t("report.column.figure"), 0.70),
            Column(t("report.column.tonnes"), 0.30, is_number=True),
        ),
        tuple(
            Row((word("memo", key), mass(value))) for key, value in material.summary.memo.items()
        ),
        note=t("report.note.memo"),
    )


def _scope_chart(material: Material) -> ChartBlock:
    summary = material.summary
    figures = (
        ("direct", summary.direct_t),
        ("deducted", -summary.deducted_t),
        ("indirect", summary.indirect_t),
        ("total", summary.total_t),
    )
    bars = tuple(
        Bar(t(f"report.total.{key}"), value, key)
        for key, value in figures
        if value or key != "deducted"
    )
    return _chart(material, "scopes", TOTALS, bars)


def _source_chart(material: Material) -> ChartBlock:
    bars = tuple(
        Bar(material.source(found.source), found.co2e_t, _role(found.source))
        for found in by_source(material.result.lines)
    )
    return _chart(material, SOURCES, SOURCES, bars)


def _chart(material: Material, key: str, table_key: str, bars: tuple[Bar, ...]) -> ChartBlock:
    caption = t(f"report.figure.{key}", name=material.subject_name, year=material.summary.year)
    values = "; ".join(f"{bar.label} {mass(bar.value_t).text()}" for bar in bars)
    alternative = f"{caption}: {values} ({t('report.tonnes_co2e')})"
    return ChartBlock(key, caption, table_key, t("report.tonnes_co2e"), bars, alternative)


def _role(source: str) -> str:
    if source.startswith("el_"):
        return "electricity"
    if source.startswith("ht_"):
        return "heat"
    return "fuel" if "fuel" in source else "process"
