"""Published series with their papers: base data that every signed-in person may read."""

from alembic import op

from services.data.protection import grant

revision = "0003"
down_revision = "0002"

TABLES = (
    """
    CREATE TABLE base.series (
        series_id text PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('energy', 'emissions')),
        unit text NOT NULL,
        url text NOT NULL,
        retrieved_on date NOT NULL,
        texts jsonb NOT NULL,
        content_hash text NOT NULL,
        loaded_at timestamptz NOT NULL DEFAULT now()
    )""",
    """
    CREATE TABLE base.series_value (
        series_id text NOT NULL REFERENCES base.series,
        region_code text NOT NULL,
        year integer NOT NULL,
        indicator text NOT NULL,
        value double precision CHECK (value >= 0 AND value < 'infinity'),
        flag text NOT NULL,
        PRIMARY KEY (series_id, region_code, year, indicator),
        CHECK (value IS NOT NULL OR flag <> '')
    )""",
)


def upgrade() -> None:
    """Make the two tables; the application reads them, only the owner loads them."""
    for statement in TABLES:
        op.execute(statement)
    for table in ("base.series", "base.series_value"):
        op.execute(grant(table, "SELECT"))


def downgrade() -> None:
    """Remove the two tables."""
    op.execute("DROP TABLE base.series_value")
    op.execute("DROP TABLE base.series")
