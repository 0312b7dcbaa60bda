"""The register of personal data: what is held, for what, on which basis, how long (7.2, 7.3 b)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from services.errors import PlatformError

FILE = Path(__file__).with_suffix(".toml")
BASES, LEVELS = ("work", "duty", "consent"), ("personal", "sensitive")
ACCOUNT, CONSENT = "account", "consent"


class PersonalDataError(PlatformError):
    """The register of personal data holds what cannot be."""

    text_key = "personal_data"


@dataclass(frozen=True, slots=True)
class Held:
    """Columns of a table that tell of the person whom `whose` names, and why they are held.

    `withheld` are secrets that nobody is given, not even their person.
    """

    name: str
    whose: str
    columns: tuple[str, ...]
    basis: str
    keeps: str
    level: str
    purpose: Mapping[str, str]
    withheld: tuple[str, ...] = ()

    @property
    def given(self) -> tuple[str, ...]:
        """Return the columns that their person may take out."""
        return tuple(column for column in self.columns if column not in self.withheld)


@dataclass(frozen=True, slots=True)
class Signed:
    """Columns beside a record that say who did it; as `schema.table.column`."""

    columns: tuple[str, ...]
    basis: str
    keeps: str
    level: str
    purpose: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PersonalData:
    """The whole register, as of a version of the notice."""

    version: str
    applies_from: date
    source: str
    status: str
    tables: tuple[Held, ...]
    signed: tuple[Signed, ...]


@cache
def personal_data() -> PersonalData:
    """Return the register, or raise PersonalDataError when its file cannot be."""
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))
    tables = tuple(_held(entry) for entry in entries.pop("table"))
    signed = tuple(_signed(entry) for entry in entries.pop("signed"))
    return PersonalData(**entries, tables=tables, signed=signed)


def _held(entry: Mapping[str, Any]) -> Held:
    found = Held(**{**entry, "columns": (), "withheld": ()})
    columns, withheld = tuple(entry["columns"]), tuple(entry.get("withheld", ()))
    if not set(withheld) <= set(columns):
        raise PersonalDataError(found.name, value=", ".join(withheld))
    _check(found.name, entry, columns)
    return Held(**{**entry, "columns": columns, "withheld": withheld})


def _signed(entry: Mapping[str, Any]) -> Signed:
    _check("signed", entry, entry["columns"])
    return Signed(**{**entry, "columns": tuple(entry["columns"])})


def _check(name: str, entry: Mapping[str, Any], columns: Sequence[str]) -> None:
    for part, known in (("basis", BASES), ("level", LEVELS)):
        if entry[part] not in known:
            raise PersonalDataError(name, value=entry[part])
    if not columns or set(entry["purpose"]) != {"zh-CN", "en"}:
        raise PersonalDataError(name, value="columns, purpose")
