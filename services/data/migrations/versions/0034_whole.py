"""Policies by label look at no row of a data set that is open as a whole."""

from alembic import op

from services.data.protection import once, respelled

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Spell every policy of the database anew."""
    op.execute(respelled(once))


def downgrade() -> None:
    """Leave the policies: they say the same."""
