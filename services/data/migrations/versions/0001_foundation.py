"""Four schemas, the application's role, and the tables of the path from entry to report."""

from alembic import op

from services.data.migrations.foundation import BASE, BUSINESS, COLLECTED, IDENTITY, STATISTICS
from services.data.protection import IN_SCOPE, append_only, force, grant, protect

revision = "0001"
down_revision = None

SCHEMAS = ("base", "collected", "business", "statistics")
# A role belongs to the whole server, so another database may have made it already.
ROLE = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shuangtan_app') THEN
    CREATE ROLE shuangtan_app NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
MEMBER = """
DO $$ BEGIN
  IF NOT pg_has_role(current_user, 'shuangtan_app', 'MEMBER') THEN
    GRANT shuangtan_app TO CURRENT_USER;
  END IF;
END $$
"""
REFUSE = """
CREATE FUNCTION base.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% keeps every row as it was written; add a new version instead', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$
"""
AUTHORITY = ("division", "industry", "gas", "gwp", "fuel", "factor", "standard_load")
PLACES = "'country', 'province', 'city', 'county'"
PERSON = "person_id::text = nullif(current_setting('app.person', true), '')"


def upgrade() -> None:
    """Make the schemas, the role, the tables and their protection."""
    statements = [ROLE, MEMBER, "CREATE EXTENSION IF NOT EXISTS ltree"]
    for schema in SCHEMAS:
        statements.append(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        statements.append(f"GRANT USAGE ON SCHEMA {schema} TO shuangtan_app")
    statements += [REFUSE, *BASE, *IDENTITY, *COLLECTED, *BUSINESS, *STATISTICS]
    statements += [*_protect_base(), *_protect_identity(), *_protect_facts()]
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Remove the four schemas; the role stays, for other databases may use it."""
    for schema in reversed(SCHEMAS):
        op.execute(f"DROP SCHEMA {schema} CASCADE")
    op.execute("DROP EXTENSION ltree")


def _protect_base() -> list[str]:
    statements = [grant(f"base.{table}", "SELECT") for table in AUTHORITY]
    table = "base.organization"
    statements += [
        *force(table),
        # Everybody may know the provinces and cities; firms are seen only within one's scope.
        f"CREATE POLICY places_are_public ON {table} FOR SELECT USING (kind IN ({PLACES}))",
        f"CREATE POLICY by_place ON {table} USING ({IN_SCOPE}) WITH CHECK ({IN_SCOPE})",
        grant(table, "SELECT, INSERT, UPDATE, DELETE"),
        "GRANT USAGE ON SEQUENCE base.organization_organization_id_seq TO shuangtan_app",
    ]
    for relation in ("base.organization_place", "base.organization_ownership"):
        statements += protect(relation)
    return statements


def _protect_identity() -> list[str]:
    table, credential = "base.membership", "base.credential"
    return [
        *protect(table, "SELECT, INSERT, UPDATE"),
        # Signing in reads a person's own memberships before any place is known.
        f"CREATE POLICY own ON {table} FOR SELECT USING ({PERSON})",
        *force(credential),
        f"CREATE POLICY own ON {credential} USING ({PERSON}) WITH CHECK ({PERSON})",
        # Adding a person adds the first credential; the key refuses a second.
        f"CREATE POLICY first ON {credential} FOR INSERT WITH CHECK (true)",
        grant(credential, "SELECT, INSERT, UPDATE"),
        grant("base.person", "SELECT, INSERT, UPDATE"),
        grant("base.session", "SELECT, INSERT, UPDATE, DELETE"),
        grant("base.sign_in_guard", "SELECT, INSERT, UPDATE, DELETE"),
    ]


def _protect_facts() -> list[str]:
    statements: list[str] = []
    for table in ("business.draft", "business.run_pointer", "business.job"):
        statements += protect(table)
    for table in (
        "collected.submission",
        "collected.activity",
        "business.decision",
        "business.run",
        "business.report",
        "business.report_file",
        "statistics.emission_line",
    ):
        statements += [*protect(table, "SELECT, INSERT"), *append_only(table)]
    audit = "business.audit_event"
    return [
        *statements,
        *force(audit),
        f"CREATE POLICY by_place ON {audit} FOR SELECT USING ({IN_SCOPE})",
        # Whoever acts leaves a trace, also where he may not read the trail. The owner's
        # removal of the sample data needs the third policy; the application has no such right.
        f"CREATE POLICY anybody_writes ON {audit} FOR INSERT WITH CHECK (true)",
        f"CREATE POLICY removal ON {audit} FOR DELETE USING ({IN_SCOPE})",
        grant(audit, "SELECT, INSERT"),
        *append_only(audit),
    ]
