"""Walls with a token of their own, views of the trail that somebody keeps, closed organizations."""

from alembic import op

from services.data.protection import force, grant, protect

revision = "0022"
down_revision = "0018"

WALL, VIEW = "base.wall_device", "base.saved_view"
PERSON = "person_id::text = nullif(current_setting('app.person', true), '')"
MADE = (
    # The account and the membership are those of the device; without either it sees nothing.
    f"""
    CREATE TABLE {WALL} (
        wall_id uuid NOT NULL DEFAULT gen_random_uuid(),
        organization_id bigint NOT NULL REFERENCES base.organization,
        access_path ltree NOT NULL,
        person_id bigint NOT NULL REFERENCES base.person,
        membership_id uuid NOT NULL,
        name text NOT NULL,
        place text NOT NULL,
        invited_hash text NOT NULL,
        invited_until timestamptz NOT NULL,
        token_hash text NOT NULL,
        expires_at timestamptz NOT NULL,
        made_by bigint NOT NULL,
        made_at timestamptz NOT NULL,
        enrolled_at timestamptz,
        seen_at timestamptz,
        address text NOT NULL,
        agent text NOT NULL,
        ended_at timestamptz,
        PRIMARY KEY (organization_id, wall_id)
    )
    """,
    f"CREATE INDEX wall_device_person ON {WALL} (person_id)",
    *protect(WALL, "SELECT, INSERT, UPDATE"),
    f"CREATE POLICY own_read ON {WALL} FOR SELECT USING ({PERSON})",
    f"CREATE POLICY own_write ON {WALL} FOR UPDATE USING ({PERSON}) WITH CHECK ({PERSON})",
    f"""
    CREATE TABLE {VIEW} (
        view_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        person_id bigint NOT NULL REFERENCES base.person ON DELETE CASCADE,
        name text NOT NULL CHECK (name <> ''),
        query jsonb NOT NULL,
        made_at timestamptz NOT NULL,
        UNIQUE (person_id, name)
    )
    """,
    *force(VIEW),
    f"CREATE POLICY own ON {VIEW} USING ({PERSON}) WITH CHECK ({PERSON})",
    grant(VIEW, "SELECT, INSERT, UPDATE, DELETE"),
    # The last day of an organization; its history stays.
    "ALTER TABLE base.organization ADD COLUMN closed_on date",
)


def upgrade() -> None:
    """Make them."""
    for statement in MADE:
        op.execute(statement)


def downgrade() -> None:
    """Remove them; every wall has to be enrolled anew."""
    op.execute("ALTER TABLE base.organization DROP COLUMN closed_on")
    op.execute(f"DROP TABLE {VIEW}")
    op.execute(f"DROP TABLE {WALL}")
