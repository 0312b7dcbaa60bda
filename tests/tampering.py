"""Changing behind the platform's back what the application itself can never change."""

from unittest import mock

from sqlalchemy import text

from services import clock
from services.data import audit
from services.data.engine import owner_work
from services.security.signing import Signer
from services.transparency.sealing import seal

SIGNER = Signer.from_text("5e" * 32, "test")
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


def long_ago(database, owner_url, at):
    """Write an event as one that was sealed long ago; return its name.

    Call it before anything is sealed.
    """
    added = text("""
        INSERT INTO business.audit_event (organization_id, access_path, action, resource, before,
            after, channel, at)
        VALUES (0, 'cn', 'sign_in', 'long ago', '{}', '{}', 'web', :at) RETURNING event_id::text
    """)
    with owner_work(owner_url) as work:
        work.connection.execute(text("SET LOCAL app.access = 'cn'"))
        name = work.connection.scalar(added, {"at": at})
        work.commit()
    with mock.patch.object(clock, "now", return_value=at):
        seal(database, SIGNER)
    return name
