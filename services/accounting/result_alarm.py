"""From what disagrees in a stored result to the alert of its year (5.2.1 b)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from services.alerts.lifecycle import Condition
from services.alerts.observing import Observation, observe
from services.data import findings
from services.data.organizations import Organization
from services.data.work import Work

RULE, PAGE = "result.inconsistent", "/enterprise/accounting"


def look_at(work: Work, years: Iterable[tuple[Organization, int]], at: datetime) -> None:
    """Open the alert of each year in whose results something disagrees, and calm the others.

    What somebody resolved with a reason is no cause any more.
    """
    observe(work, [_seen(work, subject, year) for subject, year in years], at)


def _seen(work: Work, subject: Organization, year: int) -> Observation:
    found = findings.standing(work, subject.organization_id, year)
    is_open = any(each.resolved_at is None for each in found)
    return Observation(
        place=subject,
        rule=RULE,
        about=f"year:{year}",
        found=Condition.STANDS if is_open else Condition.CLEAR,
        subject={"zh-CN": f"{year} 年度", "en": f"Year {year}"},
        link=f"{PAGE}?organization={subject.organization_id}&year={year}",
    )
