"""Alerts with what became of each, limits of measuring points, and what checks remember."""

from alembic import op

from services.data.protection import append_only, labelled, protect

revision = "0050"
down_revision = "0052"

ALERT, EVENT, EVIDENCE = "business.alert", "business.alert_event", "business.alert_evidence"
LIMIT, CHECK = "collected.point_limit", "collected.point_check"
MAIL, WISH = "business.alert_mail", "base.notice_wish"
PROGRESS = "base.watch_progress"
MINE = "person_id::text = nullif(current_setting('app.person', true), '')"
OF_ALERT = f"FOREIGN KEY (organization_id, alert_id) REFERENCES {ALERT}"
TO_POINT = "FOREIGN KEY (organization_id, point_id) REFERENCES collected.point"
MADE = (
    # What stands and where, without a name or a figure: those are evidence, and labelled.
    f"""
    CREATE TABLE {ALERT} (
        organization_id bigint NOT NULL REFERENCES base.organization,
        alert_id uuid NOT NULL DEFAULT gen_random_uuid(),
        access_path ltree NOT NULL,
        rule text NOT NULL,
        rule_version integer NOT NULL,
        severity text NOT NULL CHECK (severity IN ('info', 'warning', 'error')),
        key text NOT NULL,
        link text NOT NULL,
        state text NOT NULL CHECK (state IN ('open', 'acknowledged', 'resolved')),
        opened_at timestamptz NOT NULL,
        waiting_since timestamptz NOT NULL,
        seen_at timestamptz NOT NULL,
        clear_since timestamptz,
        occurrences bigint NOT NULL CHECK (occurrences > 0),
        owner_id bigint REFERENCES base.person,
        escalated_at timestamptz,
        resolved_at timestamptz,
        resolved_by bigint REFERENCES base.person,
        PRIMARY KEY (organization_id, alert_id),
        CHECK ((state = 'resolved') = (resolved_at IS NOT NULL)),
        CHECK (state <> 'resolved' OR clear_since IS NOT NULL)
    )""",
    # One condition has one alert, whoever notices it and however often.
    f"CREATE UNIQUE INDEX alert_one ON {ALERT} (organization_id, key) WHERE state <> 'resolved'",
    f"CREATE INDEX alert_of_key ON {ALERT} (organization_id, key, resolved_at)",
    f"CREATE INDEX alert_open ON {ALERT} (access_path, severity) WHERE state <> 'resolved'",
    f"CREATE INDEX alert_newest ON {ALERT} (organization_id, opened_at DESC)",
    *protect(ALERT, "SELECT, INSERT, UPDATE"),
    f"""
    CREATE TABLE {EVENT} (
        organization_id bigint NOT NULL,
        event_id uuid NOT NULL DEFAULT gen_random_uuid(),
        access_path ltree NOT NULL,
        alert_id uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('opened', 'reopened', 'acknowledged', 'assigned',
          'commented', 'escalated', 'cleared', 'resolved')),
        at timestamptz NOT NULL,
        made_by bigint REFERENCES base.person,
        owner_id bigint REFERENCES base.person,
        body text NOT NULL DEFAULT '',
        PRIMARY KEY (organization_id, event_id),
        {OF_ALERT}
    )""",
    f"CREATE INDEX alert_event_of ON {EVENT} (organization_id, alert_id, at)",
    *protect(EVENT, "SELECT, INSERT"),
    *append_only(EVENT),
    # What it is about, and the readings that first and last showed it.
    f"""
    CREATE TABLE {EVIDENCE} (
        organization_id bigint NOT NULL,
        alert_id uuid NOT NULL,
        access_path ltree NOT NULL,
        subject jsonb NOT NULL,
        first_seen jsonb NOT NULL,
        last_seen jsonb NOT NULL,
        PRIMARY KEY (organization_id, alert_id),
        {OF_ALERT}
    )""",
    *protect(EVIDENCE, "SELECT, INSERT, UPDATE"),
    labelled(EVIDENCE, "telemetry"),
    # Within what the readings of a point have to stay; of several rows the newest counts, and
    # what is empty is not checked.
    f"""
    CREATE TABLE {LIMIT} (
        organization_id bigint NOT NULL,
        limit_id uuid NOT NULL DEFAULT gen_random_uuid(),
        access_path ltree NOT NULL,
        device_id bigint NOT NULL,
        point_id bigint NOT NULL,
        low double precision,
        high double precision,
        margin double precision NOT NULL CHECK (margin >= 0),
        change_per_minute double precision CHECK (change_per_minute > 0),
        same_readings integer CHECK (same_readings >= 2),
        late_s integer CHECK (late_s > 0),
        silent_reports integer CHECK (silent_reports >= 2),
        severity text NOT NULL CHECK (severity IN ('info', 'warning', 'error')),
        reason text NOT NULL CHECK (reason <> ''),
        recorded_by bigint,
        recorded_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, limit_id),
        CHECK (low IS NULL OR high IS NULL OR low + 2 * margin < high),
        {TO_POINT}
    )""",
    f"CREATE INDEX point_limit_newest ON {LIMIT} (organization_id, point_id, recorded_at DESC)",
    *protect(LIMIT, "SELECT, INSERT"),
    *append_only(LIMIT),
    labelled(LIMIT, "telemetry"),
    f"""
    CREATE TABLE {CHECK} (
        organization_id bigint NOT NULL,
        point_id bigint NOT NULL,
        access_path ltree NOT NULL,
        last_at timestamptz NOT NULL,
        last_value double precision NOT NULL,
        same_readings bigint NOT NULL,
        PRIMARY KEY (organization_id, point_id),
        {TO_POINT}
    )""",
    *protect(CHECK),
    labelled(CHECK, "telemetry"),
    # Up to which message readings were checked: one row, of the platform.
    f"""
    CREATE TABLE {PROGRESS} (
        is_one boolean PRIMARY KEY DEFAULT true CHECK (is_one),
        settled bigint NOT NULL,
        middle bigint NOT NULL,
        middle_at timestamptz NOT NULL,
        newest bigint NOT NULL,
        seen bigint NOT NULL
    )""",
    f"GRANT SELECT, INSERT, UPDATE ON {PROGRESS} TO shuangtan_app",
    # What somebody wishes to be told by e-mail, and when he is to be left in peace.
    f"""
    CREATE TABLE {WISH} (
        person_id bigint PRIMARY KEY REFERENCES base.person ON DELETE CASCADE,
        address text NOT NULL,
        severity text NOT NULL CHECK (severity IN ('', 'info', 'warning', 'error')),
        quiet_from smallint CHECK (quiet_from BETWEEN 0 AND 23),
        quiet_until smallint CHECK (quiet_until BETWEEN 0 AND 23),
        changed_at timestamptz NOT NULL,
        CHECK ((quiet_from IS NULL) = (quiet_until IS NULL)),
        CHECK (severity = '' OR address <> '')
    )""",
    f"ALTER TABLE {WISH} ENABLE ROW LEVEL SECURITY",
    f"ALTER TABLE {WISH} FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY own ON {WISH} USING ({MINE}) WITH CHECK ({MINE})",
    # The platform itself, which sends to everybody, and the owner who removes accounts.
    f"""CREATE POLICY platform ON {WISH}
        USING (nullif(current_setting('app.place', true), '') = 'cn')""",
    f"GRANT SELECT, INSERT, UPDATE, DELETE ON {WISH} TO shuangtan_app",
    f"""
    CREATE TABLE {MAIL} (
        organization_id bigint NOT NULL,
        mail_id uuid NOT NULL DEFAULT gen_random_uuid(),
        access_path ltree NOT NULL,
        person_id bigint NOT NULL,
        alert_id uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('opened', 'escalated')),
        due_at timestamptz NOT NULL,
        tries integer NOT NULL DEFAULT 0,
        sent_at timestamptz,
        given_up boolean NOT NULL DEFAULT false,
        PRIMARY KEY (organization_id, mail_id),
        UNIQUE (organization_id, alert_id, person_id, kind),
        {OF_ALERT}
    )""",
    f"CREATE INDEX alert_mail_due ON {MAIL} (due_at) WHERE sent_at IS NULL AND NOT given_up",
    *protect(MAIL, "SELECT, INSERT, UPDATE"),
)


def upgrade() -> None:
    """Make the tables."""
    for statement in MADE:
        op.execute(statement)


def downgrade() -> None:
    """Remove them; no alert is remembered."""
    for table in (MAIL, WISH, PROGRESS, CHECK, LIMIT, EVIDENCE, EVENT, ALERT):
        op.execute(f"DROP TABLE {table}")
