"""Removing everything below one place, in one transaction, by the owner: for sample data only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from graphlib import TopologicalSorter

from sqlalchemy import delete, select, text

from services import clock
from services.data import audit
from services.data.audit import AuditEvent
from services.data.engine import ROOT_PATH, owner_work
from services.data.identity_tables import person
from services.data.institution_tables import institution, institution_staff, institution_tie
from services.data.log_kinds import BY_NAME, KINDS, canonical, record
from services.data.log_rules import EVENT, REMOVED_RECORDS
from services.data.sample.content import INSTITUTION_CODE
from services.data.work import EVERY_ENGAGEMENT, Scope, Work
from services.labels import EVERYTHING

TRAIL = BY_NAME[EVENT].table
_TABLES = text("""
    SELECT c.oid::regclass::text AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'access_path'
    WHERE n.nspname IN ('base', 'collected', 'business', 'statistics')
      -- What was recorded stays recorded, and the trail goes only with its time.
      AND c.relname NOT IN ('log_leaf', 'audit_event')
      AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND NOT a.attisdropped
""")
_REFERENCES = text("""
    SELECT conrelid::regclass::text AS child, confrelid::regclass::text AS parent
    FROM pg_constraint WHERE contype = 'f' AND conrelid <> confrelid
""")


def remove_below(owner_url: str, access_path: str) -> dict[str, int]:
    """Delete every row at or below a place and the sample people; return how many by table."""
    with owner_work(owner_url, _all_of(access_path)) as work:
        kept = _contents(work, access_path)
        counts = {name: _empty(work, name, access_path) for name in _in_order(work)}
        gone = work.connection.execute(delete(person).where(person.c.is_sample))
        counts["base.person"] = gone.rowcount
        counts["base.institution"] = _remove_institution(work)
        if any(counts.values()):
            _tell(work, access_path, counts)
            _keep(work, kept)
        work.commit()
    return counts


def _remove_institution(work: Work) -> int:
    """Remove the institution of the sample, once nobody works for it and it is tied to nothing."""
    unused = [
        ~select(table.c.institution_id)
        .where(table.c.institution_id == institution.c.institution_id)
        .exists()
        for table in (institution_staff, institution_tie)
    ]
    gone = delete(institution).where(institution.c.code == INSTITUTION_CODE, *unused)
    return work.connection.execute(gone).rowcount


def _all_of(access_path: str) -> Scope:
    return Scope((access_path,), readable=EVERYTHING, engagements=EVERY_ENGAGEMENT)


def _tell(work: Work, access_path: str, counts: dict[str, int]) -> None:
    """Leave a trace, by which the self-check of the log knows what became of the records."""
    told = {"rows": {name: count for name, count in counts.items() if count}}
    # It belongs to the country: everything below the place is gone.
    event = AuditEvent(0, ROOT_PATH, None, "remove_sample", access_path, clock.now(), told)
    audit.add(work, replace(event, channel="command"))


def _contents(work: Work, access_path: str) -> dict[str, dict[str, str]]:
    """Return what each record below the place says, as it was sealed: proof of where it lay."""
    work.connection.execute(text("SET LOCAL extra_float_digits = 1"))
    found = {}
    for kind in KINDS:
        if kind.has_place and kind.table != TRAIL:
            rows = work.connection.execute(
                text(
                    f"SELECT {record(kind, 'n')} AS record, {canonical(kind, 'n')} AS content"
                    f" FROM {kind.table} n WHERE access_path <@ CAST(:path AS ltree)"
                ),
                {"path": access_path},
            )
            found[kind.name] = {row.record: row.content for row in rows}
    return found


def _keep(work: Work, contents: Mapping[str, Mapping[str, str]]) -> None:
    for kind, records in contents.items():
        if records:
            event = AuditEvent(0, ROOT_PATH, None, REMOVED_RECORDS, kind, clock.now())
            audit.add(work, replace(event, after={"records": records}, channel="command"))


def _in_order(work: Work) -> list[str]:
    tables = set(work.connection.scalars(_TABLES))
    children: dict[str, set[str]] = defaultdict(set)
    for child, parent in work.connection.execute(_REFERENCES):
        if child in tables:
            children[parent].add(child)
    order = TopologicalSorter({name: children[name] for name in tables}).static_order()
    return [name for name in order if name in tables]


def _empty(work: Work, table: str, access_path: str) -> int:
    # The names come from the catalogue of the database itself. Facts refuse removal by a
    # trigger; only the owner can lift it, and only inside this transaction.
    work.connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    below = text(f"DELETE FROM {table} WHERE access_path <@ CAST(:path AS ltree)")
    count = work.connection.execute(below, {"path": access_path}).rowcount
    work.connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return count
