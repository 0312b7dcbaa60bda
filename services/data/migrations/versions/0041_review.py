"""Comments on single rows of submissions, and accepted years opened to be corrected."""

from alembic import op

from services.data.protection import append_only, labelled, protect

revision = "0041"
down_revision = "0040"

COMMENT, CORRECTION = "business.row_comment", "business.correction"
MADE = (
    f"""
    CREATE TABLE {COMMENT} (
        organization_id bigint NOT NULL,
        comment_id uuid NOT NULL DEFAULT gen_random_uuid(),
        access_path ltree NOT NULL,
        year integer NOT NULL,
        submission_id uuid NOT NULL,
        row_key text NOT NULL,
        line integer NOT NULL,
        body text NOT NULL CHECK (body <> ''),
        made_by bigint NOT NULL,
        made_at timestamptz NOT NULL,
        answer text NOT NULL DEFAULT '',
        answered_by bigint,
        answered_at timestamptz,
        settled_by bigint,
        settled_at timestamptz,
        PRIMARY KEY (organization_id, comment_id),
        CHECK ((answered_by IS NULL) = (answered_at IS NULL)),
        CHECK ((settled_by IS NULL) = (settled_at IS NULL))
    )
    """,
    f"CREATE INDEX row_comment_of ON {COMMENT} (organization_id, year)",
    *protect(COMMENT, "SELECT, INSERT, UPDATE"),
    labelled(COMMENT, "activity"),
    f"""
    CREATE TABLE {CORRECTION} (
        organization_id bigint NOT NULL,
        submission_id uuid NOT NULL,
        access_path ltree NOT NULL,
        year integer NOT NULL,
        reason text NOT NULL CHECK (reason <> ''),
        opened_by bigint NOT NULL,
        opened_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, submission_id)
    )
    """,
    *protect(CORRECTION, "SELECT, INSERT"),
    labelled(CORRECTION, "activity"),
    *append_only(CORRECTION),
)


def upgrade() -> None:
    """Make the tables."""
    for statement in MADE:
        op.execute(statement)


def downgrade() -> None:
    """Remove them."""
    for table in (CORRECTION, COMMENT):
        op.execute(f"DROP TABLE {table}")
