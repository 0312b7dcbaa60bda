"""Dated facts of measuring points: bindings, calibrations, counters; and which receipts left."""

from alembic import op

from services.data.protection import append_only, labelled, protect

revision = "0036"
down_revision = "0039"

OWNER = "organization_id bigint NOT NULL, access_path ltree NOT NULL"
OF_POINT = "device_id bigint NOT NULL, point_id bigint NOT NULL"
TO_POINT = "FOREIGN KEY (organization_id, point_id) REFERENCES collected.point"
WHO = "recorded_by bigint, recorded_at timestamptz NOT NULL"
FACTS = {
    "point_binding": f"""
        {OWNER}, binding_id uuid NOT NULL DEFAULT gen_random_uuid(), {OF_POINT},
        source text NOT NULL, item text NOT NULL, symbol text NOT NULL,
        unit text NOT NULL, scale double precision NOT NULL CHECK (scale > 0),
        valid_from date NOT NULL, {WHO},
        PRIMARY KEY (organization_id, binding_id), {TO_POINT}""",
    "point_calibration": f"""
        {OWNER}, calibration_id uuid NOT NULL DEFAULT gen_random_uuid(), {OF_POINT},
        calibrated_on date NOT NULL, next_due date NOT NULL CHECK (next_due > calibrated_on),
        document text NOT NULL, {WHO},
        PRIMARY KEY (organization_id, calibration_id), {TO_POINT}""",
    "counter_mark": f"""
        {OWNER}, mark_id uuid NOT NULL DEFAULT gen_random_uuid(), {OF_POINT},
        at timestamptz NOT NULL, kind text NOT NULL,
        end_value double precision, start_value double precision,
        factor double precision NOT NULL CHECK (factor > 0),
        note text NOT NULL, {WHO},
        PRIMARY KEY (organization_id, mark_id), {TO_POINT}""",
}
RECEIPT = "collected.receipt"


def upgrade() -> None:
    """Make the tables: facts are only added to, the newest about a thing counts."""
    for name, columns in FACTS.items():
        table = f"collected.{name}"
        op.execute(f"CREATE TABLE {table} ({columns})")
        op.execute(f"CREATE INDEX {name}_of_point ON {table} (organization_id, point_id)")
        for statement in (*protect(table, "SELECT, INSERT"), *append_only(table)):
            op.execute(statement)
        op.execute(labelled(table, "telemetry"))
    op.execute("ALTER TABLE collected.device ADD COLUMN replaces bigint")
    op.execute(
        f"""
        CREATE TABLE {RECEIPT} (
            {OWNER}, device_id bigint NOT NULL, boot text NOT NULL,
            sequences int8multirange NOT NULL, last_at timestamptz NOT NULL,
            PRIMARY KEY (organization_id, device_id, boot),
            FOREIGN KEY (organization_id, device_id) REFERENCES collected.device
        )
        """
    )
    for statement in protect(RECEIPT, "SELECT, INSERT, UPDATE"):
        op.execute(statement)
    op.execute(labelled(RECEIPT, "telemetry"))


def downgrade() -> None:
    """Remove them; what a device replaced is forgotten."""
    op.execute(f"DROP TABLE {RECEIPT}")
    op.execute("ALTER TABLE collected.device DROP COLUMN replaces")
    for name in FACTS:
        op.execute(f"DROP TABLE collected.{name}")
