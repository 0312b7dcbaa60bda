"""How an organization's own layouts of files are read: which column holds what."""

from alembic import op

from services.data.protection import protect

revision = "0029"
down_revision = "0032"

TABLE = "business.import_layout"


def upgrade() -> None:
    """Make the table; a layout is found by its headings and can be changed."""
    op.execute(
        f"""
        CREATE TABLE {TABLE} (
            organization_id bigint NOT NULL,
            fingerprint text NOT NULL,
            access_path ltree NOT NULL,
            columns jsonb NOT NULL,
            saved_by bigint NOT NULL,
            saved_at timestamptz NOT NULL,
            PRIMARY KEY (organization_id, fingerprint)
        )
        """
    )
    for statement in protect(TABLE, "SELECT, INSERT, UPDATE"):
        op.execute(statement)


def downgrade() -> None:
    """Remove it; layouts have to be told again."""
    op.execute(f"DROP TABLE {TABLE}")
