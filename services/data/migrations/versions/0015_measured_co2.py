"""What CO2 meters measured in a year, rolled up from their readings."""

from alembic import op

from services.data.protection import protect

revision = "0015"
down_revision = "0014"

TABLE = "statistics.measured_co2"
MADE = (
    f"""
    CREATE TABLE {TABLE} (
        organization_id bigint NOT NULL,
        device_id bigint NOT NULL,
        point_id bigint NOT NULL,
        year integer NOT NULL,
        access_path ltree NOT NULL,
        tonnes double precision NOT NULL CHECK (tonnes >= 0),
        covered_s double precision NOT NULL CHECK (covered_s >= 0),
        readings bigint NOT NULL,
        computed_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, device_id, point_id, year)
    )
    """,
    *protect(TABLE, "SELECT, INSERT, UPDATE"),
)


def upgrade() -> None:
    """Make the table."""
    for statement in MADE:
        op.execute(statement)


def downgrade() -> None:
    """Remove it; it can be made anew from the readings."""
    op.execute(f"DROP TABLE {TABLE}")
