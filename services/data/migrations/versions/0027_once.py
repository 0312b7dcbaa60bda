"""Policies read their settings one time a query, and not for every row."""

from alembic import op

from services.data.migrations.readings import ENSURE_MONTH
from services.data.protection import by_row, once, respelled

revision = "0027"
down_revision = "0024"


def upgrade() -> None:
    """Spell every policy anew; a month of readings takes the policy of the whole."""
    op.execute(ENSURE_MONTH)
    op.execute(respelled(once))


def downgrade() -> None:
    """Read the settings for every row again: the same rows, at a higher price."""
    op.execute(respelled(by_row))
