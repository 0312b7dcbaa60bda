"""SQL of institutions: who works for them, for whom they act, and what may not meet by law.

Regulation on the administration of carbon emission trading (State Council Decree 775), Art. 7 and
13. What one function finds is refused whichever of the three tables it came by; two exclusion
constraints hold the first two rules between entries once more, on their own.
"""

from services.data.protection import grant, protect

INSTITUTION, STAFF, TIE = "base.institution", "base.institution_staff", "base.institution_tie"
TRADING = "碳排放权交易管理暂行条例 第7条"
SERVING = "碳排放权交易管理暂行条例 第13条"
_WHO = """
  recorded_by bigint REFERENCES base.person,
  recorded_at timestamptz NOT NULL DEFAULT now()
"""
# Both days belong to it. What was entered by mistake is withdrawn and counts no more; what ended
# has a last day and counts for its days.
_DAYS = """
  valid_from date NOT NULL,
  valid_to date CHECK (valid_to >= valid_from),
  withdrawn_at timestamptz,
"""
TABLES = (
    f"""
    CREATE TABLE {INSTITUTION} (
        institution_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        kind text NOT NULL
          CHECK (kind IN ('technical_service', 'regulator', 'registry', 'exchange')),
        code text NOT NULL UNIQUE CHECK (code <> ''),
        name_zh text NOT NULL CHECK (name_zh <> ''),
        name_en text NOT NULL CHECK (name_en <> ''),
        {_WHO}
    )
    """,
    grant(INSTITUTION, "SELECT, INSERT, UPDATE"),
    # In the sight of who sees the whole, and of the person.
    f"""
    CREATE TABLE {STAFF} (
        staff_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        institution_id uuid NOT NULL REFERENCES {INSTITUTION},
        person_id bigint NOT NULL REFERENCES base.person ON DELETE CASCADE,
        access_path ltree NOT NULL DEFAULT 'cn' CHECK (access_path = 'cn'),
        {_DAYS}
        {_WHO}
    )
    """,
    f"CREATE INDEX institution_staff_person ON {STAFF} (person_id)",
    f"CREATE INDEX institution_staff_of ON {STAFF} (institution_id)",
    *protect(STAFF, "SELECT, INSERT, UPDATE"),
    f"CREATE POLICY own_read ON {STAFF} FOR SELECT"
    " USING (person_id::text = nullif(current_setting('app.person', true), ''))",
    f"""
    CREATE TABLE {TIE} (
        organization_id bigint NOT NULL REFERENCES base.organization,
        tie_id uuid NOT NULL DEFAULT gen_random_uuid(),
        access_path ltree NOT NULL,
        institution_id uuid NOT NULL REFERENCES {INSTITUTION},
        relation text NOT NULL CHECK (relation IN ('compiles', 'verifies', 'has_interest')),
        first_year integer,
        last_year integer CHECK (last_year >= first_year),
        {_DAYS}
        {_WHO},
        province text NOT NULL GENERATED ALWAYS AS (
          ltree2text(subpath(access_path, 0, least(nlevel(access_path), 2)))) STORED,
        PRIMARY KEY (organization_id, tie_id),
        CHECK ((relation = 'has_interest') = (first_year IS NULL)),
        CHECK ((first_year IS NULL) = (last_year IS NULL)),
        CONSTRAINT same_province EXCLUDE USING gist (
          institution_id WITH =, province WITH =, relation WITH <>,
          daterange(valid_from, valid_to, '[]') WITH &&)
          WHERE (withdrawn_at IS NULL AND relation <> 'has_interest')
          DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT same_report EXCLUDE USING gist (
          institution_id WITH =, organization_id WITH =, relation WITH <>,
          int4range(first_year, last_year, '[]') WITH &&)
          WHERE (withdrawn_at IS NULL AND relation <> 'has_interest')
          DEFERRABLE INITIALLY DEFERRED
    )
    """,
    f"CREATE INDEX institution_tie_of ON {TIE} (institution_id)",
    *protect(TIE, "SELECT, INSERT, UPDATE"),
)
_DEFINER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
# What an institution does by its entries and by what its staff hold: who enters or decides for a
# firm compiles, who verifies verifies. It has an interest in the organization of its own code.
# A place that the asking person does not see is told by its province.
FIND = f"""
CREATE FUNCTION base.institution_conflict(asked uuid, seen text) RETURNS jsonb {_DEFINER} AS $$
DECLARE
  found jsonb;
BEGIN
  WITH staff AS (
    SELECT person_id, daterange(valid_from, valid_to, '[]') AS days
    FROM {STAFF} WHERE institution_id = asked AND withdrawn_at IS NULL
  ), held AS (
    SELECT m.person_id, m.role, m.organization_id, m.access_path,
      staff.days * daterange(m.valid_from, m.valid_to, '[]') AS days
    FROM staff JOIN base.membership AS m USING (person_id)
    WHERE m.ended_at IS NULL AND staff.days && daterange(m.valid_from, m.valid_to, '[]')
  ), work AS (
    SELECT relation AS act, organization_id, access_path, province,
      daterange(valid_from, valid_to, '[]') AS days,
      int4range(first_year, last_year, '[]') AS years, NULL::bigint AS person_id
    FROM {TIE} WHERE institution_id = asked AND withdrawn_at IS NULL
    UNION ALL
    SELECT CASE role WHEN 'verifier' THEN 'verifies' ELSE 'compiles' END, organization_id,
      access_path, ltree2text(subpath(access_path, 0, least(nlevel(access_path), 2))), days, NULL,
      person_id
    FROM held WHERE role IN ('reporter', 'checker', 'approver', 'manager', 'verifier')
    UNION ALL
    SELECT 'has_interest', o.organization_id, o.access_path, '', daterange(NULL, NULL), NULL, NULL
    FROM base.organization AS o JOIN {INSTITUTION} AS i ON i.code = o.code
    WHERE i.institution_id = asked
  ), clash AS (
    SELECT 'trading' AS rule, '{TRADING}' AS source, 'works' AS act, 'trader' AS other,
      access_path AS one, access_path AS two, person_id, days, NULL::int4range AS years
    FROM held WHERE role = 'trader'
    UNION ALL
    SELECT 'same_report', '{SERVING}', a.act, b.act, a.access_path, b.access_path, NULL,
      a.days, a.years * b.years
    FROM work AS a JOIN work AS b ON a.organization_id = b.organization_id AND a.years && b.years
    WHERE a.act = 'compiles' AND b.act = 'verifies'
    UNION ALL
    SELECT 'same_province', '{SERVING}', a.act, b.act, a.access_path, b.access_path,
      coalesce(a.person_id, b.person_id), a.days * b.days, NULL
    FROM work AS a JOIN work AS b ON a.days && b.days AND (a.province = b.province
      OR a.access_path @> b.access_path OR a.access_path <@ b.access_path)
    WHERE a.act = 'compiles' AND b.act = 'verifies'
    UNION ALL
    SELECT 'interest', '{SERVING}', a.act, b.act, a.access_path, b.access_path, b.person_id,
      a.days * b.days, NULL
    FROM work AS a JOIN work AS b ON a.days && b.days
      AND (a.access_path @> b.access_path OR a.access_path <@ b.access_path)
    WHERE a.act = 'has_interest' AND b.act = 'verifies'
  )
  SELECT jsonb_build_object('rule', rule, 'source', source, 'act', act, 'other', other,
      'first', coalesce(lower(days)::text, ''), 'last', coalesce((upper(days) - 1)::text, ''),
      'first_year', lower(years), 'last_year', upper(years) - 1,
      'login', coalesce((SELECT login FROM base.person AS p WHERE p.person_id = c.person_id), ''),
      'institution', (SELECT jsonb_build_object('zh-CN', name_zh, 'en', name_en)
        FROM {INSTITUTION} WHERE institution_id = asked),
      'one', base.place_told(one, seen), 'two', base.place_told(two, seen))
    INTO found FROM clash AS c ORDER BY rule, one, two LIMIT 1;
  RETURN found;
END $$
"""
TELL = f"""
CREATE FUNCTION base.place_told(place ltree, seen text) RETURNS jsonb {_DEFINER} AS $$
BEGIN
  RETURN (SELECT jsonb_build_object('zh-CN', name_zh, 'en', name_en) FROM base.organization
    WHERE access_path = CASE
      WHEN place <@ string_to_array(nullif(seen, ''), ' ')::ltree[] THEN place
      ELSE subpath(place, 0, least(nlevel(place), 2)) END);
END $$
"""
# Person before institution, always, so that two who ask at once wait and do not block one another;
# then what both wrote is seen. A membership's person is held by the trigger of role conflicts.
REFUSE = f"""
CREATE FUNCTION base.refuse_institution_conflict() RETURNS trigger {_DEFINER} AS $$
DECLARE
  seen text := current_setting('app.access', true);
  asked uuid[];
  one uuid;
  found jsonb;
BEGIN
  -- What counts no more, or only ends sooner, brings nothing together, and must always be possible.
  IF coalesce(to_jsonb(NEW) ->> 'ended_at', to_jsonb(NEW) ->> 'withdrawn_at') IS NOT NULL THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF (to_jsonb(NEW) - 'valid_to') = (to_jsonb(OLD) - 'valid_to')
      AND coalesce(NEW.valid_to, 'infinity') <= coalesce(OLD.valid_to, 'infinity') THEN
      RETURN NULL;
    END IF;
  END IF;
  PERFORM set_config('app.access', 'cn', true);
  IF TG_TABLE_NAME = 'organization' THEN
    SELECT array_agg(institution_id) INTO asked FROM {INSTITUTION} WHERE code = NEW.code;
  ELSIF TG_TABLE_NAME = 'membership' THEN
    SELECT array_agg(DISTINCT institution_id ORDER BY institution_id) INTO asked
      FROM {STAFF} WHERE person_id = NEW.person_id AND withdrawn_at IS NULL;
  ELSIF TG_TABLE_NAME = 'institution_staff' THEN
    PERFORM 1 FROM base.person WHERE person_id = NEW.person_id FOR NO KEY UPDATE;
    asked := ARRAY[NEW.institution_id];
  ELSE
    asked := ARRAY[NEW.institution_id];
  END IF;
  FOREACH one IN ARRAY coalesce(asked, ARRAY[]::uuid[]) LOOP
    PERFORM 1 FROM {INSTITUTION} WHERE institution_id = one FOR NO KEY UPDATE;
    found := coalesce(found, base.institution_conflict(one, seen));
  END LOOP;
  PERFORM set_config('app.access', coalesce(seen, ''), true);
  IF found IS NOT NULL THEN
    RAISE EXCEPTION 'institution conflict: %', found->>'rule'
      USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'institution_conflict',
        DETAIL = found::text;
  END IF;
  RETURN NULL;
END $$
"""
MADE = (
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    *TABLES,
    TELL,
    FIND,
    REFUSE,
    "REVOKE ALL ON FUNCTION base.institution_conflict(uuid, text) FROM PUBLIC",
    "REVOKE ALL ON FUNCTION base.place_told(ltree, text) FROM PUBLIC",
    *(
        f"CREATE TRIGGER institution_conflict AFTER INSERT OR UPDATE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION base.refuse_institution_conflict()"
        for table in (STAFF, TIE, "base.membership")
    ),
    "CREATE TRIGGER institution_conflict AFTER INSERT ON base.organization"
    " FOR EACH ROW EXECUTE FUNCTION base.refuse_institution_conflict()",
)
UNMADE = (
    "DROP TRIGGER institution_conflict ON base.organization",
    "DROP TRIGGER institution_conflict ON base.membership",
    *(f"DROP TABLE {table}" for table in (TIE, STAFF, INSTITUTION)),
    "DROP FUNCTION base.refuse_institution_conflict()",
    "DROP FUNCTION base.institution_conflict(uuid, text)",
    "DROP FUNCTION base.place_told(ltree, text)",
    "DROP EXTENSION btree_gist",
)
