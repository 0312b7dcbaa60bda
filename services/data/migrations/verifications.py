"""SQL of verifications: their tables, and who sees which row.

A verifier sees the verifications of the own team alone: `app.engagements` has them.
"""

from services.data.protection import append_only, labelled, protect

VERIFICATION, MEMBER = "business.verification", "business.verification_member"
PLAN, LOOK = "business.verification_plan", "business.verification_look"
ANSWER, FINDING = "business.verification_answer", "business.verification_finding"
OPINION = "business.verification_opinion"
EVERY = (VERIFICATION, MEMBER, PLAN, LOOK, ANSWER, FINDING, OPINION)
_ENGAGED = (
    "coalesce(' ' || current_setting('app.engagements', true) || ' ' = ' * '"
    " OR strpos(' ' || current_setting('app.engagements', true) || ' ',"
    " ' ' || verification_id::text || ' ') > 0, false)"
)
_MINE = "person_id::text = nullif(current_setting('app.person', true), '')"
_OF = """
        organization_id bigint NOT NULL,
        verification_id uuid NOT NULL,
        access_path ltree NOT NULL,
"""
_BELONGS = f"FOREIGN KEY (organization_id, verification_id) REFERENCES {VERIFICATION}"


def engaged(table: str, condition: str = _ENGAGED) -> str:
    """Return the statement that shows and takes rows of the scope's verifications alone."""
    return (
        f"CREATE POLICY by_engagement ON {table} AS RESTRICTIVE"
        f" USING ({condition}) WITH CHECK ({_ENGAGED})"
    )


TABLES = (
    f"""
    CREATE TABLE {VERIFICATION} (
        organization_id bigint NOT NULL,
        verification_id uuid NOT NULL DEFAULT gen_random_uuid(),
        access_path ltree NOT NULL,
        year integer NOT NULL,
        submission_id uuid NOT NULL,
        institution_id uuid NOT NULL REFERENCES base.institution,
        purpose text NOT NULL,
        state text NOT NULL DEFAULT 'planned' CHECK (state IN
          ('planned', 'at_work', 'findings_out', 'closed', 'locked', 'withdrawn')),
        note text NOT NULL,
        assigned_by bigint NOT NULL,
        assigned_at timestamptz NOT NULL,
        changed_by bigint NOT NULL,
        changed_at timestamptz NOT NULL,
        reason text NOT NULL DEFAULT '' CHECK ((state = 'withdrawn') = (reason <> '')),
        PRIMARY KEY (organization_id, verification_id)
    )
    """,
    f"CREATE UNIQUE INDEX verification_live ON {VERIFICATION} (organization_id, year)"
    " WHERE state <> 'withdrawn'",
    *protect(VERIFICATION, "SELECT, INSERT, UPDATE"),
    engaged(VERIFICATION),
    f"""
    CREATE TABLE {MEMBER} ({_OF}
        person_id bigint NOT NULL,
        is_lead boolean NOT NULL,
        added_by bigint NOT NULL,
        joined_at timestamptz NOT NULL,
        left_at timestamptz,
        PRIMARY KEY (organization_id, verification_id, person_id),
        {_BELONGS}
    )
    """,
    f"CREATE UNIQUE INDEX verification_lead ON {MEMBER} (organization_id, verification_id)"
    " WHERE is_lead AND left_at IS NULL",
    *protect(MEMBER, "SELECT, INSERT, UPDATE"),
    # To which verifications somebody belongs or belonged is known before anything of these is.
    engaged(MEMBER, f"{_MINE} OR {_ENGAGED}"),
    f"""
    CREATE TABLE {PLAN} ({_OF}
        number integer NOT NULL,
        submission_id uuid NOT NULL,
        run_id uuid NOT NULL,
        parameters jsonb NOT NULL,
        picks jsonb NOT NULL,
        made_by bigint NOT NULL,
        made_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, verification_id, number),
        {_BELONGS}
    )
    """,
    f"""
    CREATE TABLE {LOOK} ({_OF}
        look_id uuid NOT NULL DEFAULT gen_random_uuid(),
        submission_id uuid NOT NULL,
        row_key text NOT NULL,
        row_hash text NOT NULL,
        note text NOT NULL,
        looked_by bigint NOT NULL,
        looked_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, verification_id, look_id),
        {_BELONGS}
    )
    """,
    f"""
    CREATE TABLE {ANSWER} ({_OF}
        item text NOT NULL,
        version integer NOT NULL,
        answer text NOT NULL
          CHECK (answer IN ('conform', 'not_conform', 'not_applicable', 'not_looked_at')),
        note text NOT NULL,
        files text[] NOT NULL,
        answered_by bigint NOT NULL,
        answered_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, verification_id, item, version),
        {_BELONGS},
        CHECK (answer NOT IN ('not_conform', 'not_applicable') OR note <> '')
    )
    """,
    f"""
    CREATE TABLE {FINDING} ({_OF}
        number integer NOT NULL,
        submission_id uuid NOT NULL,
        grade text NOT NULL CHECK (grade IN ('major', 'minor', 'opportunity')),
        body text NOT NULL CHECK (body <> ''),
        row_keys text[] NOT NULL,
        files text[] NOT NULL,
        effect_t double precision,
        raised_by bigint NOT NULL,
        raised_at timestamptz NOT NULL,
        answer text NOT NULL DEFAULT '',
        answered_by bigint,
        answered_at timestamptz,
        verdict text NOT NULL DEFAULT '',
        closed_by bigint,
        closed_at timestamptz,
        PRIMARY KEY (organization_id, verification_id, number),
        {_BELONGS},
        CHECK ((answered_by IS NULL) = (answered_at IS NULL)),
        CHECK ((answered_by IS NULL) = (answer = '')),
        CHECK ((closed_by IS NULL) = (closed_at IS NULL)),
        CHECK ((closed_by IS NULL) = (verdict = '')),
        CONSTRAINT closed_by_another CHECK (closed_by <> answered_by)
    )
    """,
    f"""
    CREATE TABLE {OPINION} ({_OF}
        submission_id uuid NOT NULL,
        version integer NOT NULL,
        rows_hash text NOT NULL,
        run_id uuid NOT NULL,
        input_hash text NOT NULL,
        total_t double precision NOT NULL,
        plan integer NOT NULL,
        form text NOT NULL CHECK (form IN ('reasonable', 'limited', 'conformity')),
        conclusion text NOT NULL CHECK (conclusion IN ('unqualified', 'qualified', 'adverse')),
        words text NOT NULL,
        issued_by bigint NOT NULL,
        issued_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, verification_id),
        {_BELONGS}
    )
    """,
    *(line for table in (PLAN, LOOK, ANSWER, OPINION) for line in protect(table, "SELECT, INSERT")),
    *protect(FINDING, "SELECT, INSERT, UPDATE"),
    *(engaged(table) for table in (PLAN, LOOK, ANSWER, FINDING, OPINION)),
    labelled(PLAN, "line"),
    *(labelled(table, "activity") for table in (LOOK, FINDING)),
    labelled(OPINION, "result"),
    *(line for table in (PLAN, LOOK, ANSWER, OPINION) for line in append_only(table)),
)
