"""The month of an emission line, and what a run consists of by month."""

from alembic import op

revision = "0016"
down_revision = "0017"

LINES, RUNS = "statistics.emission_line", "business.run"
# Empty where the value is of the whole year, as everything of before is.
STEPS = (
    f"ALTER TABLE {LINES} ADD COLUMN month smallint",
    f"ALTER TABLE {LINES} ADD CONSTRAINT emission_line_month CHECK (month BETWEEN 1 AND 12)",
    f"ALTER TABLE {RUNS} ADD COLUMN by_month jsonb",
)


def upgrade() -> None:
    """Add the columns."""
    for step in STEPS:
        op.execute(step)


def downgrade() -> None:
    """Remove the columns, and with them what is known of months."""
    op.execute(f"ALTER TABLE {RUNS} DROP COLUMN by_month")
    op.execute(f"ALTER TABLE {LINES} DROP COLUMN month")
