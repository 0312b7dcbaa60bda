"""What the lines of filed runs below a place add up to, for some of their sources."""

from __future__ import annotations

import math
from collections.abc import Iterable

from sqlalchemy import cast, select

from services.data.base_tables import organization
from services.data.business_tables import run_pointer
from services.data.metadata import Ltree
from services.data.organizations import ACCOUNTED_KINDS
from services.data.statistics_tables import emission_line
from services.data.work import Work
from services.standards.totals import DIRECT


def direct_below(
    work: Work, access_path: str, year: int, sources: Iterable[str]
) -> dict[int, float]:
    """Return the direct tonnes of some sources by firm or park; without such lines it is absent."""
    query = (
        select(emission_line.c.organization_id, emission_line.c.sign * emission_line.c.co2e_t)
        .join(
            run_pointer,
            (run_pointer.c.organization_id == emission_line.c.organization_id)
            & (run_pointer.c.filed_run == emission_line.c.run_id),
        )
        .join(organization, organization.c.organization_id == emission_line.c.organization_id)
        .where(
            run_pointer.c.year == year,
            emission_line.c.access_path.op("<@")(cast(access_path, Ltree)),
            emission_line.c.emission_scope == DIRECT,
            emission_line.c.source.in_(tuple(sources)),
            organization.c.kind.in_(ACCOUNTED_KINDS),
        )
        .order_by(emission_line.c.organization_id, emission_line.c.line)
    )
    found: dict[int, list[float]] = {}
    for organization_id, tonnes in work.connection.execute(query):
        found.setdefault(organization_id, []).append(tonnes)
    return {organization_id: math.fsum(tonnes) for organization_id, tonnes in found.items()}
