"""Labels of data sets and clearances of people: who may read what, by level (7.1, 7.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Label(IntEnum):
    """How much harm comes of a data set in the wrong hands, and up to where somebody may read."""

    PUBLIC = 1
    INTERNAL = 2
    SENSITIVE = 3
    IMPORTANT = 4

    @property
    def word(self) -> str:
        """Return the name under which texts and events know it."""
        return self.name.lower()


class DataSet(StrEnum):
    """What is labelled as one; `aggregate` is what is only shown added up over a region."""

    ACTIVITY = "activity"
    EVIDENCE = "evidence"
    LINE = "line"
    RESULT = "result"
    REPORT = "report"
    TELEMETRY = "telemetry"
    REGION = "region"
    AGGREGATE = "aggregate"
    TRAIL = "trail"


@dataclass(frozen=True, slots=True)
class Readable:
    """The data sets that a transaction may read; `closed` names places of one where it may not."""

    data_sets: tuple[str, ...] = ()
    closed: tuple[tuple[str, tuple[str, ...]], ...] = ()


# What the radar says of firms bears no label, and is open to whoever runs the radar alone.
RADAR = "radar"
# For processes of the platform itself, never for a person.
EVERYTHING = Readable((*DataSet, RADAR))


@dataclass(frozen=True, slots=True)
class Clearance:
    """What the database knows on a day: levels by role, labels by data set and place.

    `own` is the level that somebody was given instead of the roles'. A label on a place counts for
    all below it, and only adds to that of the whole.
    """

    own: int | None = None
    roles: tuple[tuple[str, int], ...] = ()
    labels: tuple[tuple[str, str, int], ...] = ()

    def level(self, roles: Iterable[str]) -> int:
        """Return up to which label somebody may read by roles; the lowest of several counts."""
        if self.own is not None:
            return self.own
        known = dict(self.roles)
        return min((known.get(role, 0) for role in roles), default=0)

    def label(self, data_set: str, access_path: str) -> Label:
        """Return the label of a data set at a place; one that nobody labelled is important."""
        found = [
            label
            for name, path, label in self.labels
            if name == data_set and f"{access_path}.".startswith(f"{path}.")
        ]
        return Label(max(found, default=Label.IMPORTANT))

    def highest(self, data_sets: Iterable[str], access_path: str) -> Label:
        """Return the highest label among data sets at a place."""
        return max((self.label(name, access_path) for name in data_sets), default=Label.PUBLIC)

    def readable(self, level: int) -> Readable:
        """Return what may be read up to a level."""
        roots: dict[str, int] = {}
        shut: dict[str, list[str]] = {}
        for name, path, label in self.labels:
            if "." not in path:
                roots[name] = label
            elif label > level:
                shut.setdefault(name, []).append(path)
        opened = tuple(sorted(name for name, label in roots.items() if label <= level))
        closed = tuple((name, tuple(sorted(shut[name]))) for name in opened if name in shut)
        return Readable(opened, closed)
