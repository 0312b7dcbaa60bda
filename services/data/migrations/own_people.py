"""SQL of whose people somebody may look after: those who are nowhere but within a scope."""

# What somebody is elsewhere is out of sight of who asks, but not of this: it tells only who is
# nowhere else, by the scope of the transaction, and holds no role but those that are named.
PEOPLE_WITHIN = """
CREATE FUNCTION base.people_within(day date, roles text[]) RETURNS SETOF bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  seen text := current_setting('app.access', true);
BEGIN
  PERFORM set_config('app.access', 'cn', true);
  RETURN QUERY SELECT m.person_id FROM base.membership AS m
    WHERE m.ended_at IS NULL AND (m.valid_to IS NULL OR m.valid_to >= day)
    GROUP BY m.person_id
    HAVING bool_or(m.valid_from <= day) AND bool_and(m.role = ANY(roles))
      AND bool_and(m.access_path <@ string_to_array(nullif(seen, ''), ' ')::ltree[]);
  PERFORM set_config('app.access', coalesce(seen, ''), true);
END $$
"""
DROPPED = "DROP FUNCTION base.people_within(date, text[])"
