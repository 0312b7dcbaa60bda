"""Campaigns with whom they call and their reminders, checks of drafts, messages."""

from alembic import op

from services.data.protection import append_only, protect

revision = "0040"
down_revision = "0045"

CAMPAIGN, CALL = "business.campaign", "business.campaign_call"
REMINDER, CHECK = "business.campaign_reminder", "business.draft_check"
MESSAGE, READING = "business.message", "business.message_reading"
KEPT = "SELECT, INSERT"
MADE = (
    f"""
    CREATE TABLE {CAMPAIGN} (
        organization_id bigint NOT NULL,
        campaign_id uuid NOT NULL DEFAULT gen_random_uuid(),
        access_path ltree NOT NULL,
        name text NOT NULL CHECK (name <> ''),
        year integer NOT NULL,
        method text NOT NULL,
        opens_on date NOT NULL,
        due_on date NOT NULL,
        instruction text NOT NULL,
        remind_days integer[] NOT NULL,
        needs_check boolean NOT NULL,
        opened_by bigint NOT NULL,
        opened_at timestamptz NOT NULL,
        closed_by bigint,
        closed_at timestamptz,
        PRIMARY KEY (organization_id, campaign_id),
        CHECK (opens_on <= due_on),
        CHECK ((closed_by IS NULL) = (closed_at IS NULL))
    )
    """,
    *protect(CAMPAIGN, "SELECT, INSERT, UPDATE"),
    # Who is called is settled when the campaign opens: how far it is, is never written here.
    f"""
    CREATE TABLE {CALL} (
        organization_id bigint NOT NULL,
        campaign_id uuid NOT NULL,
        access_path ltree NOT NULL,
        issued_at_path ltree NOT NULL,
        year integer NOT NULL,
        method text NOT NULL,
        needs_check boolean NOT NULL,
        PRIMARY KEY (organization_id, campaign_id)
    )
    """,
    f"CREATE INDEX campaign_call_of ON {CALL} (campaign_id)",
    *protect(CALL, KEPT),
    *append_only(CALL),
    f"""
    CREATE TABLE {REMINDER} (
        organization_id bigint NOT NULL,
        campaign_id uuid NOT NULL,
        days_before integer NOT NULL,
        access_path ltree NOT NULL,
        sent_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, campaign_id, days_before)
    )
    """,
    *protect(REMINDER, KEPT),
    *append_only(REMINDER),
    f"""
    CREATE TABLE {CHECK} (
        organization_id bigint NOT NULL,
        year integer NOT NULL,
        revision integer NOT NULL,
        access_path ltree NOT NULL,
        comment text NOT NULL,
        checked_by bigint NOT NULL,
        checked_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, year, revision)
    )
    """,
    *protect(CHECK, KEPT),
    *append_only(CHECK),
    f"""
    CREATE TABLE {MESSAGE} (
        organization_id bigint NOT NULL,
        message_id uuid NOT NULL DEFAULT gen_random_uuid(),
        access_path ltree NOT NULL,
        person_id bigint,
        kind text NOT NULL,
        told jsonb NOT NULL,
        link text NOT NULL,
        occasion text NOT NULL,
        sent_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, message_id),
        UNIQUE (organization_id, occasion)
    )
    """,
    *protect(MESSAGE, KEPT),
    f"""
    CREATE TABLE {READING} (
        organization_id bigint NOT NULL,
        message_id uuid NOT NULL,
        person_id bigint NOT NULL,
        access_path ltree NOT NULL,
        read_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, message_id, person_id)
    )
    """,
    *protect(READING, KEPT),
)


def upgrade() -> None:
    """Make the tables."""
    for statement in MADE:
        op.execute(statement)


def downgrade() -> None:
    """Remove them."""
    for table in (READING, MESSAGE, CHECK, REMINDER, CALL, CAMPAIGN):
        op.execute(f"DROP TABLE {table}")
