"""Energy balances entered on a page: a draft of each year, and the document of the numbers."""

from alembic import op

from services.data.protection import protect

revision = "0014"
down_revision = "0013"

BALANCE, DRAFT = "collected.energy_balance", "business.balance_draft"
MADE = (
    f"ALTER TABLE {BALANCE} ADD COLUMN document text NOT NULL DEFAULT ''",
    f"""
    CREATE TABLE {DRAFT} (
        organization_id bigint NOT NULL REFERENCES base.organization,
        year integer NOT NULL,
        access_path ltree NOT NULL,
        rows jsonb NOT NULL,
        document text NOT NULL,
        note text NOT NULL,
        revision integer NOT NULL CHECK (revision > 0),
        edited_by bigint NOT NULL REFERENCES base.person,
        edited_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, year)
    )
    """,
    *protect(DRAFT, "SELECT, INSERT, UPDATE"),
)


def upgrade() -> None:
    """Add the column and the table."""
    for statement in MADE:
        op.execute(statement)


def downgrade() -> None:
    """Remove both."""
    op.execute(f"DROP TABLE {DRAFT}")
    op.execute(f"ALTER TABLE {BALANCE} DROP COLUMN document")
