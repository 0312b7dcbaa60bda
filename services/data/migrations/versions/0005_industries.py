"""Industries as a tree, each with all the methods made for it and how sure its name is."""

from alembic import op

revision = "0005"
down_revision = "0004"

UP = (
    # Base data is loaded anew after every revision.
    "DELETE FROM base.industry",
    """
    ALTER TABLE base.industry
        DROP COLUMN method,
        ADD COLUMN parent_code text NOT NULL,
        ADD COLUMN methods text[] NOT NULL,
        ADD COLUMN status text NOT NULL CHECK (status IN ('verified', 'secondary', 'recalled'))
    """,
)
DOWN = (
    "DELETE FROM base.industry",
    """
    ALTER TABLE base.industry
        DROP COLUMN parent_code,
        DROP COLUMN methods,
        DROP COLUMN status,
        ADD COLUMN method text NOT NULL
    """,
)


def upgrade() -> None:
    """Give each industry its place in the tree, its methods and its status."""
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    """Go back to one method for each industry."""
    for statement in DOWN:
        op.execute(statement)
