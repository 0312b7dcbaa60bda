"""The rows of a CSV in the encodings that are met in China (4.2 a).

Standard library only: it runs in a process of its own with narrow limits.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from typing import Any

from services.collection.sheets.bounds import LONGEST_CELL, Budget, UnreadableError

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DELIMITERS = ",\t;"
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def read_csv(content: bytes) -> dict[str, Any]:
    """Return the rows of a CSV as a sheet without a name."""
    text = _decoded(content)
    if CONTROLS.search(text):
        raise UnreadableError("not_xlsx")
    budget = Budget()
    rows = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    for number, line in enumerate(reader, 1):
        cells = [cell.strip()[:LONGEST_CELL] for cell in line]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            budget.row()
            for column, cell in enumerate(cells):
                budget.cell(column, cell)
            rows.append([number, cells])
    return {"name": "", "rows": rows, "marks": []}


def _decoded(content: bytes) -> str:
    """Return the text of UTF-8 or UTF-16 with or without a mark, or of GB 18030 with GBK in it."""
    for bom, encoding in BOMS:
        if content.startswith(bom):
            return _decoded_as(content, (encoding,))
    # Without a mark every second byte of ASCII in UTF-16 is zero; no other encoding has zeros.
    if b"\x00" in content[:4_096]:
        little = content[1:4_096:2].count(0) >= content[:4_096:2].count(0)
        return _decoded_as(content, ("utf-16-le" if little else "utf-16-be",))
    return _decoded_as(content, ("utf-8", "gb18030"))


def _decoded_as(content: bytes, encodings: tuple[str, ...]) -> str:
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableError("encoding")


def _delimiter(text: str) -> str:
    first = next((line for line in text[:20_000].splitlines() if line.strip()), "")
    return max(DELIMITERS, key=first.count)
