"""The rules that open alerts, by the day from which each version applies."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from services.alert_facts import SEVERITIES
from services.errors import PlatformError

TABLE = Path(__file__).with_name("rules.toml")


class UnknownRuleError(PlatformError):
    """An alert was asked for by a rule that there is not on that day."""

    text_key = "alert_rule"


@dataclass(frozen=True, slots=True)
class Rule:
    """A version of a rule; `clear` is how long what it tells of has to be over."""

    name: str
    version: int
    applies_from: date
    severity: str
    clear: timedelta


@dataclass(frozen=True, slots=True)
class Escalation:
    """After what time an alert of a severity that nobody acknowledged is told to others."""

    applies_from: date
    severity: str
    after: timedelta


class _Dated(Protocol):
    @property
    def applies_from(self) -> date:
        """Return from when it applies."""


D = TypeVar("D", bound=_Dated)


@dataclass(frozen=True, slots=True)
class Rules:
    """Every version of every rule, and when alerts are told to others."""

    versions: tuple[Rule, ...]
    escalations: tuple[Escalation, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the name of every rule, in the order of the table."""
        return tuple(dict.fromkeys(rule.name for rule in self.versions))

    def on(self, name: str, day: date) -> Rule:
        """Return the version of a rule that applies on a day, or raise UnknownRuleError."""
        found = _newest((rule for rule in self.versions if rule.name == name), day)
        if found is None:
            raise UnknownRuleError("rule", value=f"{name[:60]} {day}")
        return found

    def escalated_on(self, day: date) -> Mapping[str, timedelta]:
        """Return after what time alerts are told to others on a day, by severity."""
        found = {
            severity: _newest((e for e in self.escalations if e.severity == severity), day)
            for severity in SEVERITIES
        }
        return {severity: each.after for severity, each in found.items() if each is not None}


@cache
def load_rules() -> Rules:
    """Read the table of rules."""
    read = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return Rules(tuple(map(_rule, read["rule"])), tuple(map(_escalation, read["escalation"])))


def _rule(row: dict[str, Any]) -> Rule:
    return Rule(
        row["name"],
        row["version"],
        row["applies_from"],
        row["severity"],
        timedelta(seconds=row["clear_s"]),
    )


def _escalation(row: dict[str, Any]) -> Escalation:
    return Escalation(row["applies_from"], row["severity"], timedelta(seconds=row["after_s"]))


def _newest(versions: Iterable[D], day: date) -> D | None:
    applying = [each for each in versions if each.applies_from <= day]
    return max(applying, key=lambda each: each.applies_from, default=None)
