"""What a submission was understood as, and runs that restate another with a bridge to it."""

from alembic import op

revision = "0004"
down_revision = "0003"

# json, not jsonb: the text stays as it was written, so that its hash does.
ADDED = (
    "ALTER TABLE collected.submission ADD COLUMN records json NOT NULL DEFAULT '[]'",
    "ALTER TABLE business.run ADD COLUMN restates uuid",
    "ALTER TABLE business.run ADD COLUMN bridge json NOT NULL DEFAULT '[]'",
    "CREATE INDEX run_restates ON business.run (organization_id, restates)",
)
REMOVED = (
    "DROP INDEX business.run_restates",
    "ALTER TABLE business.run DROP COLUMN bridge",
    "ALTER TABLE business.run DROP COLUMN restates",
    "ALTER TABLE collected.submission DROP COLUMN records",
)


def upgrade() -> None:
    """Add the columns; earlier submissions keep an empty list, which says that it is unknown."""
    for statement in ADDED:
        op.execute(statement)


def downgrade() -> None:
    """Remove the columns."""
    for statement in REMOVED:
        op.execute(statement)
