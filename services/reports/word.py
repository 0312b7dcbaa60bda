"""The report as a Word file, to be edited and signed; its fonts are inside."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from services.reports.charts import Picture
from services.reports.fonts import SANS, SERIF, FontStore
from services.reports.model import (
    Block,
    CalculationBlock,
    ChartBlock,
    FormulaBlock,
    ReportModel,
    SignatureBlock,
    TableBlock,
    TextBlock,
)
from services.reports.word_fonts import embed
from services.reports.word_pieces import (
    PAGE_WIDTH_TWIPS,
    STRONG_STYLE,
    Look,
    formula_paragraph,
    paragraph,
    table,
    table_of,
    text_row,
)

BRAND, ALARM, MUTED = "0E7C5B", "BF3F2B", "5B6B63"
# Family, size in points and colour of every style that is used; 0 and "" leave it as it is.
STYLES = {
    "Normal": (SERIF, 10.5, ""),
    "Title": (SANS, 26, "14201B"),
    "Heading 1": (SANS, 15, BRAND),
    "Heading 2": (SANS, 10.5, "14201B"),
    "Caption": (SANS, 9.5, "14201B"),
    "Header": (SANS, 8.5, MUTED),
    "Footer": (SANS, 8.5, MUTED),
    STRONG_STYLE: (SANS, 0, ""),
}
_CAPTION = Look("Caption", "center", keep_next=True)
_NOTE = Look(size=17, colour=MUTED, before=40)
_SMALL = Look(size=17, colour=MUTED, indent=480, before=0)
_SIGNATURE_WIDTHS = [3000, 1900, 2612, 1900]


def write_word(report: ReportModel, pictures: Mapping[str, Picture], store: FontStore) -> bytes:
    """Return the report as docx; `pictures` are the charts by key."""
    document = Document()
    _set_page(document, report)
    _set_styles(document, report.language)
    _add_cover(document, report)
    for number, section in enumerate(report.sections):
        heading = document.add_heading(section.title, 1)
        heading.paragraph_format.page_break_before = section.starts_page or number == 0
        for block in section.blocks:
            _add_block(document, block, pictures)
    _set_properties(document, report)
    _set_fonts(document, store)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def _add_cover(document: Any, report: ReportModel) -> None:
    cover = report.cover
    _append(
        document, paragraph(cover.title, Look("Title", "center", 52, is_strong=True, before=1400))
    )
    _append(document, paragraph(cover.subject, Look(align="center", size=32, is_strong=True)))
    _append(document, paragraph(cover.period, Look(align="center", size=26, colour=MUTED)))
    if cover.mark:
        look = Look(align="center", size=28, colour=ALARM, is_strong=True, after=600)
        _append(document, paragraph(cover.mark, look))
    widths = [2300, PAGE_WIDTH_TWIPS - 2300]
    looks = [Look(size=19, colour=MUTED), Look(size=19)]
    rows = [text_row(list(fact), widths, looks) for fact in cover.facts]
    _append(document, table_of(rows, widths))


def _add_block(document: Any, block: Block, pictures: Mapping[str, Picture]) -> None:
    match block:
        case ChartBlock():
            _add_picture(document, block, pictures[block.key].png)
        case _:
            for xml in _pieces(block):
                _append(document, xml)


def _pieces(block: Block) -> Iterator[str]:
    match block:
        case TableBlock():
            yield paragraph(block.caption, _CAPTION)
            yield table(block)
            yield paragraph(block.note, _NOTE)
        case TextBlock():
            look = Look("ListBullet") if block.is_list else Look(keep_next=block.is_lead)
            yield from (paragraph(text, look) for text in block.paragraphs)
        case FormulaBlock():
            yield paragraph(block.heading, Look("Heading2"))
            yield formula_paragraph(block.formula)
            yield paragraph(block.terms, _SMALL)
        case CalculationBlock():
            yield from _calculation(block)
        case SignatureBlock():
            yield from _signature(block)


def _calculation(block: CalculationBlock) -> Iterator[str]:
    yield paragraph(block.heading, Look("Heading2"))
    yield formula_paragraph(block.formula)
    yield formula_paragraph(block.numbers, before="= ")
    yield paragraph(block.result, Look(indent=480, is_strong=True))
    yield from (paragraph(f"※ {remark}", _SMALL) for remark in block.remarks)


def _signature(block: SignatureBlock) -> Iterator[str]:
    yield paragraph(block.statement)
    head = [Look(is_strong=True)] * len(block.labels)
    rows = [text_row(list(block.labels), _SIGNATURE_WIDTHS, head)]
    for role, name in block.signers:
        rows.append(text_row([role, name, "", ""], _SIGNATURE_WIDTHS, [Look()] * 4, height=850))
    yield table_of(rows, _SIGNATURE_WIDTHS, grid=True)
    yield paragraph(block.seal, Look(indent=4400, before=700, after=1500))
    yield paragraph("_" * 36, Look(indent=4400, colour=MUTED))


def _add_picture(document: Any, chart: ChartBlock, png: bytes) -> None:
    holder = document.add_paragraph()
    holder.paragraph_format.keep_with_next = True
    picture = holder.add_run().add_picture(io.BytesIO(png), width=Mm(160))
    picture._inline.docPr.set("descr", chart.alternative)
    _append(document, paragraph(chart.caption, Look("Caption", "center", after=240)))


def _append(document: Any, xml: str) -> None:
    # Before the section's own settings, which close the body.
    document.element.body.insert(len(document.element.body) - 1, parse_xml(xml))


def _set_page(document: Any, report: ReportModel) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(22)
    section.top_margin, section.bottom_margin = Mm(26), Mm(22)
    header = section.header.paragraphs[0]
    header.text = report.header
    document.styles["Header"].paragraph_format.tab_stops.clear_all()
    header.paragraph_format.tab_stops.add_tab_stop(Mm(166), 2)
    mark = header.add_run(f"\t{report.mark}" if report.mark else "")
    mark.font.color.rgb = RGBColor.from_string(ALARM)
    _set_footer(section.footer.paragraphs[0], report.page_label)


def _set_footer(footer: Any, label: str) -> None:
    footer.alignment = 1
    before, rest = label.split("{n}")
    between, after = rest.split("{total}")
    for text, field in ((before, "PAGE"), (between, "NUMPAGES"), (after, "")):
        footer.add_run(text)
        if field:
            shown = "<w:r><w:t>1</w:t></w:r>"
            xml = f'<w:fldSimple {nsdecls("w")} w:instr="{field}">{shown}</w:fldSimple>'
            footer._p.append(parse_xml(xml))


def _set_styles(document: Any, language: str) -> None:
    styles = document.styles
    strong = styles.add_style(STRONG_STYLE, WD_STYLE_TYPE.CHARACTER)
    strong.font.bold = True
    for name, (_, size, colour) in STYLES.items():
        style = styles[name]
        if size:
            style.font.size = Pt(size)
        if colour:
            style.font.color.rgb = RGBColor.from_string(colour)
    styles["Normal"].paragraph_format.space_after = Pt(5)
    styles["Heading 2"].paragraph_format.keep_with_next = True
    _set_language(styles, language)
    border = styles["Title"].element.pPr.find(qn("w:pBdr"))
    if border is not None:
        styles["Title"].element.pPr.remove(border)


def _set_fonts(document: Any, store: FontStore) -> None:
    """Cut the fonts to the text written so far, name them in the styles, and embed them."""
    text = _text_of(document)
    cuts = {family: store.cut(family, text) for family in (SERIF, SANS)}
    for name, (family, _, _) in STYLES.items():
        _set_family(document.styles[name], cuts[family].name)
    embed(document, cuts.values())


def _set_family(style: Any, family: str) -> None:
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]  # theme fonts would win over named ones
    for name in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{name}"), family)


def _set_language(styles: Any, language: str) -> None:
    defaults = styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    found = defaults.find(qn("w:lang"))
    tag = found if found is not None else OxmlElement("w:lang")
    tag.set(qn("w:val"), "en-GB" if language == "en" else "zh-CN")
    tag.set(qn("w:eastAsia"), "zh-CN")
    if found is None:
        defaults.append(tag)


def _set_properties(document: Any, report: ReportModel) -> None:
    properties = document.core_properties
    properties.title = report.header[:255]
    properties.author = properties.last_modified_by = report.cover.subject[:255]
    properties.language = report.language
    properties.comments = str(report.run_id)
    properties.category = report.label
    instant = report.issued_at.astimezone(UTC).replace(tzinfo=None)
    properties.created = properties.modified = instant


def _text_of(document: Any) -> str:
    parts = [document.element.body, *(s.header._element for s in document.sections)]
    parts += [s.footer._element for s in document.sections]
    written = "".join("".join(part.itertext()) for part in parts)
    # Page numbers are filled in by Word, and small changes by hand should find their letters.
    letters = "".join(map(chr, range(32, 127)))
    return "".join(sorted(set(written + letters + "•，。、：；（）“”")))
