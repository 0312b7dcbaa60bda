"""Ids of the page of institutions and what may not meet (7.2)."""

from __future__ import annotations

from typing import Any

PATH = "/administration/institutions"
QUERY = "administration-institutions-query"
CONTENT = "administration-institutions-content"
SHOWN = "administration-institutions-shown"
KIND = "administration-institutions-kind"
CODE = "administration-institutions-code"
NAME = "administration-institutions-name"
NAME_EN = "administration-institutions-name-en"
ADD = "administration-institutions-add"
LOGIN = "administration-institutions-login"
STAFF_FIRST = "administration-institutions-staff-first"
STAFF_LAST = "administration-institutions-staff-last"
EMPLOY = "administration-institutions-employ"
ORGANIZATION = "administration-institutions-organization"
RELATION = "administration-institutions-relation"
YEARS = "administration-institutions-years"
TIE_FIRST = "administration-institutions-tie-first"
TIE_LAST = "administration-institutions-tie-last"
TIE = "administration-institutions-tie"
END_DAY = "administration-institutions-end-day"


def end(value: Any) -> dict[str, Any]:
    """Return the id of the button that ends an employment or a tie."""
    return {"type": "administration-institutions-end", "row": value}
