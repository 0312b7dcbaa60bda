"""Personal data: contact, notices, consents, how long what is kept, and how it is erased."""

from alembic import op

from services.data.migrations.privacy import MADE, UNMADE

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Make the tables and the three acts that the owner lends to the application."""
    for statement in MADE:
        op.execute(statement)


def downgrade() -> None:
    """Remove them; what was erased stays erased."""
    for statement in UNMADE:
        op.execute(statement)
