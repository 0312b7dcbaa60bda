"""What an evidence file is, by what stands in it and never by its name alone (4.2 a)."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType

from services.errors import PlatformError

# The ends of names that fit each kind, and the media type it is sent with.
ENDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "pdf": (".pdf",),
        "png": (".png",),
        "jpg": (".jpg", ".jpeg"),
        "xlsx": (".xlsx",),
        "csv": (".csv",),
    }
)
MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "pdf": "application/pdf",
        "png": "image/png",
        "jpg": "image/jpeg",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "csv": "text/csv",
    }
)
_BEGINNINGS = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}
_WORKBOOK = ("[Content_Types].xml", "xl/workbook.xml")
_MACROS = "vbaproject.bin"
# Excel writes UTF-8 with a mark, and the national encoding where Windows is Chinese.
_ENCODINGS = ("utf-8-sig", "gb18030")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
LONGEST_NAME = 200


class FileKindError(PlatformError):
    """The file is of no kind that serves as evidence, or not what its name says."""

    text_key = "file_kind"


class FileNameError(PlatformError):
    """The file has no name by which it can be kept."""

    text_key = "file_name"


def kind_of(name: str, content: bytes) -> str:
    """Return pdf, png, jpg, xlsx or csv; FileKindError when name or content is something else."""
    found = _kind(content)
    if found is None or PurePosixPath(name.lower()).suffix not in ENDS[found]:
        allowed = ", ".join(kind for kind in ENDS)
        raise FileKindError("file", value=name, allowed=allowed)
    return found


def name_of(given: str) -> str:
    """Return the last part of a name, as it is kept and sent; FileNameError when there is none."""
    last = re.split(r"[\\/]", given)[-1]
    name = "".join(letter for letter in last if letter.isprintable()).strip(" .")
    if not name or len(name) > LONGEST_NAME:
        raise FileNameError("file", value=given[:40], most=LONGEST_NAME)
    return name


def _kind(content: bytes) -> str | None:
    for kind, beginning in _BEGINNINGS.items():
        if content.startswith(beginning):
            return kind
    if content.startswith(b"PK"):
        return "xlsx" if _is_workbook(content) else None
    return "csv" if _is_text(content) else None


def _is_workbook(content: bytes) -> bool:
    """Return whether it is a workbook without macros; only the list of its parts is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    has_macros = any(name.lower().endswith(_MACROS) for name in names)
    return set(_WORKBOOK) <= set(names) and not has_macros


def _is_text(content: bytes) -> bool:
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return bool(text.strip()) and not _CONTROLS.search(text)
    return False
