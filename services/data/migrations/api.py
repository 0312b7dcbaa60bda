"""SQL of the API: answers kept by the key of their request, and what vouches for a message."""

from services.data.migrations.privacy import _BEGIN, _DEFINER, _END, MINE, OF_PERSON, OWN, RETENTION
from services.data.protection import force, grant

ANSWER = "base.api_answer"
# As services/data/migrations/privacy.py has the others: what nobody prescribes.
RULE = ("api_answers", 2, 1, OWN, "recalled")
FORGET = f"""
CREATE FUNCTION base.forget_api_answers(until timestamptz) RETURNS integer {_DEFINER} AS $$
DECLARE
  who bigint;
  gone integer := 0;
  removed integer;
  acting text := current_setting('app.person', true);
{_BEGIN}
  FOR who IN SELECT person_id FROM base.person ORDER BY person_id LOOP
    PERFORM set_config('app.person', who::text, true);
    DELETE FROM {ANSWER} WHERE person_id = who AND begun_at < until;
    GET DIAGNOSTICS removed = ROW_COUNT;
    gone := gone + removed;
  END LOOP;
  PERFORM set_config('app.person', coalesce(acting, ''), true);
{_END}
  RETURN gone;
END $$
"""
FUNCTION = "base.forget_api_answers(timestamptz)"
MADE = (
    f"""
    CREATE TABLE {ANSWER} (
        {OF_PERSON},
        key text NOT NULL,
        operation text NOT NULL,
        digest bytea NOT NULL,
        begun_at timestamptz NOT NULL,
        status integer,
        headers jsonb NOT NULL DEFAULT '[]',
        document text NOT NULL DEFAULT '',
        PRIMARY KEY (person_id, key)
    )
    """,
    *force(ANSWER),
    f"CREATE POLICY own ON {ANSWER} USING ({MINE}) WITH CHECK ({MINE})",
    grant(ANSWER, "SELECT, INSERT, UPDATE, DELETE"),
    f"INSERT INTO {RETENTION} VALUES"
    f" ('{RULE[0]}', '2026-01-01', now(), {RULE[1]}, {RULE[2]}, '{RULE[3]}', '{RULE[4]}', '')",
    FORGET,
    f"REVOKE ALL ON FUNCTION {FUNCTION} FROM PUBLIC",
    f"GRANT EXECUTE ON FUNCTION {FUNCTION} TO shuangtan_app",
    "ALTER TABLE collected.message ADD COLUMN integrity text NOT NULL DEFAULT 'signed'"
    " CHECK (integrity IN ('signed', 'token'))",
)
UNMADE = (
    "ALTER TABLE collected.message DROP COLUMN integrity",
    f"DROP FUNCTION {FUNCTION}",
    f"ALTER TABLE {RETENTION} DISABLE TRIGGER append_only",
    f"DELETE FROM {RETENTION} WHERE kind = 'api_answers'",
    f"ALTER TABLE {RETENTION} ENABLE TRIGGER append_only",
    f"DROP TABLE {ANSWER}",
)
