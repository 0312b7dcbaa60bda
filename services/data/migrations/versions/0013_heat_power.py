"""What a power plant supplied of heat and power, kept with the submission of its year."""

from alembic import op

from services.data.protection import append_only, protect

revision = "0013"
down_revision = "0012"

TABLE = "business.heat_power_split"
MADE = (
    f"""
    CREATE TABLE {TABLE} (
        organization_id bigint NOT NULL,
        submission_id uuid NOT NULL,
        version integer NOT NULL CHECK (version > 0),
        access_path ltree NOT NULL,
        year integer NOT NULL,
        heat_supplied double precision NOT NULL CHECK (heat_supplied >= 0),
        heat_generated double precision NOT NULL CHECK (heat_generated > 0),
        power_supplied double precision NOT NULL CHECK (power_supplied >= 0),
        recorded_by bigint NOT NULL REFERENCES base.person,
        recorded_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, submission_id, version),
        FOREIGN KEY (organization_id, submission_id) REFERENCES collected.submission,
        CHECK (heat_supplied <= heat_generated)
    )
    """,
    f"CREATE INDEX heat_power_split_year ON {TABLE} (organization_id, year, recorded_at)",
    *protect(TABLE, "SELECT, INSERT"),
    *append_only(TABLE),
)


def upgrade() -> None:
    """Make the table; the newest version of a submission counts, the older ones stay."""
    for statement in MADE:
        op.execute(statement)


def downgrade() -> None:
    """Remove it."""
    op.execute(f"DROP TABLE {TABLE}")
