"""SQL of personal data: tables, and functions that erase what the application may not change."""

from services.data.log_kinds import BY_NAME
from services.data.migrations.log import leaf_of_rows
from services.data.protection import IN_SCOPE, append_only, force, grant

NOTICE, CONSENT, RETENTION = "base.notice_acceptance", "base.consent", "base.retention"
TRAIL = "business.audit_event"
MINE = "person_id::text = nullif(current_setting('app.person', true), '')"
OF_PERSON = "person_id bigint NOT NULL REFERENCES base.person ON DELETE CASCADE"
LAW = "网络安全法（2025年修正）第23条"
CARBON = "碳排放权交易管理暂行条例 第11条"
OWN = "GB/T 35273-2020 6.1"
# Kind, days kept, the shortest that may be set, source, status. Six months are at most 184 days,
# five years at most 1,827; what nobody prescribes has the floor of one day.
RULES = (
    ("carbon_records", 3653, 1827, CARBON, "secondary"),
    ("trail", 1096, 184, LAW, "secondary"),
    ("sessions", 184, 184, LAW, "secondary"),
    ("closed_accounts", 366, 1, f"{OWN}, 8.5", "recalled"),
    ("failed_sign_ins", 30, 1, OWN, "recalled"),
    ("ended_means", 90, 1, OWN, "recalled"),
)
_DEFINER = (
    "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
    " SET extra_float_digits = 1"
)
# The trail is changed by nobody but the functions below, which the owner lends. They say so with a
# setting of their transaction; the application has no right to change a row, whatever it sets.
REFUSE = """
CREATE OR REPLACE FUNCTION base.refuse_trail_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('app.erasing', true) = 'on' THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  RAISE EXCEPTION 'audit_event keeps every row as it was written'
    USING ERRCODE = 'restrict_violation';
END $$
"""
_BEGIN = """
  seen text := current_setting('app.access', true);
  shown text := current_setting('app.readable', true);
BEGIN
  PERFORM set_config('app.access', 'cn', true), set_config('app.readable', ' trail ', true),
    set_config('app.erasing', 'on', true);
"""
_END = """
  PERFORM set_config('app.access', coalesce(seen, ''), true),
    set_config('app.readable', coalesce(shown, ''), true), set_config('app.erasing', '', true);
"""
# A name that somebody signed in with stands between other signs than those of such a name.
_LOGIN = (
    "regexp_replace({0}, '(^|[^a-z0-9._@-])' || said || '(?![a-z0-9._@-])',"
    " '\\1' || tombstone, 'g')"
)
# In what the person did, the name goes wherever it stands; in what others did, where it stands
# alone, for a short name may be part of other words.
_OWN = (
    "CASE WHEN person_id = who AND char_length(name_was) > 1 THEN replace({0}, name_was, tombstone)"
)
_TEXT = f"{_OWN} WHEN {{0}} = name_was THEN tombstone ELSE {{0}} END"
_JSON = f"{_OWN} ELSE replace({{0}}, to_json(name_was)::text, to_json(tombstone)::text) END"
PSEUDONYMISE = f"""
CREATE FUNCTION base.pseudonymise(who bigint, tombstone text) RETURNS integer {_DEFINER} AS $$
DECLARE
  login_was text;
  name_was text;
  said text;
  ids uuid[];
  keeper bigint;
  acting text := current_setting('app.person', true);
{_BEGIN}
  PERFORM set_config('app.person', who::text, true);
  SELECT login, name INTO STRICT login_was, name_was FROM base.person WHERE person_id = who;
  said := regexp_replace(login_was, '([.+*?^$(){{}}|\\[\\]\\\\-])', '\\\\\\1', 'g');
  WITH told AS (
    SELECT event_id, {_LOGIN.format(_TEXT.format("resource"))} AS resource,
      {_LOGIN.format(_JSON.format("before::text"))}::jsonb AS before,
      {_LOGIN.format(_JSON.format("after::text"))}::jsonb AS after
    FROM {TRAIL}
    WHERE person_id = who OR strpos(resource || before::text || after::text, login_was) > 0
      OR resource = name_was OR strpos(before::text || after::text, name_was) > 0
  ), changed AS (
    UPDATE {TRAIL} e SET resource = t.resource, before = t.before, after = t.after,
      before_digest = CASE WHEN e.before = t.before THEN e.before_digest ELSE '' END,
      after_digest = CASE WHEN e.after = t.after THEN e.after_digest ELSE '' END
    FROM told t WHERE e.event_id = t.event_id
      AND (e.resource, e.before, e.after) IS DISTINCT FROM (t.resource, t.before, t.after)
    RETURNING e.event_id
  )
  SELECT array_agg(event_id) INTO ids FROM changed;
  UPDATE base.log_leaf SET salt = NULL WHERE kind = 'audit_event' AND record = ANY(ids::text[]);
  {leaf_of_rows(BY_NAME["audit_event"], f"{TRAIL} n WHERE n.event_id = ANY(ids)")};
  -- What the ways in were called may name a person, and what is removed cannot be told any more.
  UPDATE base.log_leaf SET salt = NULL WHERE (kind = 'second_factor' AND record IN
      (SELECT factor_id::text FROM base.second_factor WHERE person_id = who))
    OR (kind = 'api_token' AND record IN
      (SELECT token_id::text FROM base.api_token WHERE person_id = who));
  DELETE FROM base.second_factor WHERE person_id = who;
  DELETE FROM base.api_token WHERE person_id = who;
  DELETE FROM base.saved_view WHERE person_id = who;
  -- A search that somebody keeps may look for the name; row security shows it to its keeper alone.
  FOR keeper IN SELECT DISTINCT person_id FROM base.membership
      WHERE role = 'audit_administrator' LOOP
    PERFORM set_config('app.person', keeper::text, true);
    DELETE FROM base.saved_view WHERE person_id = keeper
      AND strpos(name || query::text, login_was) > 0;
  END LOOP;
  DELETE FROM base.sign_in_guard WHERE login = login_was;
  UPDATE base.person SET login = tombstone, name = tombstone, contact = '', is_active = false,
    closed_at = coalesce(closed_at, now()) WHERE person_id = who;
  PERFORM set_config('app.person', coalesce(acting, ''), true);
{_END}
  RETURN coalesce(cardinality(ids), 0);
END $$
"""
FORGET = f"""
CREATE FUNCTION base.forget_trail(until timestamptz) RETURNS integer {_DEFINER} AS $$
DECLARE
  ids uuid[];
{_BEGIN}
  IF until > now() - interval '184 days' THEN
    RAISE EXCEPTION 'the trail is kept for six months at least (%)', '{LAW}'
      USING ERRCODE = 'restrict_violation';
  END IF;
  WITH gone AS (DELETE FROM {TRAIL} WHERE at < until RETURNING event_id)
  SELECT array_agg(event_id) INTO ids FROM gone;
  UPDATE base.log_leaf SET salt = NULL WHERE kind = 'audit_event' AND record = ANY(ids::text[]);
{_END}
  RETURN coalesce(cardinality(ids), 0);
END $$
"""
# Every way in that ended long ago, of whomever: row security shows them to their person alone.
FORGET_MEANS = f"""
CREATE FUNCTION base.forget_ended_means(until timestamptz) RETURNS integer {_DEFINER} AS $$
DECLARE
  who bigint;
  gone integer := 0;
  removed integer;
  acting text := current_setting('app.person', true);
{_BEGIN}
  FOR who IN SELECT person_id FROM base.person ORDER BY person_id LOOP
    PERFORM set_config('app.person', who::text, true);
    DELETE FROM base.api_token WHERE person_id = who
      AND least(expires_at, coalesce(ended_at, expires_at)) < until;
    GET DIAGNOSTICS removed = ROW_COUNT;
    gone := gone + removed;
    DELETE FROM base.second_factor WHERE person_id = who AND ended_at < until;
    GET DIAGNOSTICS removed = ROW_COUNT;
    gone := gone + removed;
    DELETE FROM base.recovery_code WHERE person_id = who AND used_at < until;
    GET DIAGNOSTICS removed = ROW_COUNT;
    gone := gone + removed;
  END LOOP;
  PERFORM set_config('app.person', coalesce(acting, ''), true);
{_END}
  RETURN gone;
END $$
"""
FUNCTIONS = (
    "base.pseudonymise(bigint, text)",
    "base.forget_trail(timestamptz)",
    "base.forget_ended_means(timestamptz)",
)
MADE = (
    "ALTER TABLE base.person ADD COLUMN contact text NOT NULL DEFAULT '',"
    " ADD COLUMN closed_at timestamptz",
    f"""
    CREATE TABLE {NOTICE} (
        {OF_PERSON},
        version text NOT NULL,
        accepted_at timestamptz NOT NULL,
        address text NOT NULL,
        PRIMARY KEY (person_id, version)
    )
    """,
    f"""
    CREATE TABLE {CONSENT} (
        consent_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        {OF_PERSON},
        purpose text NOT NULL,
        given_at timestamptz NOT NULL,
        withdrawn_at timestamptz
    )
    """,
    f"""
    CREATE TABLE {RETENTION} (
        kind text NOT NULL,
        applies_from date NOT NULL,
        set_at timestamptz NOT NULL,
        days integer NOT NULL,
        floor_days integer NOT NULL CHECK (floor_days > 0),
        source text NOT NULL,
        status text NOT NULL,
        reason text NOT NULL,
        set_by bigint,
        PRIMARY KEY (kind, applies_from, set_at),
        CONSTRAINT retention_floor CHECK (days >= floor_days)
    )
    """,
    *(
        statement
        for table, rights in ((NOTICE, "SELECT, INSERT"), (CONSENT, "SELECT, INSERT, UPDATE"))
        for statement in (
            *force(table),
            f"CREATE POLICY own ON {table} USING ({MINE}) WITH CHECK ({MINE})",
            grant(table, rights),
        )
    ),
    grant(RETENTION, "SELECT, INSERT"),
    *append_only(RETENTION),
    *(
        f"INSERT INTO {RETENTION} VALUES"
        f" ('{kind}', '2026-01-01', now(), {days}, {floor}, '{source}', '{status}', '')"
        for kind, days, floor, source, status in RULES
    ),
    REFUSE,
    f"DROP TRIGGER append_only ON {TRAIL}",
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {TRAIL}"
    " FOR EACH ROW EXECUTE FUNCTION base.refuse_trail_change()",
    f"CREATE POLICY erasing ON {TRAIL} FOR UPDATE USING ({IN_SCOPE}) WITH CHECK ({IN_SCOPE})",
    PSEUDONYMISE,
    FORGET,
    FORGET_MEANS,
    *(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC" for name in FUNCTIONS),
    *(f"GRANT EXECUTE ON FUNCTION {name} TO shuangtan_app" for name in FUNCTIONS),
)
UNMADE = (
    *(f"DROP FUNCTION {name}" for name in FUNCTIONS),
    f"DROP POLICY erasing ON {TRAIL}",
    f"DROP TRIGGER append_only ON {TRAIL}",
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {TRAIL}"
    " FOR EACH ROW EXECUTE FUNCTION base.refuse_change()",
    "DROP FUNCTION base.refuse_trail_change()",
    f"DROP TABLE {RETENTION}",
    f"DROP TABLE {CONSENT}",
    f"DROP TABLE {NOTICE}",
    "ALTER TABLE base.person DROP COLUMN contact, DROP COLUMN closed_at",
)
