"""Which batch computed a run anew; the runs of a batch count together or not at all."""

from alembic import op

from services.data.protection import grant

revision = "0009"
down_revision = "0007"

UP = (
    "ALTER TABLE business.run ADD COLUMN batch uuid",
    "CREATE INDEX run_batch ON business.run (batch, organization_id)",
    # No row of an organization: every firm has to know whether a batch above it has ended.
    """
    CREATE TABLE base.finished_batch (
        batch uuid PRIMARY KEY,
        finished_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    grant("base.finished_batch", "SELECT, INSERT"),
)
DOWN = (
    "DROP TABLE base.finished_batch",
    "DROP INDEX business.run_batch",
    "ALTER TABLE business.run DROP COLUMN batch",
)


def upgrade() -> None:
    """Add the column and the table; no earlier run belongs to a batch."""
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    """Remove both."""
    for statement in DOWN:
        op.execute(statement)
