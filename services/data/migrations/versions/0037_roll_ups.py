"""Readings rolled up to 15 minutes, hours, days and months, as far as they came."""

from alembic import op

from services.data.protection import labelled, protect

revision = "0037"
down_revision = "0036"

OWNER = "organization_id bigint NOT NULL, access_path ltree NOT NULL"
OF_POINT = "device_id bigint NOT NULL, point_id bigint NOT NULL, begins_at timestamptz NOT NULL"
ADDED = """
    readings integer NOT NULL, suspect integer NOT NULL,
    total double precision NOT NULL, low double precision, high double precision,
    last_value double precision, last_at timestamptz,
    amount double precision NOT NULL, amount_s double precision NOT NULL,
    covered_s double precision NOT NULL, steps_back integer NOT NULL,
    leap double precision NOT NULL, leap_to timestamptz,
    computed_at timestamptz NOT NULL"""
# What joins a bin to the next one; there is none where nothing came after it.
JOINED = """
    first_value double precision, first_at timestamptz,
    first_segment timestamptz, last_segment timestamptz,
    inner_amount double precision NOT NULL, inner_amount_s double precision NOT NULL,
    inner_covered_s double precision NOT NULL, inner_steps_back integer NOT NULL,"""
KEY = "PRIMARY KEY (organization_id, point_id, begins_at)"
LATE = "reopened_at timestamptz,"
TABLES = {
    "statistics.reading_quarter": JOINED,
    "statistics.reading_hour": "",
    "statistics.reading_day": "",
    "statistics.reading_month": LATE,
}
TOUCHED, PROGRESS = "statistics.touched_bin", "statistics.roll_up_progress"


def upgrade() -> None:
    """Make the tables; a message is found by its number as it is by its time."""
    for table, more in TABLES.items():
        op.execute(f"CREATE TABLE {table} ({OWNER}, {OF_POINT}, {more} {ADDED}, {KEY})")
        name = table.partition(".")[2]
        op.execute(
            f"CREATE INDEX {name}_by_time ON {table} USING brin (begins_at) "
            "WITH (pages_per_range = 8, autosummarize = on)"
        )
        for statement in protect(table):
            op.execute(statement)
        op.execute(labelled(table, "telemetry"))
    op.execute(f"CREATE TABLE {TOUCHED} ({OWNER}, {OF_POINT}, {KEY})")
    op.execute(f"CREATE INDEX touched_bin_by_time ON {TOUCHED} (begins_at)")
    for statement in protect(TOUCHED):
        op.execute(statement)
    op.execute(labelled(TOUCHED, "telemetry"))
    op.execute(
        f"""
        CREATE TABLE {PROGRESS} (
            organization_id bigint NOT NULL, access_path ltree NOT NULL,
            settled bigint NOT NULL, middle bigint NOT NULL, middle_at timestamptz NOT NULL,
            newest bigint NOT NULL, seen bigint NOT NULL,
            PRIMARY KEY (organization_id)
        )
        """
    )
    for statement in protect(PROGRESS):
        op.execute(statement)
    op.execute(labelled(PROGRESS, "telemetry"))
    for table in ("message", "reading"):
        op.execute(
            f"CREATE INDEX {table}_by_number ON collected.{table} USING brin (message_id) "
            "WITH (pages_per_range = 32, autosummarize = on)"
        )


def downgrade() -> None:
    """Remove them; they can be made anew from the readings."""
    for table in ("message", "reading"):
        op.execute(f"DROP INDEX collected.{table}_by_number")
    for table in (*TABLES, TOUCHED, PROGRESS):
        op.execute(f"DROP TABLE {table}")
