"""What a sampling plan starts from, as dated data with its source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("sampling.toml")
STATUSES = ("verified", "secondary", "recalled")


@dataclass(frozen=True, slots=True)
class Rule:
    """A share that applies from a day on, with who says so by language code."""

    share: float
    applies_from: date
    source: Mapping[str, str]
    status: str


@dataclass(frozen=True, slots=True)
class SamplingRules:
    """What applies on a day: the largest tolerable error, the usual confidence, expansions.

    `expansions` are by the risk that a material error is missed, 1 - confidence.
    """

    materiality: Rule
    confidence: Rule
    expansions: Mapping[float, float]

    @property
    def confidences(self) -> tuple[float, ...]:
        """Return the confidences that there is an expansion for, the highest first."""
        return tuple(sorted((round(1 - risk, 4) for risk in self.expansions), reverse=True))

    def expansion(self, confidence: float) -> float | None:
        """Return the expansion for a confidence, or None where no table has it."""
        return self.expansions.get(round(1 - confidence, 4))


def sampling_rules(day: date) -> SamplingRules:
    """Return what applies on a day."""
    document = _document()
    expansion = _in_force(document["expansion"], day)
    return SamplingRules(
        Rule(**_in_force(document["materiality"], day)),
        Rule(**_in_force(document["confidence"], day)),
        {float(risk): factor for risk, factor in expansion["factors"].items()},
    )


def _in_force(blocks: list[dict[str, Any]], day: date) -> dict[str, Any]:
    return max(
        (block for block in blocks if block["applies_from"] <= day),
        key=lambda block: block["applies_from"],
    )


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
