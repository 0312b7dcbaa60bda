"""Data of methods that others bring, laid beside ours and checked as one (docs/extend.md)."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from services.standards.tables import DATA_FOLDER, StandardDataError, read_toml

METHODS, SUFFIXES = "methods", (".csv", ".toml")


@dataclass(frozen=True, slots=True)
class Added:
    """A folder with the same files as services/standards/data, and whose it is."""

    distribution: str
    folder: Path


def lay_together(added: Iterable[Added], folder: Path) -> dict[str, str]:
    """Write our data with what was added into a folder; return who brought which method.

    Rows are added below ours, under the same headings; files of methods stand beside ours. Nothing
    of ours is replaced: a key that is there already is refused when the folder is read.
    """
    shutil.copytree(DATA_FOLDER, folder, dirs_exist_ok=True)
    brought_by: dict[str, str] = {}
    for each in added:
        for path in sorted(each.folder.rglob("*")):
            name = path.relative_to(each.folder)
            if path.suffix in SUFFIXES and "__pycache__" not in name.parts:
                _add(each, name, folder / name)
                if name.parts[0] == METHODS:
                    designation = read_toml(path.name, path.parent).get("designation", "")
                    brought_by[str(designation)] = each.distribution
    return brought_by


def _add(each: Added, name: Path, into: Path) -> None:
    found = (each.folder / name).read_text(encoding="utf-8")
    if not into.exists():
        if name.parts[0] != METHODS:
            raise StandardDataError(_where(each, name), f"no such file in {DATA_FOLDER.name}")
        into.write_text(found, encoding="utf-8")
        return
    if name.suffix != ".csv":
        raise StandardDataError(_where(each, name), "is there already")
    ours = into.read_text(encoding="utf-8")
    heading, _, rows = found.lstrip("\ufeff").partition("\n")
    if heading.strip() != ours.partition("\n")[0].strip():
        raise StandardDataError(
            _where(each, name), f"headings are not {ours.partition(chr(10))[0]}"
        )
    into.write_text(ours.rstrip("\n") + "\n" + rows, encoding="utf-8")


def _where(each: Added, name: Path) -> str:
    return f"{each.distribution}: {name.as_posix()}"
