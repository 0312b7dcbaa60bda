"""What stands in the cells of a file; a program of its own, with narrow limits (4.2 a, 7.2).

Started by services/collection/sheets/asking.py, which gives it the file as its standard input. Like
all that it imports it needs the standard library only. It reads piece by piece and ends at the
first row too many, whatever the file claims to hold.
"""

from __future__ import annotations

import csv
import gc
import json
import resource
import sys
import zipfile
import zlib
from typing import Any
from xml.parsers import expat

from services.collection.sheets.book import Workbook
from services.collection.sheets.bounds import MEGABYTE, UnreadableError
from services.collection.sheets.sheet import SheetReader
from services.collection.sheets.text import read_csv

# Of this process, which reads one file and ends.
MOST_MEMORY, MOST_SECONDS, MOST_FILES = 768 * MEGABYTE, 15, 16
ABOUT_SHEET = "_about"
ZIP, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
DAMAGED = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, expat.ExpatError, csv.Error),
    *(KeyError, ValueError, EOFError, OSError, RuntimeError, NotImplementedError),
)


def told_of(content: bytes) -> dict[str, Any]:
    """Return what stands in a file, or under `refused` why it is not read."""
    try:
        return read(content)
    except UnreadableError as error:
        return {"refused": error.told}
    except DAMAGED:
        return {"refused": {"reason": "broken", "values": {}}}


def read(content: bytes) -> dict[str, Any]:
    """Return the visible sheets of a file, row by row, and what a template says of itself."""
    if content.startswith(OLD):
        raise UnreadableError("old_or_locked")
    if not content.startswith(ZIP):
        return {"sheets": [read_csv(content)], "about": []}
    book = Workbook(content)
    sheets, about = [], []
    for name, part, is_hidden in book.listed():
        if is_hidden and name != ABOUT_SHEET:
            continue
        found = SheetReader(book, name).read(part)
        if name == ABOUT_SHEET:
            about = [line for _, line in found["rows"]]
        else:
            sheets.append(found)
    return {"sheets": sheets, "about": about}


def limit() -> None:
    """Take from this process what a hostile file could use."""
    for what, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_SECONDS),
        (resource.RLIMIT_NOFILE, MOST_FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main() -> int:
    """Read a file and write what stands in it; any other end than 0 means it went too far."""
    limit()
    # It ends with its answer, and nothing that it makes goes round in circles.
    gc.disable()
    told = told_of(sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(told, separators=(",", ":")))
    return 0
