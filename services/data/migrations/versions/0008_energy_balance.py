"""Energy balances of regions: fuels of a year as apparent consumption, and electricity used."""

from alembic import op

from services.data.protection import append_only, protect

revision = "0008"
down_revision = "0006"

TABLE = "collected.energy_balance"
MADE = (
    f"""
    CREATE TABLE {TABLE} (
        organization_id bigint NOT NULL,
        balance_id uuid NOT NULL DEFAULT gen_random_uuid(),
        access_path ltree NOT NULL,
        year integer NOT NULL,
        rows json NOT NULL,
        electricity_mwh double precision CHECK (electricity_mwh >= 0),
        note text NOT NULL,
        recorded_by bigint NOT NULL,
        recorded_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, balance_id)
    )
    """,
    f"CREATE INDEX energy_balance_year ON {TABLE} (organization_id, year, recorded_at)",
    *protect(TABLE, "SELECT, INSERT"),
    *append_only(TABLE),
)


def upgrade() -> None:
    """Make the table; a correction is a newer row, the older one stays."""
    for statement in MADE:
        op.execute(statement)


def downgrade() -> None:
    """Remove the table."""
    op.execute(f"DROP TABLE {TABLE}")
