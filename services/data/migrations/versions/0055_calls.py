"""How long it is kept what was told to other systems, and which fetches brought nothing."""

from alembic import op

from services.data.migrations.privacy import OWN, RETENTION

revision = "0055"
down_revision = "0049"

FETCH = "business.connector_fetch"
KINDS = ("deliveries", "fetches")
# What nobody prescribes; as logs they stay for the six months of the Cybersecurity Law.
DAYS, FLOOR_DAYS = 365, 184


def upgrade() -> None:
    """Write the rules, and let the night remove fetches of which no row came."""
    for kind in KINDS:
        op.execute(
            f"INSERT INTO {RETENTION} VALUES"
            f" ('{kind}', '2026-01-01', now(), {DAYS}, {FLOOR_DAYS}, '{OWN}', 'recalled', '')"
        )
    op.execute(f"GRANT DELETE ON {FETCH} TO shuangtan_app")
    op.execute(
        f"CREATE POLICY brought_nothing ON {FETCH} AS RESTRICTIVE FOR DELETE USING (new_rows = 0)"
    )


def downgrade() -> None:
    """Keep all of them for ever."""
    op.execute(f"DROP POLICY brought_nothing ON {FETCH}")
    op.execute(f"REVOKE DELETE ON {FETCH} FROM shuangtan_app")
    op.execute(f"ALTER TABLE {RETENTION} DISABLE TRIGGER append_only")
    op.execute(f"DELETE FROM {RETENTION} WHERE kind IN ('deliveries', 'fetches')")
    op.execute(f"ALTER TABLE {RETENTION} ENABLE TRIGGER append_only")
