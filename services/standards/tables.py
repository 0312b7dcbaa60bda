"""Reading the CSV and TOML files of the standards' data."""

from __future__ import annotations

import csv
import hashlib
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from services.errors import PlatformError
from services.standards.descriptions import Names

DATA_FOLDER = Path(__file__).parent / "data"

Row = Mapping[str, str]


class StandardDataError(PlatformError):
    """A file of the standards' data contradicts itself; nothing is computed from it."""

    text_key = "standard_data"

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(where, reason=reason)


def read_rows(name: str, folder: Path = DATA_FOLDER) -> list[Row]:
    """Return the rows of a CSV file."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_toml(name: str, folder: Path = DATA_FOLDER) -> Mapping[str, Any]:
    """Return a TOML file."""
    return tomllib.loads((folder / name).read_text(encoding="utf-8"))


def names_of(row: Row) -> Names:
    """Return the names of a row by language."""
    return {"zh-CN": row["name_zh"], "en": row["name_en"]}


def day(text: str) -> date | None:
    """Return a date, or None for an empty cell."""
    return date.fromisoformat(text) if text else None


def number(text: str) -> float | None:
    """Return a number, or None for an empty cell."""
    return float(text) if text else None


def unique(rows: list[Row], key: tuple[str, ...], name: str) -> list[Row]:
    """Return the rows, or raise when two of them have the same key."""
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        value = tuple(row[k] for k in key)
        if value in seen:
            raise StandardDataError(name, f"{' '.join(value)} twice")
        seen.add(value)
    return rows


def fingerprint_of(folder: Path) -> str:
    """Return the SHA-256 of all files of a folder with their names."""
    found = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".csv", ".toml")):
        found.update(path.relative_to(folder).as_posix().encode() + b"\n" + path.read_bytes())
    return found.hexdigest()
