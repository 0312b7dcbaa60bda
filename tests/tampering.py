"""Changing behind the platform's back what the application itself can never change."""

from sqlalchemy import text

from services import clock
from services.data import audit
from services.data.engine import owner_work

RUN, LINE = "business.run", "statistics.emission_line"


def tamper(owner_url, table, change):
    """Update rows of facts as the database's owner; there must be some."""
    with owner_work(owner_url) as work:
        work.connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        done = work.connection.execute(text(f"UPDATE {table} SET {change}"))
        work.connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
        work.commit()
    assert done.rowcount > 0


def audit_line(work, resource):
    """Write one audit event of the country, as every change does."""
    audit.add(work, audit.AuditEvent(0, "cn", None, "test", resource, clock.now()))
