"""What a kind of connector is: a form of its settings, and a fetch that returns a table (4.2 b)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from services.errors import Explanation, PlatformError
from services.i18n.texts import LANGUAGES, t, texts
from services.outbound import Outbound

Names = Mapping[str, str]
Settings = Mapping[str, str]
# A draft holds 5,000; what changes nothing may be more.
MOST_ROWS, MOST_COLUMNS = 20_000, 60
# Together below the lease of a job.
MOST_SECONDS = 25.0
# What a CSV cannot hold, and what would be taken for the mark between its columns.
UNUSABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
BETWEEN = re.compile(r"[\s;]+")


class ConnectorFieldError(PlatformError):
    """A setting of a connector cannot be used; `where` is its name."""

    text_key = "connector_field"


class ConnectorAnswerError(PlatformError):
    """The other system answered, and not with rows; `reason` is one of connector.reasons."""

    text_key = "connector_answer"

    def __init__(self, where: str, reason: str, **values: object) -> None:
        super().__init__(where, **values)
        self.reason = reason

    def explain(self) -> Explanation:
        """Return the explanation with what is wrong with the answer."""
        return replace(super().explain(), why=t(f"connector.reasons.{self.reason}", **self.values))


@dataclass(frozen=True, slots=True)
class Field:
    """One setting: its name, its label and hint by language; a secret is sealed, never shown.

    With `choices` (value and its label) one of them is chosen, the first where nothing is said.
    """

    name: str
    labels: Names
    hints: Names = field(default_factory=dict)
    is_secret: bool = False
    is_needed: bool = True
    choices: Sequence[tuple[str, Names]] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """The year that is asked for, by its first and last day."""

    first: date
    last: date

    @classmethod
    def of_year(cls, year: int) -> Period:
        """Return a whole year."""
        return cls(date(year, 1, 1), date(year, 12, 31))

    def filled(self, text: str) -> str:
        """Return a text with {year}, {first_day} and {last_day} filled in.

        >>> Period.of_year(2025).filled("/rows?to={last_day}&{other}")
        '/rows?to=2025-12-31&{other}'
        """
        values = {"year": str(self.first.year)}
        values |= {"first_day": self.first.isoformat(), "last_day": self.last.isoformat()}
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text


@dataclass(frozen=True, slots=True)
class Table:
    """What was fetched: headings, and below them rows of text as it came."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]

    def as_csv(self) -> bytes:
        """Return the table as the file that it is kept and imported as; same rows, same bytes."""
        stream = io.StringIO(newline="")
        writer = csv.writer(stream)
        writer.writerow([BETWEEN.sub(" ", heading).strip() for heading in self.headings])
        writer.writerows([[UNUSABLE.sub("", cell) for cell in row] for row in self.rows])
        return stream.getvalue().encode()


class ConnectorKind(Protocol):
    """A kind of connector; an extension brings its own (docs/extend.md)."""

    @property
    def name(self) -> str:
        """Return the name that is stored: small letters, digits, underscores."""
        ...

    @property
    def labels(self) -> Names:
        """Return what people read, by language."""
        ...

    @property
    def fields(self) -> Sequence[Field]:
        """Return the settings, in the order of the form."""
        ...

    def check(self, settings: Settings) -> None:
        """Raise a PlatformError for settings that cannot work."""
        ...

    def fetch(self, settings: Settings, secrets: Settings, period: Period) -> Table:
        """Return the rows of a period, or raise a PlatformError that says why there are none."""
        ...


Kinds = Mapping[str, ConnectorKind]
MakeKind = Callable[[Outbound], ConnectorKind]


def in_languages(key: str) -> dict[str, str]:
    """Return a text of ours by language, for a label."""
    return {language: texts(language)[key] for language in LANGUAGES}


def table_of(where: str, rows: Sequence[Mapping[str, str]]) -> Table:
    """Return rows by name as a table; ConnectorAnswerError for more than is taken."""
    if len(rows) > MOST_ROWS:
        raise ConnectorAnswerError(where, "rows", most=MOST_ROWS)
    headings = tuple(dict.fromkeys(name for row in rows for name in row))
    if len(headings) > MOST_COLUMNS:
        raise ConnectorAnswerError(where, "columns", most=MOST_COLUMNS)
    return Table(headings, [[row.get(name, "") for name in headings] for row in rows])


def split(kind: ConnectorKind, given: Settings) -> tuple[dict[str, str], dict[str, str]]:
    """Return the settings and the secrets among what was typed; ConnectorFieldError for a gap."""
    open_ones: dict[str, str] = {}
    secret: dict[str, str] = {}
    for each in kind.fields:
        value = given.get(each.name, "").strip()
        known = [choice for choice, _ in each.choices]
        value = value or (known[0] if known else "")
        if (each.is_needed and not value) or (known and value not in known):
            raise ConnectorFieldError(each.name, value=value[:40])
        (secret if each.is_secret else open_ones)[each.name] = value
    return open_ones, secret
