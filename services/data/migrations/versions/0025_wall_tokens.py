"""Walls whose token is renewed by itself, and that may be bound to networks."""

from alembic import op

revision = "0025"
down_revision = "0027"

WALL = "base.wall_device"


def upgrade() -> None:
    """Add what is known of the token of each wall; those enrolled before go on with theirs."""
    op.execute(
        f"""
        ALTER TABLE {WALL}
            ADD COLUMN networks text NOT NULL DEFAULT '',
            ADD COLUMN generation integer NOT NULL DEFAULT 0,
            ADD COLUMN rotated_at timestamptz,
            ADD COLUMN taken_at timestamptz,
            ADD COLUMN is_settled boolean NOT NULL DEFAULT true,
            ADD COLUMN ended_why text NOT NULL DEFAULT ''
        """
    )


def downgrade() -> None:
    """Remove it; a wall whose token was renewed has to be enrolled anew."""
    for name in ("networks", "generation", "rotated_at", "taken_at", "is_settled", "ended_why"):
        op.execute(f"ALTER TABLE {WALL} DROP COLUMN {name}")
