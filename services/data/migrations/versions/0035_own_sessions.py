"""Row security of sessions: one's own, those of people within the scope, or the platform's."""

from alembic import op

from services.data.protection import force

revision = "0035"
down_revision = "0034"

# Asked in this order, so that the question of every request, by its own person, ends at the first.
OWN = "person_id::text = nullif(current_setting('app.person', true), '')"
PLATFORM = "coalesce('cn' = ANY (string_to_array(current_setting('app.access', true), ' ')), false)"
# The memberships that the transaction may see: whoever holds a role within its scope.
WITHIN = "EXISTS (SELECT FROM base.membership AS m WHERE m.person_id = session.person_id)"
SEEN = f"{OWN} OR {PLATFORM} OR {WITHIN}"


def upgrade() -> None:
    """Show a session to nobody but its person and whom they are below."""
    for statement in force("base.session"):
        op.execute(statement)
    op.execute(f"CREATE POLICY own ON base.session USING ({SEEN}) WITH CHECK ({SEEN})")


def downgrade() -> None:
    """Leave sessions to the application alone again."""
    op.execute("DROP POLICY own ON base.session")
    op.execute("ALTER TABLE base.session NO FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE base.session DISABLE ROW LEVEL SECURITY")
