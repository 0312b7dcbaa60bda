"""Numbers of messages that checks did not see yet, each, as roll-ups have them."""

from alembic import op

revision = "0056"
down_revision = "0054"

TABLE = "base.watch_progress"


def upgrade() -> None:
    """Look once more at what is not settled: which of it was not seen is not known."""
    op.execute(f"ALTER TABLE {TABLE} ADD COLUMN missing int8multirange NOT NULL DEFAULT '{{}}'")
    op.execute(f"UPDATE {TABLE} SET newest = settled")
    op.execute(f"ALTER TABLE {TABLE} DROP COLUMN seen")


def downgrade() -> None:
    """Count again how many were seen."""
    op.execute(f"ALTER TABLE {TABLE} ADD COLUMN seen bigint NOT NULL DEFAULT 0")
    op.execute(f"UPDATE {TABLE} SET newest = settled")
    op.execute(f"ALTER TABLE {TABLE} DROP COLUMN missing")
