"""Who may label, clear, and keep institutions or searches is held by the database too."""

from alembic import op

from services.data.protection import force

revision = "0028"
down_revision = "0030"

SECURITY, AUDIT = "security_administrator", "audit_administrator"
INSTITUTION = "base.institution"
# Whoever the transaction names holds the role today; the platform itself names nobody, and all.
ACTS_AS = """
CREATE FUNCTION base.acts_as(wanted text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE coalesce(current_setting('app.person', true), '')
    WHEN '' THEN coalesce(current_setting('app.access', true), '') = 'cn'
    ELSE EXISTS (
      SELECT FROM base.membership AS held
      WHERE held.person_id = nullif(current_setting('app.person', true), '')::bigint
        AND held.role = wanted AND held.ended_at IS NULL
        AND (now() AT TIME ZONE 'Asia/Shanghai')::date
          BETWEEN held.valid_from AND coalesce(held.valid_to, 'infinity')
    )
  END
$$"""
RESTRICTED = (
    ("base.data_label", SECURITY, ("INSERT",)),
    ("base.person_clearance", SECURITY, ("INSERT",)),
    ("base.institution_staff", SECURITY, ("INSERT", "UPDATE")),
    ("base.institution_tie", SECURITY, ("INSERT", "UPDATE")),
    ("base.saved_view", AUDIT, ("INSERT", "UPDATE")),
)


def upgrade() -> None:
    """Make the function and the policies that ask it."""
    op.execute(ACTS_AS)
    op.execute("REVOKE ALL ON FUNCTION base.acts_as FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION base.acts_as TO shuangtan_app")
    for table, role, commands in RESTRICTED:
        for command in commands:
            op.execute(_policy(table, role, command, "AS RESTRICTIVE"))
    # An institution lies at no place: whoever may ask of it knows it.
    for statement in force(INSTITUTION):
        op.execute(statement)
    op.execute(f"CREATE POLICY known ON {INSTITUTION} FOR SELECT USING (true)")
    for command in ("INSERT", "UPDATE"):
        op.execute(_policy(INSTITUTION, SECURITY, command, ""))


def downgrade() -> None:
    """Leave it to the application again."""
    op.execute(f"DROP POLICY known ON {INSTITUTION}")
    for table, _role, commands in (*RESTRICTED, (INSTITUTION, SECURITY, ("INSERT", "UPDATE"))):
        for command in commands:
            op.execute(f"DROP POLICY by_role_{command.lower()} ON {table}")
    op.execute(f"ALTER TABLE {INSTITUTION} NO FORCE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {INSTITUTION} DISABLE ROW LEVEL SECURITY")
    op.execute("DROP FUNCTION base.acts_as")


def _policy(table: str, role: str, command: str, kind: str) -> str:
    asked = f"base.acts_as('{role}')"
    shown = f" USING ({asked})" if command == "UPDATE" else ""
    name = f"by_role_{command.lower()}"
    return f"CREATE POLICY {name} ON {table} {kind} FOR {command}{shown} WITH CHECK ({asked})"
