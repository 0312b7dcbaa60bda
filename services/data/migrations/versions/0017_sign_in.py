"""Signing in: second factors, recovery codes, earlier passwords, tokens of programs."""

from alembic import op

from services.data.protection import force, grant

revision = "0017"
down_revision = "0015"

# Each row belongs to one person, and only in that person's scope is it seen or written.
PERSON = "person_id::text = nullif(current_setting('app.person', true), '')"
OF_PERSON = "person_id bigint NOT NULL REFERENCES base.person ON DELETE CASCADE"
OWNED = {
    "base.second_factor": (
        f"""
        CREATE TABLE base.second_factor (
            factor_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            {OF_PERSON},
            kind text NOT NULL CHECK (kind IN ('totp', 'passkey')),
            name text NOT NULL,
            secret bytea NOT NULL,
            credential_id bytea,
            counter bigint NOT NULL,
            made_at timestamptz NOT NULL,
            confirmed_at timestamptz,
            used_at timestamptz,
            ended_at timestamptz,
            CHECK ((kind = 'passkey') = (credential_id IS NOT NULL))
        )
        """,
        "CREATE INDEX second_factor_person ON base.second_factor (person_id)",
    ),
    "base.recovery_code": (
        f"""
        CREATE TABLE base.recovery_code (
            {OF_PERSON},
            code_hash text NOT NULL,
            made_at timestamptz NOT NULL,
            used_at timestamptz,
            PRIMARY KEY (person_id, code_hash)
        )
        """,
    ),
    "base.old_password": (
        f"""
        CREATE TABLE base.old_password (
            {OF_PERSON},
            replaced_at timestamptz NOT NULL,
            password_hash text NOT NULL,
            PRIMARY KEY (person_id, replaced_at)
        )
        """,
    ),
    "base.api_token": (
        f"""
        CREATE TABLE base.api_token (
            token_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            {OF_PERSON},
            name text NOT NULL,
            token_hash text NOT NULL UNIQUE,
            actions text[] NOT NULL,
            made_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            used_at timestamptz,
            ended_at timestamptz
        )
        """,
        "CREATE INDEX api_token_person ON base.api_token (person_id)",
    ),
}
# A session without `stepped_up_at` waits for the second factor; those now open wait for it too.
SESSION = """
    ALTER TABLE base.session
        ADD COLUMN session_id uuid NOT NULL DEFAULT gen_random_uuid(),
        ADD COLUMN address text NOT NULL DEFAULT '',
        ADD COLUMN agent text NOT NULL DEFAULT '',
        ADD COLUMN stepped_up_at timestamptz,
        ADD COLUMN challenge text NOT NULL DEFAULT '',
        ADD COLUMN ended_why text NOT NULL DEFAULT ''
    """
ADDED = ("session_id", "address", "agent", "stepped_up_at", "challenge", "ended_why")


def upgrade() -> None:
    """Make the tables and tell sessions apart."""
    for table, statements in OWNED.items():
        for statement in statements:
            op.execute(statement)
        for statement in force(table):
            op.execute(statement)
        op.execute(f"CREATE POLICY own ON {table} USING ({PERSON}) WITH CHECK ({PERSON})")
        op.execute(grant(table, "SELECT, INSERT, UPDATE, DELETE"))
    op.execute(SESSION)


def downgrade() -> None:
    """Remove them; every second factor has to be enrolled anew."""
    for table in reversed(OWNED):
        op.execute(f"DROP TABLE {table}")
    for column in ADDED:
        op.execute(f"ALTER TABLE base.session DROP COLUMN {column}")
