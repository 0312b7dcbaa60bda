"""Fonts inside a Word file, so that it looks the same where they are not installed.

ECMA-376 part 1, 17.8.1: the first 32 bytes are exclusive-ored with a key that the font table names.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5
from xml.sax.saxutils import quoteattr

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement

from services.reports.fonts import Cut

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
FONT_RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/font"
_MASKED_BYTES = 32


def embed(document: Any, fonts: Iterable[Cut]) -> None:
    """Put TrueType fonts into a document under their names."""
    table = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    entries = []
    for number, font in enumerate(fonts, 1):
        key = font_key(font.content)
        name = PackURI(f"/word/fonts/font{number}.odttf")
        part = Part(name, CONTENT_TYPE, masked(font.content, key), table.package)
        entries.append(_entry(font, table.relate_to(part, FONT_RELATIONSHIP), key))
    table._blob = _font_table(entries)
    settings = document.settings.element
    # Their place in the order that the schema fixes is right after the zoom.
    place = 1 + max((i for i, e in enumerate(settings) if e.tag.endswith("}zoom")), default=-1)
    settings.insert(place, OxmlElement("w:saveSubsetFonts"))
    settings.insert(place, OxmlElement("w:embedTrueTypeFonts"))


def font_key(content: bytes) -> UUID:
    """Return the key of a font: equal fonts have equal keys, so that files stay equal."""
    return uuid5(NAMESPACE_OID, content.hex())


def masked(content: bytes, key: UUID) -> bytes:
    """Return the font masked, or a masked one as it was."""
    mask = (key.bytes[::-1] * 2)[:_MASKED_BYTES]
    head = bytes(a ^ b for a, b in zip(content[:_MASKED_BYTES], mask, strict=True))
    return head + content[_MASKED_BYTES:]


def _entry(font: Cut, relationship: str, key: UUID) -> str:
    return (
        f"<w:font w:name={quoteattr(font.name)}><w:altName w:val={quoteattr(font.family)}/>"
        '<w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="variable"/>'
        f'<w:embedRegular r:id="{relationship}" w:fontKey="{{{str(key).upper()}}}"/>'
        "</w:font>"
    )


def _font_table(entries: list[str]) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        f"{''.join(entries)}</w:fonts>"
    ).encode()
