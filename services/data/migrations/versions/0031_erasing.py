"""Erasing names its records: events that were forgotten, or written anew without a name."""

from alembic import op

from services.data.migrations.erasing import MADE, UNMADE

revision = "0031"
down_revision = "0028"


def upgrade() -> None:
    """Let the functions that erase write down what; only who left can be renamed."""
    for statement in MADE:
        op.execute(statement)


def downgrade() -> None:
    """Erase without naming again: both checks then name everything that goes."""
    for statement in UNMADE:
        op.execute(statement)
