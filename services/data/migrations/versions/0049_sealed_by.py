"""What proves that the trail was forgotten or a name erased; what belongs to nobody is seen.

A checkpoint says from now on when it was signed. Only that shows how old a leaf is at least: rows
that stand around it may be changed or gone. An account is closed where its password was removed,
for a password that has to be changed has everybody who was just let in.
"""

from alembic import op

from services.data.log_kinds import KINDS
from services.data.log_rules import NOBODY
from services.data.migrations.erasing import FORGET_AND_TELL, FORGET_SEALED

revision = "0049"
down_revision = "0041"

PERSONAL = tuple(kind.table for kind in KINDS if kind.is_personal)
CREDENTIAL = "base.credential"
LEFT = f"(SELECT FROM base.person p WHERE p.person_id = {CREDENTIAL}.person_id AND NOT p.is_active)"
# Of those who were closed before: each with its event, as ever.
CLOSED = f"""
    DO $$
    DECLARE
      who bigint;
    BEGIN
      FOR who IN SELECT person_id FROM base.person WHERE login LIKE '{NOBODY}%' LOOP
        PERFORM set_config('app.person', who::text, true);
        DELETE FROM {CREDENTIAL} WHERE person_id = who;
        INSERT INTO business.audit_event
          (organization_id, access_path, action, resource, before, after, channel, at)
        VALUES (0, 'cn', 'close_account', '{NOBODY}' || who, '{{}}', '{{}}', 'job', now());
      END LOOP;
      PERFORM set_config('app.person', '', true);
    END $$
"""


def upgrade() -> None:
    """Forget what was sealed by then; show the owner, who checks the log, what is nobody's."""
    op.execute(FORGET_SEALED)
    op.execute(
        f"CREATE POLICY of_who_left ON {CREDENTIAL} AS RESTRICTIVE FOR DELETE USING (EXISTS {LEFT})"
    )
    op.execute(f"GRANT DELETE ON {CREDENTIAL} TO shuangtan_app")
    op.execute(CLOSED)
    for table in PERSONAL:
        op.execute(
            f"CREATE POLICY nobodys ON {table} FOR SELECT TO CURRENT_USER USING (NOT EXISTS"
            f" (SELECT FROM base.person p WHERE p.person_id = {table}.person_id))"
        )


def downgrade() -> None:
    """Go back to the age that rows state."""
    for table in PERSONAL:
        op.execute(f"DROP POLICY nobodys ON {table}")
    op.execute(f"REVOKE DELETE ON {CREDENTIAL} FROM shuangtan_app")
    op.execute(f"DROP POLICY of_who_left ON {CREDENTIAL}")
    op.execute(FORGET_AND_TELL)
