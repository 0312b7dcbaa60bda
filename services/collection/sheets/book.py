"""The parts of an xlsx: which sheets there are, shared texts, styles that show dates (4.2 a).

Standard library only: it runs in a process of its own with narrow limits.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Callable, Iterator
from xml.parsers import expat

from services.collection.sheets.bounds import (
    LONGEST_CELL,
    MEGABYTE,
    MOST_CELLS,
    MOST_TEXT,
    Budget,
    UnreadableError,
)
from services.collection.sheets.days import DATE_FORMATS, is_date
from services.collection.sheets.places import whole

MOST_UNPACKED, MOST_RATIO, MOST_ENTRIES = 100 * MEGABYTE, 100, 200
# Small parts compress well without harm: an empty sheet of styles easily has a ratio of 200.
RATIO_COUNTS_FROM = 10 * MEGABYTE
SHARED = "xl/sharedStrings.xml"
PIECE = 64 * 1024
Started = Callable[[str, dict[str, str]], None]


class Workbook:
    """An xlsx being read: texts of all sheets first, then one sheet after the other."""

    def __init__(self, content: bytes) -> None:
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise UnreadableError("broken") from error
        self.names = {entry.filename for entry in self.archive.infolist()}
        _check_table(self.archive.infolist(), len(content))
        if "xl/workbook.xml" not in self.names:
            raise UnreadableError("not_xlsx")
        self.budget = Budget()
        self.is_1904 = False
        self.texts = SharedTexts().read(self) if SHARED in self.names else []
        self.are_dates = self._styles()

    def parse(
        self,
        part: str,
        opened: Started,
        closed: Callable[[str], None] | None = None,
        said: Callable[[str], None] | None = None,
    ) -> None:
        """Read a part as XML, names without their prefix; a document type is refused."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _declared
        parser.CharacterDataHandler = said

        def first(name: str, given: dict[str, str]) -> None:
            # Most workbooks have no prefixes, and every call between costs half a second.
            has_prefix = ":" in name
            parser.StartElementHandler = _unprefixed(opened) if has_prefix else opened
            if closed is not None:
                parser.EndElementHandler = _unprefixed(closed) if has_prefix else closed
            opened(_local(name), given)

        parser.StartElementHandler = first
        for piece in self._pieces(part):
            parser.Parse(piece, False)
        parser.Parse(b"", True)

    def _pieces(self, part: str) -> Iterator[bytes]:
        unpacked = 0
        with self.archive.open(part) as stream:
            while piece := stream.read(PIECE):
                unpacked += len(piece)
                if unpacked > MOST_UNPACKED:
                    raise UnreadableError("too_large", megabytes=unpacked // MEGABYTE, most=100)
                yield piece

    def listed(self) -> list[tuple[str, str, bool]]:
        """Return name, part and whether it is hidden, of every sheet in its order."""
        found: list[tuple[str, str, bool]] = []
        targets = self._targets()

        def opened(name: str, given: dict[str, str]) -> None:
            if name == "workbookPr":
                self.is_1904 = given.get("date1904", "0") in ("1", "true")
            if name == "sheet":
                key = next((v for k, v in given.items() if _local(k) == "id"), "")
                part = targets.get(key, f"xl/worksheets/sheet{len(found) + 1}.xml")
                hidden = given.get("state", "visible") != "visible"
                found.append((given.get("name", ""), part, hidden))

        self.parse("xl/workbook.xml", opened)
        return [each for each in found if each[1] in self.names]

    def _targets(self) -> dict[str, str]:
        found: dict[str, str] = {}

        def opened(name: str, given: dict[str, str]) -> None:
            if name == "Relationship":
                target = posixpath.normpath(posixpath.join("/xl", given.get("Target", "")))
                found[given.get("Id", "")] = target.lstrip("/")

        if "xl/_rels/workbook.xml.rels" in self.names:
            self.parse("xl/_rels/workbook.xml.rels", opened)
        return found

    def _styles(self) -> list[bool]:
        """Return of each style of a cell whether it shows a number as a date."""
        part = "xl/styles.xml"
        if part not in self.names:
            return []
        own: dict[int, bool] = {}
        found: list[bool] = []
        within = {"cellXfs": False}

        def opened(name: str, given: dict[str, str]) -> None:
            if name == "numFmt":
                own[whole(given.get("numFmtId"))] = is_date(given.get("formatCode", ""))
            elif name == "cellXfs":
                within["cellXfs"] = True
            elif name == "xf" and within["cellXfs"]:
                number = whole(given.get("numFmtId"))
                found.append(own.get(number, number in DATE_FORMATS))

        def closed(name: str) -> None:
            if name == "cellXfs":
                within["cellXfs"] = False

        self.parse(part, opened, closed)
        return found


class SharedTexts:
    """The texts that cells name by number, being read."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.text = ""
        self.length = 0
        self.is_text = self.is_sound = False

    def read(self, book: Workbook) -> list[str]:
        """Return every text in its order."""
        book.parse(SHARED, self._opened, self._closed, self._said)
        return self.found

    def _opened(self, name: str, _given: dict[str, str]) -> None:
        if name == "si":
            self.text, self.is_sound = "", False
        # How a Chinese or Japanese word is pronounced is no part of it.
        elif name == "rPh":
            self.is_sound = True
        self.is_text = name == "t" and not self.is_sound

    def _said(self, text: str) -> None:
        if self.is_text and len(self.text) < LONGEST_CELL:
            self.text += text

    def _closed(self, name: str) -> None:
        self.is_text = False
        if name == "rPh":
            self.is_sound = False
        elif name == "si":
            self.found.append(self.text.strip()[:LONGEST_CELL])
            self.length += len(self.found[-1])
            if len(self.found) > MOST_CELLS or self.length > MOST_TEXT:
                raise UnreadableError("cells", most=MOST_CELLS)


def _check_table(entries: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES:
        raise UnreadableError("entries", count=len(entries), most=MOST_ENTRIES)
    if unpacked > MOST_UNPACKED:
        raise UnreadableError("too_large", megabytes=unpacked // MEGABYTE, most=100)
    if unpacked > RATIO_COUNTS_FROM and unpacked > MOST_RATIO * size:
        raise UnreadableError("ratio", ratio=unpacked // max(size, 1))


def _declared(*_parts: object) -> None:
    # Entities are how a few bytes become millions; a workbook declares none.
    raise UnreadableError("entities")


def _unprefixed(handler: Callable[..., None]) -> Callable[..., None]:
    return lambda name, *more: handler(_local(name), *more)


def _local(name: str) -> str:
    return name.rpartition(":")[2] if ":" in name else name
