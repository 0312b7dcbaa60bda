"""Verifications: assigned institutions, sampling plans, findings, opinions."""

from alembic import op

from services.data.migrations.verification_rules import MADE, UNMADE

revision = "0053"
down_revision = "0055"


def upgrade() -> None:
    """Make the tables and what refuses a step that may not be."""
    for statement in MADE:
        op.execute(statement)


def downgrade() -> None:
    """Remove them; an accepted year is held by no opinion any more."""
    for statement in UNMADE:
        op.execute(statement)
