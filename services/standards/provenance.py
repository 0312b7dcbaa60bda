"""Where a value comes from: the row behind a factor's code, with document, dates and status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.i18n.words import Words, words_of
from services.standards.catalog import Catalog
from services.standards.grid import CODE_PREFIX, GridFactor
from services.standards.model import Factor
from services.standards.shelf import Document

PRODUCT = "*"


@dataclass(frozen=True, slots=True)
class Provenance:
    """One row of the standards' data as it stands behind a number."""

    code: str
    value: float
    unit: str
    status: str
    document: Document
    applies_from: date
    published: date | None
    known_from: date
    reference: Words
    is_doubtful: bool = False


def provenance_of(catalog: Catalog, code: str) -> tuple[Provenance, ...]:
    """Return the rows that a code names, one for each factor of a product; none for no code.

    A row that no longer exists is left out.
    """
    rows = (_row(catalog, part) for part in code.split(PRODUCT) if part)
    return tuple(row for row in rows if row is not None)


def _row(catalog: Catalog, code: str) -> Provenance | None:
    if code.startswith(CODE_PREFIX):
        return _electricity(catalog, code)
    factor = catalog.factors.get(code)
    return None if factor is None else _printed(catalog, factor)


def _printed(catalog: Catalog, factor: Factor) -> Provenance:
    return Provenance(
        code=factor.code,
        value=factor.value,
        unit=factor.unit,
        status=factor.status,
        document=catalog.documents[factor.document],
        applies_from=factor.applies_from,
        published=factor.published,
        known_from=factor.known_from,
        reference=factor.reference,
        is_doubtful=factor.is_doubtful,
    )


def _electricity(catalog: Catalog, code: str) -> Provenance | None:
    series = (f for found in catalog.grids.factors.values() for f in found)
    factor = next((f for f in series if f.code == code), None)
    return None if factor is None else _of_grid(factor)


def _of_grid(factor: GridFactor) -> Provenance:
    return Provenance(
        code=factor.code,
        value=factor.value,
        unit=factor.unit,
        status=factor.status,
        document=factor.document,
        applies_from=factor.applies_from,
        published=factor.published,
        known_from=factor.known_from,
        reference=words_of(factor.document.names),
    )
