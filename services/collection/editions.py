"""Which methods an organization can use for a year, and which editions of a standard cover it."""

from __future__ import annotations

import re
from datetime import date

from services.standards.catalog import Catalog
from services.standards.model import Method

SUBJECT = "enterprise"
_YEAR_OF_EDITION = re.compile(r"-\d{4}$")


def methods_for(catalog: Catalog, year: int) -> tuple[Method, ...]:
    """Return the methods whose text we have and that are in force in some part of the year."""
    return tuple(method for method in _covering(catalog, year) if method.is_loaded)


def editions_for(catalog: Catalog, designation: str, year: int) -> tuple[Method, ...]:
    """Return the editions of a method's standard that cover the year, loaded or not."""
    standard = _standard(catalog.method(designation).designation)
    covering = _covering(catalog, year)
    return tuple(method for method in covering if _standard(method.designation) == standard)


def _covering(catalog: Catalog, year: int) -> tuple[Method, ...]:
    first, last = date(year, 1, 1), date(year, 12, 31)
    return tuple(
        method
        for method in catalog.methods.values()
        if method.subject == SUBJECT
        and method.valid_from <= last
        and (method.valid_to is None or method.valid_to >= first)
    )


def _standard(designation: str) -> str:
    return _YEAR_OF_EDITION.sub("", designation)
