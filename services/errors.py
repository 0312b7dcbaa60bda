"""Errors that a person is meant to read: what, with which value, why it matters, what to do."""

from __future__ import annotations

import math
from dataclasses import dataclass

from services.i18n.texts import t


@dataclass(frozen=True, slots=True)
class Explanation:
    """The four parts of an error, in one language."""

    where: str
    what: str
    why: str
    do: str

    def sentence(self) -> str:
        """Return the parts as one line, for logs and small places."""
        return " ".join(part for part in (self.what, self.why, self.do) if part)


class PlatformError(Exception):
    """A misuse or a bad value, told by a text key in both languages.

    The texts are `errors.<text_key>.what`, `.why` and `.do`; `values` fill their places.
    `where` names the cell, field or file.
    """

    text_key = "unexpected"

    def __init__(self, where: str = "", **values: object) -> None:
        self.where = where
        self.values = values
        super().__init__(self.text_key, where, values)

    def explain(self) -> Explanation:
        """Return the explanation in the language in use."""
        key = f"errors.{self.text_key}"
        values = {name: _written(value) for name, value in self.values.items()}
        what, why, do = (
            t(f"{key}.{part}", where=self.where, **values) for part in ("what", "why", "do")
        )
        return Explanation(self.where, what, why, do)

    def __str__(self) -> str:
        """Return the error as one sentence in the language in use."""
        place = f"{self.where}: " if self.where else ""
        return place + self.explain().sentence()


def _written(value: object) -> object:
    """Return a number as a person writes it: 98 and not 98.0, a dash for none."""
    if not isinstance(value, float):
        return value
    return "—" if math.isnan(value) else f"{value:.15g}"


class NotFoundError(PlatformError):
    """What was asked for does not exist, or the actor may not know that it does."""

    text_key = "not_found"


class NotAllowedError(PlatformError):
    """The actor may not do this to that resource."""

    text_key = "not_allowed"


class ConflictError(PlatformError):
    """Somebody else changed the record in the meantime."""

    text_key = "conflict"


class OutputError(PlatformError):
    """What was made cannot be written where it should go."""

    text_key = "output"
