"""What is checked of collected data: rules with versions and limits, as data (5.1.7 c)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType

from services.collection.cross_checks import STATUSES, cross_check
from services.errors import PlatformError
from services.i18n.words import Words, words_of

FILE = Path(__file__).with_suffix(".toml")
ERROR, WARNING, INFO = "error", "warning", "info"
SEVERITIES = (ERROR, WARNING, INFO)
LAYERS = ("rule", "unit", "statistics", "balance")
PARTS = ("what", "why", "do")
# The rule that stands for every check of a method that no other names.
METHOD, ANY = "method", "*"
# Whose a limit is: the rule's own, the organization's, or that of one of its points.
PLATFORM, ORGANIZATION, POINT = "platform", "organization", "point"


class CheckRuleError(PlatformError):
    """There is no rule of that name for a day, or its block holds what cannot be."""

    text_key = "check_rule"


@dataclass(frozen=True, slots=True)
class LimitKind:
    """A number a rule takes: what holds where nobody set another, and how far it may be moved."""

    value: float
    low: float
    high: float
    unit: str
    name: Words


@dataclass(frozen=True, slots=True)
class CheckRule:
    """A rule of one version; `errors` are the text keys of other checks that it stands for."""

    id: str
    version: int
    layer: str
    severity: str
    group: str
    clause: str
    applies_from: date
    status: str
    source: Words
    name: Words
    texts: Mapping[str, Words] = field(hash=False)
    limits: Mapping[str, LimitKind] = field(hash=False)
    errors: tuple[str, ...]
    # Where the numbers are those of a cross-check, which are set there and nowhere else.
    limits_of: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit as it was used: its value, whose it is, and since when."""

    value: float
    origin: str = PLATFORM
    set_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SetLimit:
    """A limit that an organization set for a rule; `point` is empty where it holds for all.

    `value` is None where it was given up for the rule's own.
    """

    rule: str
    limit: str
    point: str
    value: float | None
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that hold for an organization on a day: its own, and else those of the rules."""

    day: date
    own: tuple[SetLimit, ...] = ()

    def rule(self, name: str) -> CheckRule:
        """Return the rule of a name as it applies, or raise CheckRuleError."""
        return rule_on(name, self.day)

    def of(self, rule: str, limit: str, point: str = "") -> Limit:
        """Return the limit that holds at a point: its own, the organization's, or the rule's."""
        for place, origin in ((point, POINT), ("", ORGANIZATION)):
            mine = [s for s in self.own if (s.rule, s.limit, s.point) == (rule, limit, place)]
            newest = max(mine, key=lambda each: each.set_at, default=None)
            if (place or origin == ORGANIZATION) and newest and newest.value is not None:
                return Limit(newest.value, origin, newest.set_at)
        return Limit(self.rule(rule).limits[limit].value)

    def all_of(self, rule: str, point: str = "") -> dict[str, Limit]:
        """Return every limit of a rule as it holds at a point."""
        if not self.own:
            return _default_limits(rule, self.day)
        return {limit: self.of(rule, limit, point) for limit in self.rule(rule).limits}


def rule_on(name: str, day: date) -> CheckRule:
    """Return the rule of a name that applies on a day, or raise CheckRuleError."""
    found = _by_day(day).get(name)
    if found is None:
        raise CheckRuleError(name, value=day)
    return found


def rules_on(day: date) -> tuple[CheckRule, ...]:
    """Return every rule that applies on a day, in the order of the file."""
    return tuple(_by_day(day).values())


def rule_of_error(text_key: str, day: date) -> CheckRule:
    """Return the rule that stands for what another check says."""
    return rule_on(_rule_by_error().get(text_key, METHOD), day)


def limit_kind(rule: str, limit: str, day: date) -> LimitKind:
    """Return what a limit is, or raise CheckRuleError."""
    found = rule_on(rule, day).limits.get(limit)
    if found is None:
        raise CheckRuleError(f"{rule}.{limit}", value=day)
    return found


@cache
def _default_limits(rule: str, day: date) -> dict[str, Limit]:
    return {limit: Limit(kind.value) for limit, kind in rule_on(rule, day).limits.items()}


@cache
def _by_day(day: date) -> Mapping[str, CheckRule]:
    found: dict[str, CheckRule] = {}
    for rule in all_rules():
        if rule.applies_from <= day and rule.version > getattr(found.get(rule.id), "version", 0):
            found[rule.id] = rule
    return MappingProxyType(found)


@cache
def _rule_by_error() -> Mapping[str, str]:
    return {error: rule.id for rule in all_rules() for error in rule.errors}


@cache
def all_rules() -> tuple[CheckRule, ...]:
    """Return every block of the file, read and held to its form."""
    blocks = tomllib.loads(FILE.read_text(encoding="utf-8"))["rule"]
    rules = tuple(_rule(block) for block in blocks)
    keys = [(rule.id, rule.version) for rule in rules]
    if len(set(keys)) != len(keys):
        raise CheckRuleError("check_rules.toml", value=keys)
    return rules


def _rule(block: Mapping[str, object]) -> CheckRule:
    texts = {part: words_of(block[part]) for part in PARTS if part in block}  # type: ignore[arg-type]
    rule = CheckRule(
        **{name: block[name] for name in ("id", "version", "layer", "severity", "clause")},  # type: ignore[arg-type]
        group=str(block.get("group", "")),
        applies_from=block["applies_from"],  # type: ignore[arg-type]
        status=str(block["status"]),
        source=words_of(block["source"]),  # type: ignore[arg-type]
        name=words_of(block["name"]),  # type: ignore[arg-type]
        texts=texts,
        limits=_limits(block),
        errors=tuple(block.get("errors", ())),  # type: ignore[arg-type]
        limits_of=str(block.get("limits_of", "")),
    )
    sound = rule.layer in LAYERS and rule.severity in SEVERITIES and rule.status in STATUSES
    # A rule either speaks for itself, or stands for checks that do.
    if not sound or bool(rule.errors) == bool(len(texts) == len(PARTS)):
        raise CheckRuleError(rule.id, value=rule.version)
    return rule


def _limits(block: Mapping[str, object]) -> Mapping[str, LimitKind]:
    if block.get("limits_of"):
        return _limits_of(str(block["limits_of"]), block["applies_from"])  # type: ignore[arg-type]
    stated: Sequence[tuple[str, Mapping[str, object]]] = list(dict(block.get("limits", {})).items())  # type: ignore[call-overload]
    found = {
        name: LimitKind(**{**each, "name": words_of(each["name"])})  # type: ignore[arg-type]
        for name, each in stated
    }
    for name, kind in found.items():
        if not kind.low <= kind.value <= kind.high:
            raise CheckRuleError(f"{block['id']}.{name}", value=kind.value)
    return found


def _limits_of(name: str, day: date) -> Mapping[str, LimitKind]:
    """Return the two limits of a cross-check, which may be moved by as much again."""
    check = cross_check(name, day)
    named = {"soft": Words("软限", "soft limit"), "hard": Words("硬限", "hard limit")}
    values = {"soft": check.soft_percent, "hard": check.hard_percent}
    return {key: LimitKind(values[key], 1.0, 50.0, "%", words) for key, words in named.items()}


def in_order(limits: Mapping[str, Limit]) -> bool:
    """Return whether limits that belong together are in their order."""
    pairs = (("low", "high"), ("soft", "hard"))
    return all(
        limits[low].value < limits[high].value
        for low, high in pairs
        if low in limits and high in limits
    )
