"""When a gateway wrote a message down, how its clock goes, and what was taken out of quarantine."""

from alembic import op

from services.data.protection import labelled, protect

revision = "0044"
down_revision = "0035"

CLOCK = """
CREATE TABLE collected.device_clock (
  organization_id bigint NOT NULL, access_path ltree NOT NULL,
  device_id bigint NOT NULL,
  lags double precision[] NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, device_id),
  FOREIGN KEY (organization_id, device_id) REFERENCES collected.device
) WITH (fillfactor = 70)"""
TABLE = "collected.device_clock"


def upgrade() -> None:
    """Add the columns and the table; nothing is known of what came before."""
    for statement in (
        "ALTER TABLE collected.message ADD COLUMN gateway_at timestamptz",
        "ALTER TABLE collected.quarantine ADD COLUMN redriven_at timestamptz",
        CLOCK,
        *protect(TABLE, "SELECT, INSERT, UPDATE"),
        labelled(TABLE, "telemetry"),
    ):
        op.execute(statement)


def downgrade() -> None:
    """Forget what gateways said of their time."""
    op.execute(f"DROP TABLE {TABLE}")
    op.execute("ALTER TABLE collected.quarantine DROP COLUMN redriven_at")
    op.execute("ALTER TABLE collected.message DROP COLUMN gateway_at")
