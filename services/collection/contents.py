"""What stands in a file that somebody sent; run as a program of its own, with narrow limits.

Standard library only and nothing of ours: services/collection/inspecting.py starts it by its path,
opens the file, only to be read, as its standard input, and reads kind or reason from its standard
output.
"""

from __future__ import annotations

import ctypes
import errno
import io
import json
import os
import re
import resource
import struct
import sys
import zipfile
from collections.abc import Iterator
from xml.parsers import expat

MEGABYTE = 1024 * 1024
# Of this process, which looks at one file and ends.
MOST_MEMORY, MOST_SECONDS, MOST_FILES = 512 * MEGABYTE, 5, 16
# Of Linux: a network of one's own, with nobody in it, and users of one's own, who may have one.
NEW_NETWORK, NEW_USERS = 0x40000000, 0x10000000
# By these a kernel says that it has no such thing, or not for us.
REFUSED = {errno.EPERM, errno.EACCES, errno.EINVAL, errno.ENOSYS, errno.ENOSPC, errno.EUSERS}
MOST_UNPACKED, MOST_RATIO, MOST_ENTRIES = 100 * MEGABYTE, 100, 500
# Small parts compress well without harm: an empty sheet of styles easily has a ratio of 200.
RATIO_COUNTS_FROM = 10 * MEGABYTE
MOST_PIXELS = 100_000_000
# Excel nests some ten elements, a document of the usual kind some hundred.
DEEPEST_XML, DEEPEST_PDF = 100, 500
PIECE = 64 * 1024
BEGINNINGS = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}
WORKBOOK = {"[Content_Types].xml", "xl/workbook.xml"}
MACROS, XML = "vbaproject.bin", (".xml", ".rels")
ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")
# What a document does by itself when it is opened.
ACTIVE = re.compile(rb"/(JavaScript|JS|Launch)\b")
# Excel writes UTF-8 or UTF-16 with a mark, and the national encoding where Windows is Chinese.
ENCODINGS = ("utf-8-sig", "gb18030")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class HarmfulError(Exception):
    """The file could harm whoever opens it; the text is the key of the reason."""


def kind_in(content: bytes) -> str | None:
    """Return pdf, png, jpg, xlsx, csv or None; raise HarmfulError where it could harm."""
    for kind, beginning in BEGINNINGS.items():
        if content.startswith(beginning):
            CHECKS[kind](content)
            return kind
    if content.startswith(b"PK"):
        return "xlsx" if _is_workbook(content) else None
    return "csv" if _is_text(content) else None


def _check_pdf(content: bytes) -> None:
    if ACTIVE.search(content):
        raise HarmfulError("active")
    depth = 0
    for found in re.finditer(rb"<<|>>|\[|\]", content):
        depth += 1 if found[0] in (b"<<", b"[") else -1
        if depth > DEEPEST_PDF:
            raise HarmfulError("deep")
        depth = max(depth, 0)


def _check_png(content: bytes) -> None:
    if content[12:16] == b"IHDR" and len(content) >= 24:
        _check_pixels(*struct.unpack(">II", content[16:24]))


def _check_jpg(content: bytes) -> None:
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            _check_pixels(*struct.unpack(">HH", content[at + 5 : at + 9]))
            return
        at += 2 + max(length, 2)


def _check_pixels(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise HarmfulError("pixels")


CHECKS = {"pdf": _check_pdf, "png": _check_png, "jpg": _check_jpg}


def _is_workbook(content: bytes) -> bool:
    """Return whether it is a workbook without macros; what is in it is looked through."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_table(entries, len(content))
            for entry in entries:
                _check_entry(archive, entry)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, RuntimeError):
        return False
    names = {entry.filename for entry in entries}
    return names >= WORKBOOK and not any(name.lower().endswith(MACROS) for name in names)


def _check_table(entries: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES:
        raise HarmfulError("entries")
    if unpacked > MOST_UNPACKED:
        raise HarmfulError("bomb")
    if unpacked > RATIO_COUNTS_FROM and unpacked > MOST_RATIO * size:
        raise HarmfulError("bomb")
    if any(".." in entry.filename.split("/") or entry.filename[:1] == "/" for entry in entries):
        raise HarmfulError("names")


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Unpack one part piece by piece, and hold its elements to a depth."""
    pieces = _pieces(archive, entry)
    first = next(pieces, b"")
    if first.startswith(ARCHIVES):
        raise HarmfulError("nested")
    if first and entry.filename.lower().endswith(XML):
        _check_xml(first, pieces)
        return
    for _ in pieces:
        pass


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    unpacked = 0
    with archive.open(entry) as stream:
        while piece := stream.read(PIECE):
            unpacked += len(piece)
            if unpacked > MOST_UNPACKED:
                raise HarmfulError("bomb")
            yield piece


def _check_xml(first: bytes, pieces: Iterator[bytes]) -> None:
    depth = 0

    def opened(_name: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST_XML:
            raise HarmfulError("deep")

    def closed(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def declared(*_parts: object) -> None:
        # Entities are how a few bytes become millions; a workbook declares none.
        raise HarmfulError("entities")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.StartDoctypeDeclHandler = declared
    try:
        parser.Parse(first, False)
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise HarmfulError("broken") from error


def _is_text(content: bytes) -> bool:
    for encoding in ("utf-16",) if content.startswith(UTF_16) else ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return bool(text.strip()) and not CONTROLS.search(text)
    return False


def leave_network() -> bool:
    """Leave every network, also this machine's own; return whether the kernel let us.

    Who may not by himself may within users of his own, where the kernel has them.
    """
    unshare = getattr(ctypes.CDLL(None, use_errno=True), "unshare", None)
    if unshare is None:  # not Linux
        return False
    for kinds in (NEW_NETWORK, NEW_NETWORK | NEW_USERS):
        if unshare(kinds) == 0:
            return True
        if ctypes.get_errno() not in REFUSED:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return False


def limit() -> None:
    """Take from this process what a hostile file could use."""
    leave_network()
    for what, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_SECONDS),
        (resource.RLIMIT_NOFILE, MOST_FILES),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main() -> int:
    """Read a file and write what it is; any other end than 0 means that it went too far."""
    limit()
    try:
        told = {"kind": kind_in(sys.stdin.buffer.read())}
    except HarmfulError as harm:
        told = {"harm": str(harm)}
    sys.stdout.write(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
