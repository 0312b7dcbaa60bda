"""Connectors to other systems, and what each fetch of theirs brought."""

from alembic import op

from services.data.protection import protect

revision = "0046"
down_revision = "0048"

CONNECTOR = """
CREATE TABLE business.connector (
  organization_id bigint NOT NULL,
  connector_id uuid NOT NULL DEFAULT gen_random_uuid(),
  access_path ltree NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  settings jsonb NOT NULL,
  secrets bytea,
  every text NOT NULL CHECK (every IN ('hour', 'day')),
  hour integer NOT NULL CHECK (hour BETWEEN 0 AND 23),
  years text NOT NULL CHECK (years IN ('this', 'last', 'both')),
  state text NOT NULL CHECK (state IN ('paused', 'active', 'removed')),
  failures integer NOT NULL DEFAULT 0,
  next_at timestamptz,
  made_by bigint NOT NULL,
  made_at timestamptz NOT NULL,
  started_by bigint,
  PRIMARY KEY (organization_id, connector_id),
  CHECK (state <> 'active' OR (next_at IS NOT NULL AND started_by IS NOT NULL)),
  CHECK (state <> 'removed' OR secrets IS NULL)
)"""
DUE = "CREATE INDEX connector_due ON business.connector (next_at) WHERE state = 'active'"
FETCH = """
CREATE TABLE business.connector_fetch (
  organization_id bigint NOT NULL,
  fetch_id uuid NOT NULL,
  access_path ltree NOT NULL,
  connector_id uuid NOT NULL,
  at timestamptz NOT NULL,
  year integer NOT NULL,
  state text NOT NULL,
  rows integer NOT NULL,
  new_rows integer NOT NULL,
  waiting integer NOT NULL,
  sha256 text NOT NULL,
  error jsonb NOT NULL,
  PRIMARY KEY (organization_id, fetch_id),
  FOREIGN KEY (organization_id, connector_id) REFERENCES business.connector
)"""
OF_CONNECTOR = """
CREATE INDEX connector_fetch_newest
  ON business.connector_fetch (organization_id, connector_id, at DESC)"""


def upgrade() -> None:
    """Make both tables; a fetch is written once and never changed."""
    for statement in (
        CONNECTOR,
        DUE,
        FETCH,
        OF_CONNECTOR,
        *protect("business.connector", "SELECT, INSERT, UPDATE"),
        *protect("business.connector_fetch", "SELECT, INSERT"),
    ):
        op.execute(statement)


def downgrade() -> None:
    """Remove them with their secrets; connectors have to be made anew."""
    op.execute("DROP TABLE business.connector_fetch")
    op.execute("DROP TABLE business.connector")
