"""Totals that disagree, until somebody resolves them; the rounds of the nightly check."""

from alembic import op

from services.data.protection import grant, protect

revision = "0010"
down_revision = "0009"

FINDING, ROUND = "business.finding", "base.check_round"
MADE = (
    f"""
    CREATE TABLE {FINDING} (
        organization_id bigint NOT NULL,
        finding_id uuid NOT NULL DEFAULT gen_random_uuid(),
        access_path ltree NOT NULL,
        year integer NOT NULL,
        run_id uuid NOT NULL,
        invariant text NOT NULL,
        part text NOT NULL,
        expected double precision NOT NULL,
        found double precision NOT NULL,
        found_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL,
        gone_at timestamptz,
        resolved_by bigint,
        resolved_at timestamptz,
        reason text NOT NULL DEFAULT '',
        PRIMARY KEY (organization_id, finding_id),
        UNIQUE (organization_id, run_id, invariant, part),
        CHECK ((resolved_by IS NULL) = (resolved_at IS NULL)),
        CHECK (resolved_by IS NULL OR reason <> '')
    )
    """,
    *protect(FINDING, "SELECT, INSERT, UPDATE"),
    # A round holds no data of organizations: how far the check of a night has come.
    f"""
    CREATE TABLE {ROUND} (
        day date PRIMARY KEY,
        after_organization bigint NOT NULL,
        after_year integer NOT NULL,
        checked integer NOT NULL,
        findings integer NOT NULL,
        ended_at timestamptz
    )
    """,
    grant(ROUND, "SELECT, INSERT, UPDATE"),
)


def upgrade() -> None:
    """Make both tables."""
    for statement in MADE:
        op.execute(statement)


def downgrade() -> None:
    """Remove them."""
    for table in (ROUND, FINDING):
        op.execute(f"DROP TABLE {table}")
