"""An archive whose bytes follow from its contents alone: a zip without times, order or packing.

The verifier holds the same functions, so that it can tell which byte of an archive differs.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

# Zip counts from 1980-01-01 in halves of two seconds; this is its first instant.
FIRST_DAY = 0x0021
VERSION, MADE_BY_UNIX, PLAIN_FILE = 20, 0x0314, 0o100644 << 16
LOCAL, ENTRY, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def archive_of(members: Mapping[str, bytes], comment: bytes) -> bytes:
    """Return the members in their order, stored as they are, and a comment at the end."""
    body, directory = bytearray(), bytearray()
    for name, content in members.items():
        directory += directory_entry(name, content, len(body))
        body += local_header(name, content) + content
    end = struct.pack(
        "<4s4H2LH", END, 0, 0, len(members), len(members), len(directory), len(body), len(comment)
    )
    return bytes(body + directory + end + comment)


def local_header(name: str, content: bytes) -> bytes:
    """Return what stands before the content of a member."""
    return struct.pack("<4sH", LOCAL, VERSION) + _described(name, content) + name.encode()


def directory_entry(name: str, content: bytes, offset: int) -> bytes:
    """Return what the directory at the end says of a member."""
    head = struct.pack("<4s2H", ENTRY, MADE_BY_UNIX, VERSION) + _described(name, content)
    return head + struct.pack("<3H2L", 0, 0, 0, PLAIN_FILE, offset) + name.encode()


def _described(name: str, content: bytes) -> bytes:
    # Flags and packing are 0, so that what is stored is what it is.
    sizes = (zlib.crc32(content), len(content), len(content))
    return struct.pack("<4H3L2H", 0, 0, 0, FIRST_DAY, *sizes, len(name.encode()), 0)
