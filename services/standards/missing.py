"""Records without a number, and why: unknown is not zero."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from services.errors import PlatformError
from services.standards.model import Source
from services.standards.month_gaps import Period, missing_months
from services.standards.problems import UnknownFieldError, WrongTypeError, shown
from services.standards.results import EmissionLine, MissingRecord

NOT_ESTIMATED, NOT_OCCURRING = "not_estimated", "not_occurring"
INCLUDED_ELSEWHERE, CONFIDENTIAL = "included_elsewhere", "confidential"
# The keys of the inventory reporting guidelines of the climate convention.
NOTATIONS: Mapping[str, str] = MappingProxyType(
    {NOT_ESTIMATED: "NE", NOT_OCCURRING: "NO", INCLUDED_ELSEWHERE: "IE", CONFIDENTIAL: "C"}
)
# Why it is not estimated, and where else it is included, has to be said.
NEED_A_NOTE = (NOT_ESTIMATED, INCLUDED_ELSEWHERE)
# What does not occur, or stands elsewhere, leaves no gap in a total.
GAPS = (NOT_ESTIMATED, CONFIDENTIAL)
ESTIMATED = "estimated"
COUNTED = ("direct", "indirect", "deduct")
LONGEST_NOTE = 1_000
FIELDS_OF_NUMBERS = "source, item, inputs"


class UnknownNotationError(PlatformError):
    """The reason why there is no number is none that is known."""

    text_key = "unknown_notation"


class MissingWithInputsError(PlatformError):
    """A record says that there is no number, and gives some."""

    text_key = "missing_with_inputs"


class NotationNoteError(PlatformError):
    """The reason why there is no number asks for a note."""

    text_key = "notation_note"


class NoteTooLongError(PlatformError):
    """A note is longer than anybody reads."""

    text_key = "note_too_long"


def read_missing(
    raw: Mapping[str, object], where: str, place: tuple[int, Source, str]
) -> MissingRecord:
    """Return why a record has no number, or raise naming the field.

    `place` is the number of the record, its source and its item.
    """
    notation = raw.get("missing")
    if notation is None:
        # A number needs no note here; as a field it is not known.
        raise UnknownFieldError(f"{where}.note", value="note", known=FIELDS_OF_NUMBERS)
    if not isinstance(notation, str) or notation not in NOTATIONS:
        known = ", ".join(NOTATIONS)
        raise UnknownNotationError(f"{where}.missing", value=shown(notation), known=known)
    if raw.get("inputs"):
        raise MissingWithInputsError(f"{where}.inputs", value=notation)
    note = _note(raw, f"{where}.note")
    if notation in NEED_A_NOTE and not note:
        raise NotationNoteError(f"{where}.note", value=notation)
    record, source, item = place
    return MissingRecord(record, source.code, item, notation, note, source.emission_scope)


def _note(raw: Mapping[str, object], where: str) -> str:
    note = raw.get("note")
    if note is None:
        return ""
    if not isinstance(note, str):
        expected = {"expected_zh": "文字", "expected_en": "text"}
        raise WrongTypeError(where, value=shown(note), **expected)
    if len(note) > LONGEST_NOTE:
        raise NoteTooLongError(where, value=len(note), most=LONGEST_NOTE)
    return note.strip()


@dataclass(frozen=True, slots=True)
class Quality:
    """How much of a total is known: shares of 0 to 1.

    `completeness` is the share of records with a number among those that ought to have one;
    `estimated_share` that of the emissions, without their signs, that rest on an estimate.
    """

    completeness: float
    estimated_share: float


def quality_of(
    lines: Sequence[EmissionLine],
    missing: Sequence[MissingRecord],
    period: Period,
    scopes: Iterable[str] = COUNTED,
) -> Quality:
    """Return how much of the total of some scopes is known; what stands beside it is left out.

    A month of the period without a record, of what is entered by month, is a gap like a record
    without a number.
    """
    wanted = frozenset(scopes)
    counted = [line for line in lines if line.emission_scope in wanted]
    gaps = sum(m.emission_scope in wanted and m.notation in GAPS for m in missing)
    unsaid = missing_months(lines, missing, period)
    gaps += sum(len(u.months) for u in unsaid if u.emission_scope in wanted)
    numbers = len({line.record for line in counted})
    whole = math.fsum(abs(line.co2e_t) for line in counted)
    estimated = math.fsum([abs(line.co2e_t) for line in counted if is_estimated(line)])
    return Quality(
        completeness=numbers / (numbers + gaps) if gaps else 1.0,
        estimated_share=estimated / whole if whole else 0.0,
    )


def is_estimated(line: EmissionLine) -> bool:
    """Return whether any input of a line is an estimate of the reporter."""
    return ESTIMATED in [value.origin for value in line.inputs.values()]
