"""Who may act in another's stead, and who keeps institutions, is held by the database too."""

from alembic import op

revision = "0039"
down_revision = "0044"

SECURITY = "security_administrator"
INSTITUTION = "base.institution"
# Nationwide: a role at a place says nothing of accounts and institutions, which lie at none.
ACTS_EVERYWHERE = """
CREATE FUNCTION base.acts_everywhere(wanted text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT base.acts_as(wanted)
    AND 'cn' = ANY (string_to_array(current_setting('app.access', true), ' '))
$$"""
# Sessions, tokens, factors and the password are shown to their person alone. Whoever helps somebody
# who cannot sign in stands in for them until the end of the transaction, and for nobody else.
STANDS_IN = """
CREATE FUNCTION base.stand_in(who bigint, wanted text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF coalesce(base.acts_everywhere(wanted), false) THEN
    PERFORM set_config('app.person', who::text, true);
    RETURN true;
  END IF;
  RETURN false;
END $$"""
FUNCTIONS = ("base.acts_everywhere(text)", "base.stand_in(bigint, text)")
COMMANDS = ("INSERT", "UPDATE")


def upgrade() -> None:
    """Make the functions, and keep institutions by them."""
    op.execute(ACTS_EVERYWHERE)
    op.execute(STANDS_IN)
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO shuangtan_app")
    _keep_by("base.acts_everywhere")


def downgrade() -> None:
    """Ask for the role at whatever place again, and leave help to the application."""
    _keep_by("base.acts_as")
    for function in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {function}")


def _keep_by(function: str) -> None:
    asked = f"{function}('{SECURITY}')"
    for command in COMMANDS:
        shown = f" USING ({asked})" if command == "UPDATE" else ""
        policy = f"by_role_{command.lower()} ON {INSTITUTION}"
        op.execute(f"ALTER POLICY {policy}{shown} WITH CHECK ({asked})")
