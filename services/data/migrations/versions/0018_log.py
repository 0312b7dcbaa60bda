"""The transparency log: leaves that commit to records, the tree over them, signed checkpoints."""

from alembic import op

from services.data.migrations.log import made, removed

revision = "0018"
down_revision = "0020"


def upgrade() -> None:
    """Make the log and cover what is recorded already."""
    for statement in made():
        op.execute(statement)


def downgrade() -> None:
    """Remove it; checkpoints that somebody kept can be compared with nothing any more."""
    for statement in removed():
        op.execute(statement)
