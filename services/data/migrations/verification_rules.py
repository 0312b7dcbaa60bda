"""SQL of what may not be in a verification: who may verify, which step may follow which.

Sources: 碳排放权交易管理暂行条例 (State Council Decree 775), Art. 12 and 13; who reports does not
verify.
"""

from services.data.migrations.verifications import (
    ANSWER,
    EVERY,
    FINDING,
    LOOK,
    MEMBER,
    OPINION,
    PLAN,
    TABLES,
    VERIFICATION,
)

_DEFINER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
# What the functions ask about lies beyond what the asking person sees. Whoever calls the first of
# these calls the second before the end; what fails undoes it with all else.
LOOKING = (
    """
CREATE FUNCTION base.see_all() RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  before text[] := ARRAY[current_setting('app.access', true),
    current_setting('app.engagements', true), current_setting('app.readable', true)];
BEGIN
  PERFORM set_config('app.access', 'cn', true), set_config('app.engagements', '*', true),
    set_config('app.readable', ' activity line result ', true);
  RETURN before;
END $$
""",
    """
CREATE FUNCTION base.see_as(before text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('app.access', coalesce(before[1], ''), true),
    set_config('app.engagements', coalesce(before[2], ''), true),
    set_config('app.readable', coalesce(before[3], ''), true);
END $$
""",
)
_TODAY = "({0} AT TIME ZONE 'Asia/Shanghai')::date"
# Who made what is verified: submitted it, typed rows of it, decided on it, in whatever version.
MAKERS = f"""
CREATE FUNCTION base.made_year(firm bigint, of_year integer, who bigint) RETURNS boolean {_DEFINER}
AS $$
DECLARE
  seen text[] := base.see_all();
  found boolean;
BEGIN
  found := EXISTS (
    SELECT FROM collected.submission AS s LEFT JOIN business.decision AS d
      ON d.organization_id = s.organization_id AND d.submission_id = s.submission_id
    WHERE s.organization_id = firm AND s.year = of_year
      AND (s.submitted_by = who OR who = ANY (s.typed_by) OR d.decided_by = who));
  PERFORM base.see_as(seen);
  RETURN found;
END $$
"""
# The verifiers of a place on a day, with the institution that employs them and verifies there.
CANDIDATES = f"""
CREATE FUNCTION base.verifiers_at(firm bigint, of_year integer, on_day date)
RETURNS TABLE (institution_id uuid, person_id bigint) {_DEFINER} AS $$
DECLARE
  seen text[];
BEGIN
  IF NOT EXISTS (SELECT FROM base.organization AS o WHERE o.organization_id = firm
      AND o.access_path <@
        string_to_array(nullif(current_setting('app.access', true), ''), ' ')::ltree[]) THEN
    RETURN;
  END IF;
  seen := base.see_all();
  RETURN QUERY
    SELECT DISTINCT t.institution_id, m.person_id
    FROM base.institution_tie AS t
    JOIN base.institution_staff AS f ON f.institution_id = t.institution_id
    JOIN base.membership AS m ON m.person_id = f.person_id AND m.access_path @> t.access_path
    WHERE t.organization_id = firm AND t.relation = 'verifies' AND t.withdrawn_at IS NULL
      AND of_year BETWEEN t.first_year AND t.last_year
      AND daterange(t.valid_from, t.valid_to, '[]') @> on_day
      AND f.withdrawn_at IS NULL AND daterange(f.valid_from, f.valid_to, '[]') @> on_day
      AND m.role = 'verifier' AND m.ended_at IS NULL
      AND daterange(m.valid_from, m.valid_to, '[]') @> on_day;
  PERFORM base.see_as(seen);
END $$
"""
# The state of the verification of a year that is not withdrawn; empty where there is none.
STATE = f"""
CREATE FUNCTION base.verification_state(firm bigint, of_year integer) RETURNS text {_DEFINER} AS $$
DECLARE
  seen text[] := base.see_all();
  found text;
BEGIN
  SELECT state INTO found FROM {VERIFICATION}
    WHERE organization_id = firm AND year = of_year AND state <> 'withdrawn';
  PERFORM base.see_as(seen);
  RETURN coalesce(found, '');
END $$
"""
REFUSALS = (
    f"""
CREATE FUNCTION base.refuse_verification() RETURNS trigger {_DEFINER} AS $$
DECLARE
  seen text[] := base.see_all();
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'planned' OR NOT EXISTS (
      SELECT FROM base.institution_tie AS t
      WHERE t.organization_id = NEW.organization_id AND t.institution_id = NEW.institution_id
        AND t.relation = 'verifies' AND t.withdrawn_at IS NULL
        AND NEW.year BETWEEN t.first_year AND t.last_year
        AND daterange(t.valid_from, t.valid_to, '[]') @> {_TODAY.format("NEW.assigned_at")}) THEN
      RAISE EXCEPTION 'the institution does not verify there'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'verification_appointed';
    END IF;
    PERFORM base.see_as(seen);
    RETURN NEW;
  END IF;
  IF to_jsonb(NEW) - ARRAY['state', 'changed_by', 'changed_at', 'reason']
      <> to_jsonb(OLD) - ARRAY['state', 'changed_by', 'changed_at', 'reason']
    OR NOT (OLD.state, NEW.state) IN (
      ('planned', 'at_work'), ('at_work', 'findings_out'), ('at_work', 'closed'),
      ('findings_out', 'closed'), ('closed', 'locked'), ('planned', 'withdrawn'),
      ('at_work', 'withdrawn'), ('findings_out', 'withdrawn'), ('closed', 'withdrawn'),
      ('locked', 'withdrawn')) THEN
    RAISE EXCEPTION 'a verification does not go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'verification_step';
  END IF;
  IF NEW.state = 'closed' AND NOT EXISTS (SELECT FROM {OPINION} AS o
      WHERE o.organization_id = NEW.organization_id
        AND o.verification_id = NEW.verification_id) THEN
    RAISE EXCEPTION 'a verification is closed with an opinion'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'verification_step';
  END IF;
  PERFORM base.see_as(seen);
  RETURN NEW;
END $$
""",
    f"""
CREATE FUNCTION base.refuse_verifier() RETURNS trigger {_DEFINER} AS $$
DECLARE
  seen text[] := base.see_all();
  of_year integer;
BEGIN
  SELECT year INTO of_year FROM {VERIFICATION} WHERE organization_id = NEW.organization_id
    AND verification_id = NEW.verification_id;
  IF NEW.left_at IS NOT NULL THEN
    PERFORM base.see_as(seen);
    RETURN NEW;
  END IF;
  IF base.made_year(NEW.organization_id, of_year, NEW.person_id) THEN
    RAISE EXCEPTION 'who made the report does not verify it'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'verifier_made';
  END IF;
  IF NOT EXISTS (
    SELECT FROM base.verifiers_at(NEW.organization_id, of_year, {_TODAY.format("NEW.joined_at")})
      AS c JOIN {VERIFICATION} AS v ON v.institution_id = c.institution_id
    WHERE c.person_id = NEW.person_id AND v.organization_id = NEW.organization_id
      AND v.verification_id = NEW.verification_id) THEN
    RAISE EXCEPTION 'the person does not verify there for the institution'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'verifier_appointed';
  END IF;
  PERFORM base.see_as(seen);
  RETURN NEW;
END $$
""",
    f"""
CREATE FUNCTION base.refuse_verification_work() RETURNS trigger {_DEFINER} AS $$
DECLARE
  seen text[] := base.see_all();
  found {VERIFICATION};
  rows jsonb := to_jsonb(NEW);
  who bigint := coalesce(rows ->> 'made_by', rows ->> 'looked_by', rows ->> 'closed_by',
    rows ->> 'issued_by', rows ->> 'raised_by', rows ->> 'answered_by')::bigint;
BEGIN
  -- Waits for whoever closes it just now, and then finds it closed.
  SELECT * INTO found FROM {VERIFICATION} WHERE organization_id = NEW.organization_id
    AND verification_id = NEW.verification_id FOR SHARE;
  IF found.state NOT IN ('planned', 'at_work', 'findings_out')
    OR (TG_TABLE_NAME <> 'verification_plan' AND found.state = 'planned') THEN
    RAISE EXCEPTION 'the verification is not at work'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'verification_at_work';
  END IF;
  -- What the firm says of a finding is its own; all else is done by the team.
  IF TG_OP = 'UPDATE' AND rows ->> 'closed_by' IS NULL THEN
    PERFORM base.see_as(seen);
    RETURN NEW;
  END IF;
  IF base.made_year(NEW.organization_id, found.year, who) OR NOT EXISTS (
    SELECT FROM {MEMBER} AS m WHERE m.organization_id = NEW.organization_id
      AND m.verification_id = NEW.verification_id AND m.person_id = who
      AND m.left_at IS NULL) THEN
    RAISE EXCEPTION 'this is for the team alone'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'verification_team';
  END IF;
  PERFORM base.see_as(seen);
  RETURN NEW;
END $$
""",
    f"""
CREATE FUNCTION base.refuse_finding_change() RETURNS trigger {_DEFINER} AS $$
DECLARE
  seen text[] := base.see_all();
BEGIN
  IF OLD.closed_at IS NOT NULL OR
    to_jsonb(NEW) - ARRAY['answer', 'answered_by', 'answered_at', 'verdict', 'closed_by',
      'closed_at'] <>
    to_jsonb(OLD) - ARRAY['answer', 'answered_by', 'answered_at', 'verdict', 'closed_by',
      'closed_at'] THEN
    RAISE EXCEPTION 'a finding stays as it was raised'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'finding_kept';
  END IF;
  PERFORM base.see_as(seen);
  RETURN NEW;
END $$
""",
    f"""
CREATE FUNCTION base.refuse_opinion() RETURNS trigger {_DEFINER} AS $$
DECLARE
  seen text[] := base.see_all();
BEGIN
  IF EXISTS (SELECT FROM {FINDING} AS f WHERE f.organization_id = NEW.organization_id
      AND f.verification_id = NEW.verification_id AND f.grade = 'major'
      AND f.closed_at IS NULL) THEN
    RAISE EXCEPTION 'a major finding is open'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'opinion_open';
  END IF;
  PERFORM base.see_as(seen);
  RETURN NEW;
END $$
""",
    f"""
CREATE FUNCTION base.refuse_verified() RETURNS trigger {_DEFINER} AS $$
DECLARE
  seen text[] := base.see_all();
BEGIN
  IF base.verification_state(NEW.organization_id, NEW.year) IN ('closed', 'locked') THEN
    RAISE EXCEPTION 'the year is verified'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'year_verified';
  END IF;
  PERFORM base.see_as(seen);
  RETURN NEW;
END $$
""",
)


