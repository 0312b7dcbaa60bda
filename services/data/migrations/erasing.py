"""SQL of erasing that leaves a trace: what is forgotten or renamed is named by an event.

The events are written here, in the functions that erase, so that nobody erases without them. Both
checks of the log hold what is gone to them (services/data/log_rules.py).
"""

from services.data.log_rules import FORGOTTEN, NOBODY, REMOVED_RECORDS, RENAMED
from services.data.migrations.privacy import (
    _BEGIN,
    _DEFINER,
    _END,
    FORGET,
    LAW,
    TRAIL,
)

# So many names fit into one event that a person still opens.
_EACH = 500
_OLD = "base.pseudonymise(bigint, text)"
_RENAME, _TELL = "base.replace_names(bigint, text)", "base.tell_erased(text, text, jsonb, text[])"
PSEUDONYMISE = "base.pseudonymise(bigint)"
TELL_ERASED = f"""
CREATE FUNCTION base.tell_erased(what text, who text, told jsonb, ids text[]) RETURNS void
{_DEFINER} AS $$
BEGIN
  INSERT INTO {TRAIL} (organization_id, access_path, action, resource, before, after, channel, at)
  SELECT 0, 'cn', what, who, '{{}}',
    told || jsonb_build_object('events', jsonb_agg(id ORDER BY id)), 'job', now()
  FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / {_EACH} AS part
        FROM unnest(ids) AS id) AS named
  GROUP BY part;
END $$
"""
# What removals tell of stays: without it nobody could say later what became of the records.
FORGET_AND_TELL = f"""
CREATE OR REPLACE FUNCTION base.forget_trail(until timestamptz) RETURNS integer {_DEFINER} AS $$
DECLARE
  ids text[];
{_BEGIN}
  IF until > now() - interval '184 days' THEN
    RAISE EXCEPTION 'the trail is kept for six months at least (%)', '{LAW}'
      USING ERRCODE = 'restrict_violation';
  END IF;
  WITH gone AS (
    DELETE FROM {TRAIL} WHERE at < until AND action NOT IN ('{FORGOTTEN}', '{REMOVED_RECORDS}')
    RETURNING event_id
  )
  SELECT array_agg(event_id::text) INTO ids FROM gone;
  UPDATE base.log_leaf SET salt = NULL WHERE kind = 'audit_event' AND record = ANY(ids);
  PERFORM base.tell_erased('{FORGOTTEN}', '', jsonb_build_object('until',
    to_char(until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')), ids);
{_END}
  RETURN coalesce(cardinality(ids), 0);
END $$
"""
# Of checkpoints in their order, the last before the first that was signed later; those of earlier
# times say nothing of when. The same as `sealed_by` in services/data/log_rules.py.
_SIGNED = """(
    SELECT checkpoint_id, size, to_timestamp(substr(line, 6)::bigint) AS at
    FROM base.log_checkpoint, split_part(note, E'\\n', 4) AS line WHERE line ~ '^time [0-9]+$'
  )"""
_SEALED = f"""
  sealed := coalesce((SELECT max(s.size) FROM {_SIGNED} AS s
    WHERE s.at <= until AND NOT EXISTS (SELECT FROM {_SIGNED} AS t
      WHERE t.at > until AND t.checkpoint_id < s.checkpoint_id)), 0);
"""
_WAS_SEALED = """AND EXISTS (
      SELECT FROM base.log_leaf l JOIN base.log_entry e USING (leaf_id)
      WHERE l.kind = 'audit_event' AND l.record = event_id::text AND e.position < sealed)
    RETURNING event_id"""
FORGET_SEALED = (
    FORGET_AND_TELL.replace("  ids text[];\n", "  ids text[];\n  sealed bigint;\n")
    .replace("  WITH gone AS (", f"{_SEALED.strip(chr(10))}\n  WITH gone AS (")
    .replace("RETURNING event_id", _WAS_SEALED)
)
# Only who left, only in a transaction of that person, and never with words of the caller's.
PSEUDONYMISE_CLOSED = f"""
CREATE FUNCTION base.pseudonymise(who bigint) RETURNS integer {_DEFINER} AS $$
DECLARE
  tombstone text := '{NOBODY}' || who;
  ids text[];
  changed integer;
{_BEGIN}
  IF nullif(current_setting('app.person', true), '') IS DISTINCT FROM who::text
     OR EXISTS (SELECT FROM base.person WHERE person_id = who AND is_active) THEN
    RAISE EXCEPTION 'names are erased of who left, in a transaction of their own (%)', who
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  changed := base.replace_names(who, tombstone);
  SELECT array_agg(DISTINCT l.record) INTO ids FROM base.log_leaf l
  WHERE l.kind = 'audit_event' AND l.xid = pg_current_xact_id()
    AND EXISTS (SELECT FROM base.log_leaf e WHERE e.record = l.record AND e.kind = l.kind
                AND e.leaf_id < l.leaf_id);
  PERFORM base.tell_erased('{RENAMED}', tombstone, '{{}}', ids);
{_END}
  RETURN changed;
END $$
"""
_APP = "shuangtan_app"
MADE = (
    TELL_ERASED,
    f"REVOKE ALL ON FUNCTION {_TELL} FROM PUBLIC",
    FORGET_AND_TELL,
    f"REVOKE ALL ON FUNCTION {_OLD} FROM {_APP}",
    f"ALTER FUNCTION {_OLD} RENAME TO replace_names",
    PSEUDONYMISE_CLOSED,
    f"REVOKE ALL ON FUNCTION {PSEUDONYMISE} FROM PUBLIC",
    f"GRANT EXECUTE ON FUNCTION {PSEUDONYMISE} TO {_APP}",
)
UNMADE = (
    f"DROP FUNCTION {PSEUDONYMISE}",
    f"ALTER FUNCTION {_RENAME} RENAME TO pseudonymise",
    f"GRANT EXECUTE ON FUNCTION {_OLD} TO {_APP}",
    FORGET.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),
    f"DROP FUNCTION {_TELL}",
)
