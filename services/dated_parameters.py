"""Dated data of operation: rate limits, retention, profiles of sign-in, and since when (7.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from services.data.engine import Database
from services.data.privacy import Rule
from services.i18n.texts import LANGUAGES
from services.security.limits import limit_of, limits
from services.security.profiles import profile_of, profiles
from services.security.retention import rules_in_force

RATES, RETENTION, PROFILES = "rates", "retention", "profiles"
DATED_GROUPS = (RATES, RETENTION, PROFILES)


@dataclass(frozen=True, slots=True)
class Dated:
    """A value in force: what it is by name, since when, by which document, how far checked.

    `published` is None where nobody said when it became known; `source` is by language.
    """

    group: str
    name: str
    value: Mapping[str, int | str]
    applies_from: date
    published: date | None
    source: Mapping[str, str]
    status: str


def dated_parameters(database: Database, sign_in: str, today: date) -> tuple[Dated, ...]:
    """Return what is in force today; `sign_in` names the chosen profile."""
    return (*_rates(today), *_retention(database), *_profiles(sign_in, today))


def _rates(today: date) -> Iterator[Dated]:
    for name in dict.fromkeys(one.name for one in limits()):
        found = limit_of(name, today)
        value: dict[str, int | str] = {"amount": found.amount, "seconds": found.seconds}
        yield Dated(
            RATES, name, value | {"per": found.per}, found.applies_from, found.published,
            found.source, found.status,
        )  # fmt: skip


def _retention(database: Database) -> Iterator[Dated]:
    for kind, rule in rules_in_force(database).items():
        source = dict.fromkeys(LANGUAGES, rule.source)
        value = {"days": rule.days, "floor": rule.floor_days}
        yield Dated(
            RETENTION, kind, value, rule.applies_from, _published(rule), source, rule.status
        )


def _published(rule: Rule) -> date | None:
    """Return when a rule became known: the day it was set, if somebody set it here."""
    return rule.set_at.date() if rule.set_by is not None else None


def _profiles(sign_in: str, today: date) -> Iterator[Dated]:
    for name in dict.fromkeys(one.name for one in profiles() if one.applies_from <= today):
        found = profile_of(name, today)
        chosen = "chosen" if name == sign_in else "not_chosen"
        yield Dated(
            PROFILES, name, {"chosen": chosen}, found.applies_from, found.published,
            found.source, found.status,
        )  # fmt: skip
