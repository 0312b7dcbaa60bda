"""Labels of data sets, clearances of roles and people, and row security by label."""

from alembic import op

from services.data.migrations.labels import CLEARANCES, DATA_SETS, LABELLED
from services.data.protection import (
    IN_SCOPE,
    append_only,
    force,
    grant,
    labelled,
    protect,
)

revision = "0023"
down_revision = "0022"

LABEL, ROLE, PERSON = "base.data_label", "base.role_clearance", "base.person_clearance"
MINE = "person_id::text = nullif(current_setting('app.person', true), '')"
SINCE = "2019-12-01"
SOURCE = "GB/T 22239-2019 8.1.4.2 g)"
MADE = (
    f"""
    CREATE TABLE {LABEL} (
        label_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        data_set text NOT NULL,
        organization_id bigint NOT NULL,
        access_path ltree NOT NULL,
        label smallint NOT NULL CHECK (label BETWEEN 1 AND 4),
        applies_from date NOT NULL,
        reason text NOT NULL,
        source text NOT NULL,
        status text NOT NULL,
        set_by bigint,
        set_at timestamptz NOT NULL
    )
    """,
    f"CREATE INDEX data_label_newest ON {LABEL} (data_set, access_path, applies_from, set_at)",
    *force(LABEL),
    # What may be read is asked before any place is in scope; a label tells nothing of the data.
    f"CREATE POLICY known ON {LABEL} FOR SELECT USING (true)",
    f"CREATE POLICY by_place ON {LABEL} USING ({IN_SCOPE}) WITH CHECK ({IN_SCOPE})",
    grant(LABEL, "SELECT, INSERT"),
    *append_only(LABEL),
    f"""
    CREATE TABLE {ROLE} (
        role text NOT NULL,
        applies_from date NOT NULL,
        clearance smallint NOT NULL CHECK (clearance BETWEEN 1 AND 4),
        source text NOT NULL,
        status text NOT NULL,
        PRIMARY KEY (role, applies_from)
    )
    """,
    grant(ROLE, "SELECT"),
    f"""
    CREATE TABLE {PERSON} (
        clearance_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        person_id bigint NOT NULL REFERENCES base.person ON DELETE CASCADE,
        access_path ltree NOT NULL DEFAULT 'cn',
        clearance smallint CHECK (clearance BETWEEN 1 AND 4),
        reason text NOT NULL,
        set_by bigint NOT NULL,
        set_at timestamptz NOT NULL
    )
    """,
    f"CREATE INDEX person_clearance_newest ON {PERSON} (person_id, set_at)",
    # Whoever acts for the platform itself sees all; a person his own, before any place is known.
    *protect(PERSON, "SELECT, INSERT"),
    f"CREATE POLICY own ON {PERSON} FOR SELECT USING ({MINE})",
    "SET LOCAL app.access = 'cn'",
    *(
        f"INSERT INTO {LABEL} (data_set, organization_id, access_path, label, applies_from,"
        " reason, source, status, set_at) VALUES"
        f" ('{name}', 100000, 'cn', {label}, '{SINCE}', '', '{SOURCE}', 'secondary', now())"
        for name, label in DATA_SETS
    ),
    *(
        f"INSERT INTO {ROLE} VALUES ('{role}', '{SINCE}', {level}, '{SOURCE}', 'secondary')"
        for role, level in CLEARANCES
    ),
    *(labelled(table, name) for name, tables in LABELLED for table in tables),
)


def upgrade() -> None:
    """Make the tables with their first rows, and hold every labelled table to its label."""
    for statement in MADE:
        op.execute(statement)


def downgrade() -> None:
    """Remove them; places alone say who reads what."""
    for _, tables in LABELLED:
        for table in tables:
            op.execute(f"DROP POLICY by_label ON {table}")
    for table in (LABEL, ROLE, PERSON):
        op.execute(f"DROP TABLE {table}")
