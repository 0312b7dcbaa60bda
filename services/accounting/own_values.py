"""Own measured values as they were known on a day, put into the records of a year (5.2.1 b)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.data import own_values
from services.data.own_values import StoredOwnValue
from services.data.work import Work
from services.formatting import date_text
from services.i18n.texts import LANGUAGES, t, use_language
from services.i18n.words import Words, words_of
from services.standards.catalog import Catalog
from services.standards.own_values import OwnValue, filled
from services.standards.request import Record


@dataclass(frozen=True, slots=True)
class YearByMethod:
    """Whose year is computed, and by which method."""

    organization_id: int
    year: int
    method: str

    @property
    def period(self) -> tuple[date, date]:
        """Return its first and last day."""
        return date(self.year, 1, 1), date(self.year, 12, 31)


def known_values(work: Work, organization_id: int, known_on: date) -> tuple[OwnValue, ...]:
    """Return the values that two persons stood for on a day."""
    found = own_values.standing(own_values.of_organization(work, organization_id), known_on)
    if not found:
        return ()
    files = own_values.files_of(work, found)
    names = {v.value_id: ", ".join(files[f].name for f in v.files if f in files) for v in found}
    return tuple(_value(value, names[value.value_id]) for value in found)


def with_own_values(
    catalog: Catalog, year: YearByMethod, records: Sequence[Record], values: Sequence[OwnValue]
) -> list[Record]:
    """Return the records of a year with what they leave open filled, as the method permits."""
    if not values:
        return list(records)
    return filled(catalog.method(year.method), year.period, records, values)


def _value(stored: StoredOwnValue, files: str) -> OwnValue:
    same = ("item", "symbol", "value", "unit", "valid_from", "valid_to", "files")
    told = {name: getattr(stored, name) for name in same}
    return OwnValue(value_id=str(stored.value_id), reference=_reference(stored, files), **told)


def _reference(stored: StoredOwnValue, files: str) -> Words:
    """Return the document of a value, and who stood for it, in both languages."""
    told = {}
    for code in LANGUAGES:
        with use_language(code):
            until = date_text(stored.valid_to) if stored.valid_to else t("own_values.open_end")
            told[code] = t(
                "own_values.reference",
                files=files,
                laboratory=stored.laboratory,
                first=date_text(stored.valid_from),
                last=until,
                maker=stored.proposed_by_name,
                checker=stored.decided_by_name,
                day=date_text(stored.known_from),
            )
    return words_of(told)
