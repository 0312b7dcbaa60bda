"""Signed entries of the ledger of discrepancies: cause, owner and note of a gap."""

from alembic import op

from services.data.protection import append_only, protect

revision = "0011"
down_revision = "0010"

TABLE = "business.discrepancy_entry"
MADE = (
    f"""
    CREATE TABLE {TABLE} (
        organization_id bigint NOT NULL,
        entry_id uuid NOT NULL DEFAULT gen_random_uuid(),
        access_path ltree NOT NULL,
        year integer NOT NULL,
        estimate text NOT NULL,
        gap_t double precision NOT NULL,
        cause text NOT NULL,
        owner text NOT NULL CHECK (owner <> ''),
        note text NOT NULL,
        signed_by bigint NOT NULL,
        signed_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, entry_id)
    )
    """,
    f"CREATE INDEX discrepancy_year ON {TABLE} (organization_id, year, signed_at)",
    *protect(TABLE, "SELECT, INSERT"),
    *append_only(TABLE),
)


def upgrade() -> None:
    """Make the table; the newest entry of a gap counts, the older ones stay."""
    for statement in MADE:
        op.execute(statement)


def downgrade() -> None:
    """Remove it."""
    op.execute(f"DROP TABLE {TABLE}")
