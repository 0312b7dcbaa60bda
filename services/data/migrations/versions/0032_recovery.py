"""Recovery by two administrators, the last of a kind stays, and who typed what is decided on."""

from alembic import op

from services.data.migrations.recovery import MADE, UNMADE

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Add the columns, and what refuses to leave the platform without an administrator."""
    for statement in MADE:
        op.execute(statement)


def downgrade() -> None:
    """Remove them; the last administrator can be removed again."""
    for statement in UNMADE:
        op.execute(statement)
