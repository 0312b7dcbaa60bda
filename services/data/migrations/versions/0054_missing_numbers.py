"""Numbers of messages that were not seen yet, each; and devices that speak Sparkplug B."""

from alembic import op

revision = "0054"
down_revision = "0050"

TABLE = "statistics.roll_up_progress"
CHECK = "device_protocol_check"
PROTOCOLS = (
    "ALTER TABLE collected.device DROP CONSTRAINT {check}",
    "ALTER TABLE collected.device ADD CONSTRAINT {check} CHECK (protocol IN ({known}))",
)


def know(protocols: str) -> None:
    """Let devices speak these protocols and no others."""
    for statement in PROTOCOLS:
        op.execute(statement.format(check=CHECK, known=protocols))


def upgrade() -> None:
    """Look once more at what is not settled: which of it was not seen is not known."""
    op.execute(f"ALTER TABLE {TABLE} ADD COLUMN missing int8multirange NOT NULL DEFAULT '{{}}'")
    op.execute(f"UPDATE {TABLE} SET newest = settled")
    op.execute(f"ALTER TABLE {TABLE} DROP COLUMN seen")
    know("'signed', 'hj212', 'sparkplug'")


def downgrade() -> None:
    """Count again how many were seen; it fails while a device speaks Sparkplug B."""
    know("'signed', 'hj212'")
    op.execute(f"ALTER TABLE {TABLE} ADD COLUMN seen bigint NOT NULL DEFAULT 0")
    op.execute(f"UPDATE {TABLE} SET newest = settled")
    op.execute(f"ALTER TABLE {TABLE} DROP COLUMN missing")
