"""The function of the database that makes a month of readings."""

# The application owns no table, so that the owner lends it this one act and nothing else. The
# lock keeps two listeners from making one month twice. A month is held as the whole is.
ENSURE_MONTH = """
CREATE OR REPLACE FUNCTION collected.ensure_reading_month(day date) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  first date := date_trunc('month', day)::date;
  name text := 'reading_' || to_char(day, 'YYYY_MM');
  scope text;
BEGIN
  IF day NOT BETWEEN '2000-01-01' AND '2099-12-31' THEN
    RAISE EXCEPTION 'no readings are kept for %', day USING ERRCODE = 'datetime_field_overflow';
  END IF;
  PERFORM pg_advisory_xact_lock(7302160031);
  IF to_regclass('collected.' || name) IS NULL THEN
    EXECUTE format(
      'CREATE TABLE collected.%I PARTITION OF collected.reading FOR VALUES FROM (%L) TO (%L)',
      name, first || ' 00:00+00', (first + interval '1 month')::date || ' 00:00+00');
    EXECUTE format('ALTER TABLE collected.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE collected.%I FORCE ROW LEVEL SECURITY', name);
    SELECT pg_get_expr(polqual, polrelid) INTO STRICT scope FROM pg_policy
      WHERE polrelid = 'collected.reading'::regclass AND polname = 'by_place';
    EXECUTE format(
      'CREATE POLICY by_place ON collected.%I USING (%s) WITH CHECK (%s)', name, scope, scope);
  END IF;
  RETURN name;
END $$"""
