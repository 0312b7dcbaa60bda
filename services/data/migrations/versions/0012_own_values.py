"""Own measured values with the decision of a second person; records of a run; libraries used."""

from alembic import op

from services.data.protection import append_only, grant, protect

revision = "0012"
down_revision = "0011"

VALUE, DECISION = "collected.own_value", "collected.own_value_decision"
MADE = (
    f"""
    CREATE TABLE {VALUE} (
        organization_id bigint NOT NULL REFERENCES base.organization,
        value_id uuid NOT NULL DEFAULT gen_random_uuid(),
        access_path ltree NOT NULL,
        item text NOT NULL,
        symbol text NOT NULL,
        value double precision NOT NULL CHECK (value >= 0),
        unit text NOT NULL,
        valid_from date NOT NULL,
        valid_to date,
        laboratory text NOT NULL CHECK (laboratory <> ''),
        note text NOT NULL,
        file_year integer NOT NULL,
        files text[] NOT NULL CHECK (cardinality(files) > 0),
        supersedes uuid,
        proposed_by bigint NOT NULL REFERENCES base.person,
        proposed_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, value_id),
        UNIQUE (organization_id, value_id, proposed_by),
        FOREIGN KEY (organization_id, supersedes) REFERENCES {VALUE},
        CHECK (valid_to IS NULL OR valid_to >= valid_from)
    )
    """,
    # The proposer stands in the row again, held by the key, so that a check can compare both.
    f"""
    CREATE TABLE {DECISION} (
        organization_id bigint NOT NULL,
        value_id uuid NOT NULL,
        access_path ltree NOT NULL,
        state text NOT NULL CHECK (state IN ('accepted', 'rejected')),
        reason text NOT NULL,
        proposed_by bigint NOT NULL,
        decided_by bigint NOT NULL REFERENCES base.person,
        decided_at timestamptz NOT NULL,
        known_from date NOT NULL,
        PRIMARY KEY (organization_id, value_id),
        FOREIGN KEY (organization_id, value_id, proposed_by)
            REFERENCES {VALUE} (organization_id, value_id, proposed_by),
        CONSTRAINT two_persons CHECK (decided_by <> proposed_by),
        CHECK (state = 'accepted' OR reason <> '')
    )
    """,
    *(s for table in (VALUE, DECISION) for s in protect(table, "SELECT, INSERT")),
    *(s for table in (VALUE, DECISION) for s in append_only(table)),
    # What a restatement computed from, where own values known later differ from the submission.
    "ALTER TABLE business.run ADD COLUMN own_records json",
    # With which libraries of factors this database was used, so that an upgrade is noticed.
    """
    CREATE TABLE base.known_library (
        fingerprint text PRIMARY KEY,
        seen_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    grant("base.known_library", "SELECT, INSERT"),
)
REMOVED = (
    "DROP TABLE base.known_library",
    "ALTER TABLE business.run DROP COLUMN own_records",
    f"DROP TABLE {DECISION}",
    f"DROP TABLE {VALUE}",
)


def upgrade() -> None:
    """Make the tables; no earlier run has records of its own."""
    for statement in MADE:
        op.execute(statement)


def downgrade() -> None:
    """Remove them."""
    for statement in REMOVED:
        op.execute(statement)
