"""From what was typed in the form of a new campaign to what is to be opened (4.2 a)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from callbacks.chosen import number_in
from components.ids import collection_campaigns as ids
from services.collection.campaigns import CampaignError, CampaignOrder
from services.standards.problems import BadDateError

# In the order in which a callback is given their values.
FIELDS = (
    *(ids.ISSUER, ids.NAME, ids.YEAR, ids.METHOD, ids.OPENS, ids.DUE, ids.REMIND_DAYS),
    *(ids.NEEDS_CHECK, ids.PLACE, ids.INDUSTRY, ids.OWNER, ids.CODES, ids.INSTRUCTION),
)
APART = re.compile(r"[\s,;，；、]+")
LONGEST, LONGEST_TEXT = 200, 100_000


def order_of(given: Sequence[Any]) -> CampaignOrder:
    """Return what somebody wants to open, or raise for a day or a number that is none."""
    typed = {name: str(text or "").strip() for name, text in zip(FIELDS, given, strict=True)}
    return CampaignOrder(
        issuer_id=number_in(typed[ids.ISSUER], "organization"),
        name=_words(typed, ids.NAME),
        year=number_in(typed[ids.YEAR], "year"),
        opens_on=_day(typed, ids.OPENS, "opens_on"),
        due_on=_day(typed, ids.DUE, "due_on"),
        method=_words(typed, ids.METHOD),
        instruction=typed[ids.INSTRUCTION][:LONGEST_TEXT],
        remind_days=_days(typed[ids.REMIND_DAYS]),
        needs_check=typed[ids.NEEDS_CHECK] == "yes",
        place=_words(typed, ids.PLACE),
        industry=_words(typed, ids.INDUSTRY),
        codes=_parts(typed[ids.CODES][:LONGEST_TEXT]),
        owner=_words(typed, ids.OWNER),
    )


def _words(typed: Mapping[str, str], name: str) -> str:
    return typed[name][:LONGEST]


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in APART.split(text) if part)


def _days(text: str) -> tuple[int, ...]:
    parts = _parts(text[:LONGEST])
    if not all(part.isascii() and part.isdecimal() and len(part) < 4 for part in parts):
        raise CampaignError("remind_days", value=text[:40])
    return tuple(map(int, parts))


def _day(typed: Mapping[str, str], name: str, where: str) -> date:
    try:
        return date.fromisoformat(typed[name])
    except ValueError:
        raise BadDateError(where, value=typed[name][:20]) from None
