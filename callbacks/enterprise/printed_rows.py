"""What document a value on a line is printed in, since when it applies and is known (4.5)."""

from __future__ import annotations

from services.formatting import UNKNOWN, date_text
from services.i18n.texts import language, t
from services.standards.catalog import Catalog
from services.standards.provenance import Provenance, provenance_of
from services.standards.results import InputValue


def printed_in(catalog: Catalog, given: InputValue) -> str:
    """Return the document of a factor with its dates, of each where several were multiplied."""
    return "; ".join(_told(row) for row in provenance_of(catalog, given.factor))


def _told(row: Provenance) -> str:
    return t(
        "result.detail.printed",
        document=row.document.names.get(language()) or row.document.code,
        published=date_text(row.published) if row.published else UNKNOWN,
        applies_from=date_text(row.applies_from),
    )
