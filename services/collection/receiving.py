"""A file on its way in: read piece by piece, and never whole into our memory (4.2 a, 7.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from services.errors import PlatformError

MEGABYTE = 1024 * 1024
FOLDER = "incoming"


class FileTooLargeError(PlatformError):
    """The file is larger than one may be."""

    text_key = "file_too_large"


class FileCutError(PlatformError):
    """The connection ended before the file had come whole."""

    text_key = "file_cut"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came, with the name that its sender gave it; `size` in bytes.

    `content` is a file of the system without a name, which is gone when it is closed.
    """

    name: str
    content: BinaryIO
    size: int
    sha256: str


@contextmanager
def received(
    name: str, pieces: Iterable[bytes], folder: Path | None, most_mb: int
) -> Iterator[Upload]:
    """Keep a file aside while it is looked at; FileTooLargeError as soon as it is too large.

    It lies in the folder, or where the system keeps such files, and has no name there: nobody
    else can open it, and whatever ends this process leaves nothing behind.
    """
    if folder is not None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryFile(dir=folder) as content:
        size, digest = 0, hashlib.sha256()
        for piece in pieces:
            size += len(piece)
            refuse_large(name, size, most_mb)
            digest.update(piece)
            content.write(piece)
        content.flush()
        yield Upload(name, content, size, digest.hexdigest())


def refuse_large(name: str, size: int, most_mb: int) -> None:
    """Raise FileTooLargeError for more bytes than a file may have."""
    if size > most_mb * MEGABYTE:
        raise FileTooLargeError("file", value=name[:200], most=most_mb)
