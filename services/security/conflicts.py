"""What may not meet by carbon law between institutions, their staff and roles (7.2).

The database refuses it (services/data/migrations/institutions.py); here it is told as what a
person reads: which institution, which role, which days, why, and what to do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from psycopg.errors import Error
from sqlalchemy.exc import IntegrityError

from services.data import institutions
from services.data.institutions import Term
from services.data.work import Work
from services.errors import PlatformError
from services.formatting import date_text
from services.i18n.texts import language, t

CONFLICT = "institution_conflict"


class InstitutionConflictError(PlatformError):
    """An institution or its staff would do what carbon law keeps apart."""

    text_key = "institution_same_province"


class SameReportError(InstitutionConflictError):
    """An institution would verify a report that it compiled, whenever it did either."""

    text_key = "institution_same_report"


class InterestError(InstitutionConflictError):
    """An institution would verify an organization in which it has an interest."""

    text_key = "institution_interest"


class StaffTradingError(InstitutionConflictError):
    """Somebody who works for an institution of the market would trade on it."""

    text_key = "institution_trading"


class NotAppointedError(PlatformError):
    """Whoever verifies works, on all those days, for an institution that verifies there."""

    text_key = "institution_missing"


_RULES: Mapping[str, type[InstitutionConflictError]] = {
    "same_province": InstitutionConflictError,
    "same_report": SameReportError,
    "interest": InterestError,
    "trading": StaffTradingError,
}


@contextmanager
def conflicts_told() -> Iterator[None]:
    """Tell what the database refuses of institutions as the error that a person reads."""
    try:
        yield
    except IntegrityError as error:
        found = conflict_in(error)
        if found is None:
            raise
        raise found from error


def conflict_in(error: IntegrityError) -> PlatformError | None:
    """Return the conflict between institutions that a database error stands for, or None."""
    diag = error.orig.diag if isinstance(error.orig, Error) else None
    if diag is None or diag.constraint_name != CONFLICT:
        return None
    return told(json.loads(diag.message_detail or "{}"))


def told(found: Mapping[str, Any]) -> InstitutionConflictError:
    """Return the error for what the database found."""
    code = language()
    values = {
        "value": found["institution"][code],
        "login": found["login"],
        "who": t("institutions.who", login=found["login"]) if found["login"] else "",
        "act": t(f"institutions.acts.{found['act']}", place=found["one"][code]),
        "other": t(f"institutions.acts.{found['other']}", place=found["two"][code]),
        "days": days_told(_day(found["first"]), _day(found["last"])),
        "years": years_told(found["first_year"], found["last_year"]),
        "source": t(f"institutions.rules.{found['rule']}_source"),
    }
    return _RULES[found["rule"]]("institution", **values)


def require_appointed(work: Work, person_id: int, access_path: str, term: Term) -> None:
    """Raise NotAppointedError unless somebody's institution verifies at a place on all the days."""
    if not institutions.is_appointed(work, person_id, access_path, term):
        raise NotAppointedError("login", value=days_told(term.first, term.last))


def days_told(first: date | None, last: date | None) -> str:
    """Return days in words, such as "2026-01-01 to open"."""
    begin, end = (date_text(d) if d else t("roles.open") for d in (first, last))
    return t("institutions.days_told", first=begin, last=end)


def years_told(first: int | None, last: int | None) -> str:
    """Return the years of reports, such as 2024–2025; a dash where there are none."""
    if first is None:
        return "—"
    return str(first) if first == last else f"{first}–{last}"


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
