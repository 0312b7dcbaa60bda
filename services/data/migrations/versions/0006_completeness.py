"""What a run lacks: records without a number, completeness, and the share that is estimated."""

from alembic import op

revision = "0006"
down_revision = "0005"

ADDED = (
    # Until now every record had a number, so that earlier runs lack none.
    "ALTER TABLE business.run ADD COLUMN missing json NOT NULL DEFAULT '[]'",
    """
    ALTER TABLE business.run ADD COLUMN completeness double precision NOT NULL DEFAULT 1
        CHECK (completeness BETWEEN 0 AND 1)
    """,
    """
    ALTER TABLE business.run ADD COLUMN estimated_share double precision
        CHECK (estimated_share BETWEEN 0 AND 1)
    """,
)
REMOVED = ("estimated_share", "completeness", "missing")


def upgrade() -> None:
    """Add the columns; the estimated share of earlier runs is not known here."""
    for statement in ADDED:
        op.execute(statement)


def downgrade() -> None:
    """Remove the columns."""
    for column in REMOVED:
        op.execute(f"ALTER TABLE business.run DROP COLUMN {column}")
