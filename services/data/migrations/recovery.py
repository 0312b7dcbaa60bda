"""SQL of recovery and separation: the last administrator stays; what a list of accounts shows."""

_DEFINER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
LAST = "last_administrator"
_KINDS = "'system_administrator', 'security_administrator', 'audit_administrator'"
# Whoever ends the last role of a kind would leave the platform without it, and nobody could give
# it back. Of two who do it at once the second waits, and sees what the first one did. An account
# that is closed ends its roles first, so that asking of roles is enough; one that is only switched
# off is asked for too.
REFUSE_LAST = f"""
CREATE FUNCTION base.refuse_last_administrator() RETURNS trigger {_DEFINER} AS $$
DECLARE
  seen text := current_setting('app.access', true);
  day date := (now() AT TIME ZONE 'Asia/Shanghai')::date;
  ending text[];
  one text;
BEGIN
  PERFORM set_config('app.access', 'cn', true);
  IF TG_TABLE_NAME = 'membership' THEN
    ending := ARRAY[NEW.role];
  ELSE
    SELECT array_agg(DISTINCT role ORDER BY role) INTO ending FROM base.membership
      WHERE person_id = NEW.person_id AND ended_at IS NULL
        AND valid_from <= day AND (valid_to IS NULL OR valid_to >= day);
  END IF;
  FOREACH one IN ARRAY coalesce(ending, ARRAY[]::text[]) LOOP
    CONTINUE WHEN one NOT IN ({_KINDS});
    PERFORM pg_advisory_xact_lock(hashtext('{LAST} ' || one));
    IF NOT EXISTS (SELECT 1 FROM base.membership AS m JOIN base.person AS p USING (person_id)
      WHERE m.role = one AND m.ended_at IS NULL AND p.is_active AND p.person_id <> NEW.person_id
        AND m.valid_from <= day AND (m.valid_to IS NULL OR m.valid_to >= day)) THEN
      RAISE EXCEPTION 'nobody would be left as %', one
        USING ERRCODE = 'restrict_violation', CONSTRAINT = '{LAST}', DETAIL = one;
    END IF;
  END LOOP;
  PERFORM set_config('app.access', coalesce(seen, ''), true);
  RETURN NULL;
END $$
"""
# Whether somebody has a factor and must choose a password stands in rows that are each person's
# own; of them this tells that much and no more, and only to who sees the whole platform or asks of
# people within the scope (services/accounts.py names no others).
ACCOUNT_STATES = f"""
CREATE FUNCTION base.account_states(asked bigint[])
  RETURNS TABLE (person_id bigint, must_change boolean, has_factor boolean) {_DEFINER} AS $$
DECLARE
  who bigint;
  acting text := current_setting('app.person', true);
BEGIN
  FOREACH who IN ARRAY asked LOOP
    PERFORM set_config('app.person', who::text, true);
    RETURN QUERY SELECT c.person_id, c.must_change, EXISTS (
        SELECT 1 FROM base.second_factor AS f WHERE f.person_id = who
          AND f.confirmed_at IS NOT NULL AND f.ended_at IS NULL)
      FROM base.credential AS c WHERE c.person_id = who;
  END LOOP;
  PERFORM set_config('app.person', coalesce(acting, ''), true);
END $$
"""
COLUMNS = (
    # When somebody last came in with both factors, and since when devices count as known.
    "ALTER TABLE base.person ADD COLUMN opened_at timestamptz, ADD COLUMN devices_from timestamptz",
    "UPDATE base.person AS p SET opened_at = (SELECT max(began_at) FROM base.session AS s"
    " WHERE s.person_id = p.person_id AND s.stepped_up_at IS NOT NULL)",
    "ALTER TABLE base.wall_device ADD COLUMN invited_by bigint REFERENCES base.person",
    # Whoever typed rows that are still there, in the order in which they came.
    "ALTER TABLE business.draft ADD COLUMN editors bigint[] NOT NULL DEFAULT '{}'",
    "ALTER TABLE collected.submission ADD COLUMN typed_by bigint[] NOT NULL DEFAULT '{}'",
)
BACKFILLED = """
DO $do$
BEGIN
  PERFORM set_config('app.access', 'cn', true),
    set_config('app.readable', ' trail  activity ', true);
  UPDATE base.wall_device SET invited_by = made_by;
  -- What the trail still knows of who saved a draft; the last one is in the draft itself.
  UPDATE business.draft AS d SET editors = ARRAY(
    SELECT DISTINCT one FROM (
      SELECT d.edited_by AS one UNION
      SELECT e.person_id FROM business.audit_event AS e
        WHERE e.organization_id = d.organization_id AND e.action = 'save_draft'
          AND e.resource = d.year::text AND e.person_id IS NOT NULL) AS known ORDER BY one);
END $do$
"""
MADE = (
    *COLUMNS,
    BACKFILLED,
    REFUSE_LAST,
    ACCOUNT_STATES,
    "REVOKE ALL ON FUNCTION base.account_states(bigint[]) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION base.account_states(bigint[]) TO shuangtan_app",
    "CREATE TRIGGER last_administrator AFTER UPDATE OF ended_at ON base.membership FOR EACH ROW"
    " WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL)"
    " EXECUTE FUNCTION base.refuse_last_administrator()",
    "CREATE TRIGGER last_administrator AFTER UPDATE OF is_active ON base.person FOR EACH ROW"
    " WHEN (OLD.is_active AND NOT NEW.is_active)"
    " EXECUTE FUNCTION base.refuse_last_administrator()",
)
UNMADE = (
    "DROP TRIGGER last_administrator ON base.person",
    "DROP TRIGGER last_administrator ON base.membership",
    "DROP FUNCTION base.refuse_last_administrator()",
    "DROP FUNCTION base.account_states(bigint[])",
    "ALTER TABLE collected.submission DROP COLUMN typed_by",
    "ALTER TABLE business.draft DROP COLUMN editors",
    "ALTER TABLE base.wall_device DROP COLUMN invited_by",
    "ALTER TABLE base.person DROP COLUMN opened_at, DROP COLUMN devices_from",
)
