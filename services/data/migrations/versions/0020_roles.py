"""Roles with a first and a last day, who gave them, and which may not meet in one person."""

from alembic import op

from services.data.protection import grant

revision = "0020"
down_revision = "0019"

TABLE = "base.membership"
CONFLICT = "base.role_conflict"
ADMINISTRATORS = ("system_administrator", "security_administrator", "audit_administrator")
OTHERS = (
    *("reporter", "checker", "approver", "manager", "trader", "park_officer", "bureau_viewer"),
    *("bureau_officer", "verifier", "public_editor", "wall"),
)
THREE = "GB/T 22239-2019 8.1.5, 8.1.7"
TRADING = "碳排放权交易管理暂行条例 第7条"
VERIFYING = "碳排放权交易管理暂行条例 第13条"
# Nobody compiles what he verifies, and who watches a market does not trade on it.
PAIRS = (
    *((a, b, THREE) for a in ADMINISTRATORS for b in ADMINISTRATORS if a < b),
    *((a, b, THREE) for a in ADMINISTRATORS for b in OTHERS),
    *(("trader", b, TRADING) for b in ("park_officer", "bureau_viewer", "bureau_officer")),
    ("trader", "verifier", TRADING),
    *(("verifier", b, VERIFYING) for b in ("reporter", "checker", "approver", "manager")),
)
# The person's row is held meanwhile, so that two roles given at once see one another. What somebody
# is elsewhere may be out of sight of who gives a role, but not of this.
REFUSE = f"""
CREATE FUNCTION base.refuse_role_conflict() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found record;
  seen text := current_setting('app.access', true);
BEGIN
  PERFORM set_config('app.access', 'cn', true);
  PERFORM 1 FROM base.person WHERE person_id = NEW.person_id FOR NO KEY UPDATE;
  SELECT conflict.role, conflict.other, conflict.source INTO found
    FROM {CONFLICT} AS conflict
    JOIN {TABLE} AS held ON held.person_id = NEW.person_id AND held.ended_at IS NULL
      AND held.membership_id <> NEW.membership_id
      AND (conflict.role, conflict.other) IN ((NEW.role, held.role), (held.role, NEW.role))
    WHERE NEW.ended_at IS NULL AND daterange(held.valid_from, held.valid_to, '[]')
      && daterange(NEW.valid_from, NEW.valid_to, '[]')
    LIMIT 1;
  PERFORM set_config('app.access', coalesce(seen, ''), true);
  IF found.role IS NOT NULL THEN
    RAISE EXCEPTION 'role conflict: % and % (%)', found.role, found.other, found.source
      USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'role_conflict';
  END IF;
  RETURN NEW;
END $$
"""
MADE = (
    f"ALTER TABLE {TABLE} DROP CONSTRAINT membership_role_check",
    f"ALTER TABLE {TABLE} DROP CONSTRAINT membership_pkey",
    f"ALTER TABLE {TABLE} ADD COLUMN membership_id uuid NOT NULL DEFAULT gen_random_uuid()",
    f"ALTER TABLE {TABLE} ADD COLUMN valid_from date NOT NULL DEFAULT '1900-01-01'",
    f"ALTER TABLE {TABLE} ADD COLUMN valid_to date CHECK (valid_to >= valid_from)",
    f"ALTER TABLE {TABLE} ADD COLUMN granted_by bigint REFERENCES base.person",
    f"ALTER TABLE {TABLE} ADD COLUMN delegated_from uuid",
    f"ALTER TABLE {TABLE} ADD PRIMARY KEY (organization_id, membership_id)",
    f"CREATE UNIQUE INDEX membership_once ON {TABLE} (organization_id, person_id, role, valid_from)"
    " WHERE ended_at IS NULL",
    f"""
    CREATE TABLE {CONFLICT} (
        role text NOT NULL,
        other text NOT NULL,
        source text NOT NULL,
        PRIMARY KEY (role, other)
    )
    """,
    grant(CONFLICT, "SELECT"),
    *(f"INSERT INTO {CONFLICT} VALUES ('{a}', '{b}', '{why}')" for a, b, why in PAIRS),
    REFUSE,
    f"CREATE TRIGGER role_conflict BEFORE INSERT OR UPDATE ON {TABLE}"
    " FOR EACH ROW EXECUTE FUNCTION base.refuse_role_conflict()",
)
UNMADE = (
    f"DROP TRIGGER role_conflict ON {TABLE}",
    "DROP FUNCTION base.refuse_role_conflict()",
    f"DROP TABLE {CONFLICT}",
    "DROP INDEX base.membership_once",
    f"ALTER TABLE {TABLE} DROP CONSTRAINT membership_pkey",
    *(
        f"ALTER TABLE {TABLE} DROP COLUMN {name}"
        for name in ("membership_id", "valid_from", "valid_to", "granted_by", "delegated_from")
    ),
    f"ALTER TABLE {TABLE} ADD PRIMARY KEY (organization_id, person_id, role)",
)


def upgrade() -> None:
    """Give memberships their days, and the roles their conflicts."""
    for statement in MADE:
        op.execute(statement)


def downgrade() -> None:
    """Take them away; which roles there are is no longer checked by the database."""
    for statement in UNMADE:
        op.execute(statement)
