"""Webhooks: who wants to be told of what, and each try to tell it."""

from alembic import op

from services.data.protection import protect

revision = "0048"
down_revision = "0037"

HOOK, DELIVERY, REACH = "business.webhook", "business.webhook_delivery", "base.webhook_reach"
MADE = (
    f"""
    CREATE TABLE {HOOK} (
        organization_id bigint NOT NULL REFERENCES base.organization,
        webhook_id uuid NOT NULL DEFAULT gen_random_uuid(),
        access_path ltree NOT NULL,
        made_by bigint NOT NULL REFERENCES base.person,
        address text NOT NULL CHECK (address <> ''),
        events text[] NOT NULL CHECK (events <> '{{}}'),
        secret bytea NOT NULL CHECK (octet_length(secret) >= 52),
        made_at timestamptz NOT NULL,
        ended_at timestamptz,
        ended_why text NOT NULL DEFAULT '',
        PRIMARY KEY (organization_id, webhook_id)
    )""",
    f"CREATE INDEX webhook_open ON {HOOK} USING gist (access_path) WHERE ended_at IS NULL",
    *protect(HOOK, "SELECT, INSERT, UPDATE"),
    f"""
    CREATE TABLE {DELIVERY} (
        organization_id bigint NOT NULL,
        delivery_id uuid NOT NULL DEFAULT gen_random_uuid(),
        access_path ltree NOT NULL,
        webhook_id uuid NOT NULL,
        -- Of which entry of the transparency log it tells; none of them is told twice.
        position bigint,
        event text NOT NULL,
        body text NOT NULL,
        made_at timestamptz NOT NULL,
        state text NOT NULL CHECK (state IN ('waiting', 'delivered', 'given_up')),
        tries integer NOT NULL DEFAULT 0,
        next_at timestamptz NOT NULL,
        tried_at timestamptz,
        status integer,
        reason text NOT NULL DEFAULT '',
        milliseconds integer,
        PRIMARY KEY (organization_id, delivery_id),
        UNIQUE (organization_id, webhook_id, position),
        FOREIGN KEY (organization_id, webhook_id) REFERENCES {HOOK}
    )""",
    f"CREATE INDEX webhook_delivery_due ON {DELIVERY} (next_at) WHERE state = 'waiting'",
    f"CREATE INDEX webhook_delivery_log ON {DELIVERY} (organization_id, webhook_id, made_at)",
    *protect(DELIVERY),
    # Up to which entry of the log everybody was told: one row, of the platform.
    f"""
    CREATE TABLE {REACH} (
        is_one boolean PRIMARY KEY DEFAULT true CHECK (is_one),
        position bigint NOT NULL
    )""",
    f"INSERT INTO {REACH} (position) SELECT coalesce(max(position), -1) FROM base.log_entry",
    f"GRANT SELECT, UPDATE ON {REACH} TO shuangtan_app",
)


def upgrade() -> None:
    """Begin with what is sealed from now on."""
    for statement in MADE:
        op.execute(statement)


def downgrade() -> None:
    """Tell nobody any more."""
    for table in (REACH, DELIVERY, HOOK):
        op.execute(f"DROP TABLE {table}")
