"""What an evidence file is, by what stands in it and never by its name alone (4.2 a)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import BinaryIO

from services.collection.inspecting import look_into
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
LONGEST_NAME = 200


class FileKindError(PlatformError):
    """The file is of no kind that serves as evidence, or not what its name says."""

    text_key = "file_kind"


class FileNameError(PlatformError):
    """The file has no name by which it can be kept."""

    text_key = "file_name"


def kind_of(name: str, content: BinaryIO) -> str:
    """Return pdf, png, jpg, xlsx or csv; FileKindError when name or content is something else.

    What could harm whoever opens it is a HarmfulFileError.
    """
    found = look_into(name, content)
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
