"""By how much two ways to the same amount may differ, as dated data (5.2.1 a)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from services.errors import PlatformError
from services.i18n.texts import LANGUAGES

FILE = Path(__file__).with_suffix(".toml")
STATUSES = ("verified", "secondary", "recalled")
CEMS = "cems_vs_calculated"
WITHIN, SOFT, HARD = "within", "soft", "hard"


class CrossCheckError(PlatformError):
    """There is no rule of that name for a day, or its block holds what cannot be."""

    text_key = "cross_check"


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """From which relative differences, in per cent, somebody should look or has to."""

    name: str
    soft_percent: float
    hard_percent: float
    applies_from: date
    source: Mapping[str, str]
    status: str

    def grade(self, difference: float) -> str:
        """Return within, soft or hard for a relative difference (0.05 is five per cent)."""
        percent = abs(difference) * 100
        if percent < self.soft_percent:
            return WITHIN
        return SOFT if percent < self.hard_percent else HARD


def cross_check(name: str, day: date) -> CrossCheck:
    """Return the rule of a name on a day, or raise CrossCheckError."""
    found = [rule for rule in _rules() if rule.name == name and rule.applies_from <= day]
    if not found:
        raise CrossCheckError(name, value=day)
    return max(found, key=lambda rule: rule.applies_from)


@cache
def _rules() -> tuple[CrossCheck, ...]:
    blocks = tomllib.loads(FILE.read_text(encoding="utf-8"))["check"]
    return tuple(_rule(block) for block in blocks)


def _rule(block: Mapping[str, object]) -> CrossCheck:
    names = ("name", "soft_percent", "hard_percent", "applies_from", "source", "status")
    rule = CrossCheck(**{name: block[name] for name in names})  # type: ignore[arg-type]
    sound = 0 < rule.soft_percent < rule.hard_percent and rule.status in STATUSES
    if not sound or set(rule.source) != set(LANGUAGES):
        raise CrossCheckError(rule.name, value=rule.applies_from)
    return rule
