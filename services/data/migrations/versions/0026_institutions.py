"""Institutions and what may not meet by law; and who a manager's own people are."""

from alembic import op

from services.data.migrations.institutions import MADE, UNMADE
from services.data.migrations.own_people import DROPPED, PEOPLE_WITHIN

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Make the tables and what refuses a conflict."""
    for statement in (*MADE, PEOPLE_WITHIN):
        op.execute(statement)


def downgrade() -> None:
    """Remove them; conflicts between institutions are no longer held."""
    for statement in (DROPPED, *UNMADE):
        op.execute(statement)
