"""Answers of the API kept by key, and what vouches for a message of a device."""

from alembic import op

from services.data.migrations.api import MADE, UNMADE

revision = "0030"
down_revision = "0026"


def upgrade() -> None:
    """Make the table, its rule of retention, and the column."""
    for statement in MADE:
        op.execute(statement)


def downgrade() -> None:
    """Remove them; a request that comes again is done again."""
    for statement in UNMADE:
        op.execute(statement)
