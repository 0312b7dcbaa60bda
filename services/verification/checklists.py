"""What a verifier looks at, item by item, as dated data with source and clause."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_suffix(".toml")
STATUSES = ("verified", "secondary", "recalled")
CONFORM, NOT_CONFORM = "conform", "not_conform"
NOT_APPLICABLE, NOT_LOOKED_AT = "not_applicable", "not_looked_at"
ANSWERS = (CONFORM, NOT_CONFORM, NOT_APPLICABLE, NOT_LOOKED_AT)
# What counts as done; an item without an answer was not looked at.
DONE = (CONFORM, NOT_CONFORM, NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Item:
    """One item: what is asked, in which document and clause, by language code."""

    code: str
    words: Mapping[str, str]
    document: Mapping[str, str]
    clause: str
    status: str


def checklist(method: str, purpose: str, day: date) -> tuple[Item, ...]:
    """Return the items for a method and a purpose that apply on a day, in their order."""
    document = _document()
    found = []
    for block in document["item"]:
        source = document["document"][block["document"]]
        if source["applies_from"] <= day and _is_asked(block, method, purpose):
            found.append(
                Item(block["code"], block["words"], source["names"], block["clause"],
                     source["status"])
            )  # fmt: skip
    return tuple(found)


def _is_asked(block: Mapping[str, Any], method: str, purpose: str) -> bool:
    methods, purposes = block.get("methods"), block.get("purposes")
    return (methods is None or any(_is_of(method, each) for each in methods)) and (
        purposes is None or purpose in purposes
    )


def _is_of(method: str, named: str) -> bool:
    # A part of a standard is meant in whatever edition: GB/T 32151.1, and not 32151.10.
    return method == named or method.startswith(f"{named}-")


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
