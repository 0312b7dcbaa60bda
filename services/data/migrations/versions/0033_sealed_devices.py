"""No secret of a device is written open any more; those that are, the start seals with the key."""

from alembic import op

revision = "0033"
down_revision = "0029"


def upgrade() -> None:
    """Hold what is written from now on to the length of what is sealed: 12 + 32 + 16 bytes.

    The key is no business of a migration: services/data/sealing.py seals what stands there open,
    at the start and after `shuangtan database upgrade`, and lets the rule hold for every row then.
    """
    op.execute(
        "ALTER TABLE collected.device ADD CONSTRAINT device_secret_is_sealed"
        " CHECK (octet_length(secret) >= 60) NOT VALID"
    )


def downgrade() -> None:
    """Let open secrets in; sealed ones stay so, and their devices are registered anew."""
    op.execute("ALTER TABLE collected.device DROP CONSTRAINT device_secret_is_sealed")
