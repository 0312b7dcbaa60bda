"""Devices that speak another protocol than ours, and what comes from them marked as weak."""

from alembic import op

revision = "0045"
down_revision = "0046"

CHECK = "message_integrity_check"


def upgrade() -> None:
    """Say of each device how it speaks; all that there are speak the protocol with signatures."""
    for statement in (
        "ALTER TABLE collected.device ADD COLUMN protocol text NOT NULL DEFAULT 'signed'"
        " CHECK (protocol IN ('signed', 'hj212'))",
        # A station says its own number and nothing of whose it is; its password tells.
        "CREATE INDEX device_by_station ON collected.device (code) WHERE protocol = 'hj212'",
        f"ALTER TABLE collected.message DROP CONSTRAINT {CHECK}",
        f"ALTER TABLE collected.message ADD CONSTRAINT {CHECK}"
        " CHECK (integrity IN ('signed', 'token', 'weak')) NOT VALID",
        f"ALTER TABLE collected.message VALIDATE CONSTRAINT {CHECK}",
    ):
        op.execute(statement)


def downgrade() -> None:
    """Forget how devices speak; it fails while weak messages are kept, which are never removed."""
    op.execute(f"ALTER TABLE collected.message DROP CONSTRAINT {CHECK}")
    op.execute(
        f"ALTER TABLE collected.message ADD CONSTRAINT {CHECK}"
        " CHECK (integrity IN ('signed', 'token'))"
    )
    op.execute("DROP INDEX collected.device_by_station")
    op.execute("ALTER TABLE collected.device DROP COLUMN protocol")
