"""Which numbers of messages were not seen yet, each, so that one that is late is found alone."""

from alembic import op

revision = "0054"
down_revision = "0041"

TABLE = "statistics.roll_up_progress"


def upgrade() -> None:
    """Look once more at what is not settled: which of it was not seen is not known."""
    op.execute(f"ALTER TABLE {TABLE} ADD COLUMN missing int8multirange NOT NULL DEFAULT '{{}}'")
    op.execute(f"UPDATE {TABLE} SET newest = settled")
    op.execute(f"ALTER TABLE {TABLE} DROP COLUMN seen")


def downgrade() -> None:
    """Count again how many were seen, from what is settled on."""
    op.execute(f"ALTER TABLE {TABLE} ADD COLUMN seen bigint NOT NULL DEFAULT 0")
    op.execute(f"UPDATE {TABLE} SET newest = settled")
    op.execute(f"ALTER TABLE {TABLE} DROP COLUMN missing")
