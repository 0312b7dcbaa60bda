"""The lineage of a stored run, for whoever may see its result (5.2.1 b)."""

from __future__ import annotations

from uuid import UUID

from services.accounting.heat_power import split_of_run
from services.accounting.stored import material_of_run
from services.data.engine import Database
from services.data.organizations import Organization
from services.reports.line_lineage import Explained
from services.reports.lineage import lineage
from services.security.permissions import Action, Actor
from services.security.readings import note_read
from services.security.scopes import scope_for
from services.security.trail import Deed
from services.standards.catalog import Catalog


def explain_run(
    actor: Actor, database: Database, catalog: Catalog, run_id: UUID, line: int | None = None
) -> dict[str, object]:
    """Return what is behind every total of a run; `line` keeps one line, counted from 0."""
    return explain_with_place(actor, database, catalog, run_id, line)[0]


def explain_with_place(
    actor: Actor, database: Database, catalog: Catalog, run_id: UUID, line: int | None = None
) -> tuple[dict[str, object], Organization]:
    """Return what is behind every total of a run, and whose it is."""
    with database.work(scope_for(actor, Action.VIEW_RESULT)) as work:
        found = material_of_run(work, actor, Action.VIEW_RESULT, run_id)
        kept = split_of_run(work, catalog, found.run)
        deed = Deed("read_lineage", str(run_id))
        note_read(work, actor, Action.VIEW_RESULT, found.subject, deed)
        work.commit()
    explained = Explained(
        found.calculation,
        found.records,
        found.typed,
        found.about(),
        found.files,
        kept.as_json() if kept else None,
    )
    return lineage(catalog, explained, line), found.subject
