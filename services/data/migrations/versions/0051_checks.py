"""What rules find in rows, beside totals that disagree; who cleared it; limits of organizations."""

from alembic import op

from services.data.protection import append_only, labelled, protect

revision = "0051"
down_revision = "0053"

FINDING, CLEARING, LIMIT = "business.finding", "business.finding_clearing", "business.check_limit"
MADE = (
    f"""
    ALTER TABLE {FINDING}
        ADD COLUMN submission_id uuid,
        ADD COLUMN version integer NOT NULL DEFAULT 1,
        ADD COLUMN severity text NOT NULL DEFAULT 'error'
            CHECK (severity IN ('error', 'warning', 'info')),
        ADD COLUMN evidence jsonb NOT NULL DEFAULT '{{}}',
        ALTER COLUMN run_id DROP NOT NULL,
        ALTER COLUMN expected DROP NOT NULL,
        ALTER COLUMN found DROP NOT NULL,
        ADD CONSTRAINT finding_of_one CHECK (num_nonnulls(run_id, submission_id) = 1),
        ADD CONSTRAINT finding_of_run CHECK (
            run_id IS NULL OR num_nonnulls(expected, found) = 2)
    """,
    # A corrected version keeps what was cleared, as long as its numbers are the same.
    f"""
    CREATE UNIQUE INDEX finding_of_rows ON {FINDING} (organization_id, year, invariant, part)
        WHERE submission_id IS NOT NULL
    """,
    f"CREATE INDEX finding_open ON {FINDING} (found_at) WHERE submission_id IS NOT NULL"
    " AND gone_at IS NULL AND resolved_at IS NULL",
    f"""
    CREATE TABLE {CLEARING} (
        organization_id bigint NOT NULL,
        clearing_id uuid NOT NULL DEFAULT gen_random_uuid(),
        access_path ltree NOT NULL,
        finding_id uuid NOT NULL,
        expected double precision,
        found double precision,
        version integer NOT NULL,
        reason text NOT NULL CHECK (reason <> ''),
        cleared_by bigint NOT NULL,
        cleared_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, clearing_id)
    )
    """,
    f"CREATE INDEX finding_clearing_of ON {CLEARING} (organization_id, finding_id)",
    *protect(CLEARING, "SELECT, INSERT"),
    labelled(CLEARING, "result"),
    *append_only(CLEARING),
    f"""
    CREATE TABLE {LIMIT} (
        organization_id bigint NOT NULL,
        limit_id uuid NOT NULL DEFAULT gen_random_uuid(),
        access_path ltree NOT NULL,
        rule text NOT NULL,
        "limit" text NOT NULL,
        point text NOT NULL,
        value double precision,
        reason text NOT NULL CHECK (reason <> ''),
        set_by bigint NOT NULL,
        set_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, limit_id)
    )
    """,
    f'CREATE INDEX check_limit_of ON {LIMIT} (organization_id, rule, "limit", point, set_at)',
    *protect(LIMIT, "SELECT, INSERT"),
    *append_only(LIMIT),
)


def upgrade() -> None:
    """Widen findings; make clearings and limits."""
    for statement in MADE:
        op.execute(statement)


def downgrade() -> None:
    """Remove them, with what rules found; totals that disagree stay."""
    for table in (LIMIT, CLEARING):
        op.execute(f"DROP TABLE {table}")
    op.execute(f"DELETE FROM {FINDING} WHERE submission_id IS NOT NULL")
    op.execute(
        f"""
        ALTER TABLE {FINDING}
            DROP CONSTRAINT finding_of_run,
            DROP COLUMN submission_id, DROP COLUMN version, DROP COLUMN severity,
            DROP COLUMN evidence,
            ALTER COLUMN run_id SET NOT NULL,
            ALTER COLUMN expected SET NOT NULL,
            ALTER COLUMN found SET NOT NULL
        """
    )