def _before(table: str, when: str, function: str) -> str:
    return (
        f"CREATE TRIGGER {function} BEFORE {when} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION base.{function}()"
    )


_FUNCTIONS = (
    "refuse_verified()", "refuse_opinion()", "refuse_finding_change()",
    "refuse_verification_work()", "refuse_verifier()", "refuse_verification()",
    "verification_state(bigint, integer)", "verifiers_at(bigint, integer, date)",
    "made_year(bigint, integer, bigint)", "see_all()", "see_as(text[])",
)  # fmt: skip
CALLED = (
    "base.verifiers_at(bigint, integer, date)",
    "base.verification_state(bigint, integer)",
)
MADE = (
    *TABLES,
    *LOOKING,
    MAKERS,
    CANDIDATES,
    STATE,
    *REFUSALS,
    *(f"REVOKE ALL ON FUNCTION base.{function} FROM PUBLIC" for function in _FUNCTIONS),
    *(f"GRANT EXECUTE ON FUNCTION {function} TO shuangtan_app" for function in CALLED),
    _before(VERIFICATION, "INSERT OR UPDATE", "refuse_verification"),
    _before(MEMBER, "INSERT OR UPDATE", "refuse_verifier"),
    *(_before(t, "INSERT", "refuse_verification_work") for t in (PLAN, LOOK, ANSWER, OPINION)),
    _before(FINDING, "INSERT OR UPDATE", "refuse_verification_work"),
    _before(FINDING, "UPDATE", "refuse_finding_change"),
    _before(OPINION, "INSERT", "refuse_opinion"),
    _before("business.correction", "INSERT", "refuse_verified"),
    # The application removes none; the owner removes the sample's with the sample.
    "CREATE POLICY of_sample ON base.institution FOR DELETE USING (code = 'SAMPLE-JG')",
)
UNMADE = (
    "DROP POLICY of_sample ON base.institution",
    "DROP TRIGGER refuse_verified ON business.correction",
    *(f"DROP TABLE {table}" for table in reversed(EVERY)),
    *(f"DROP FUNCTION base.{function}" for function in _FUNCTIONS),
)
