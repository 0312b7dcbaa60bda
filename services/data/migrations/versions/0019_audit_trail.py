"""From where an event came, how it ended, and digests that stay when its content is erased."""

from alembic import op

revision = "0019"
down_revision = "0016"

TABLE = "business.audit_event"
ADDED = ("address", "result", "before_digest", "after_digest")
# What was written before these columns were there had succeeded, from an address not kept.
MADE = (
    *(f"ALTER TABLE {TABLE} ADD COLUMN {name} text NOT NULL DEFAULT ''" for name in ADDED),
    f"ALTER TABLE {TABLE} ALTER COLUMN result SET DEFAULT 'done'",
    f"""
    ALTER TABLE {TABLE} ADD CONSTRAINT audit_event_result
        CHECK (result IN ('', 'done', 'failed', 'refused'))
    """,
    f"CREATE INDEX audit_event_when ON {TABLE} (at, event_id)",
    f"CREATE INDEX audit_event_who ON {TABLE} (person_id, at)",
)


def upgrade() -> None:
    """Add the columns and what a search needs."""
    for statement in MADE:
        op.execute(statement)


def downgrade() -> None:
    """Remove them."""
    op.execute("DROP INDEX business.audit_event_when, business.audit_event_who")
    for name in ADDED:
        op.execute(f"ALTER TABLE {TABLE} DROP COLUMN {name}")
