"""Rounds of the radar, what is worth a look, and what people found when they looked."""

from alembic import op

from services.data.protection import append_only, labelled, open_to_reader, protect

revision = "0052"
down_revision = "0051"

ROUND, HIT, MARK = "business.radar_round", "business.radar_hit", "business.radar_mark"


def closed_to_the_firm(table: str) -> str:
    """Return the statement that shows rows only in a scope which says that it is the radar's.

    A hit lies at the place of the firm it is about, so that a bureau above and a verifier there
    see it; the firm's own people, who stand at the same place, do not.
    """
    return (
        f"CREATE POLICY by_radar ON {table} AS RESTRICTIVE FOR SELECT"
        f" USING ({open_to_reader('radar')})"
    )


def shut(table: str) -> tuple[str, ...]:
    """Return the statements that protect a table of the radar; nothing of it is ever changed."""
    return (
        *protect(table, "SELECT, INSERT"),
        labelled(table, "activity"),
        closed_to_the_firm(table),
        *append_only(table),
    )


MADE = (
    f"""
    CREATE TABLE {ROUND} (
        organization_id bigint NOT NULL,
        round_id uuid NOT NULL DEFAULT gen_random_uuid(),
        access_path ltree NOT NULL,
        year integer NOT NULL,
        rules text NOT NULL,
        parameters jsonb NOT NULL,
        judged integer NOT NULL CHECK (judged >= 0),
        listed integer NOT NULL CHECK (listed BETWEEN 0 AND judged),
        unable jsonb NOT NULL,
        ordered_by bigint NOT NULL,
        ordered_at timestamptz NOT NULL,
        ended_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, round_id)
    )
    """,
    *shut(ROUND),
    f"""
    CREATE TABLE {HIT} (
        organization_id bigint NOT NULL,
        round_id uuid NOT NULL,
        submission_id uuid NOT NULL,
        access_path ltree NOT NULL,
        year integer NOT NULL,
        method text NOT NULL,
        place integer NOT NULL CHECK (place > 0),
        chance double precision NOT NULL CHECK (chance BETWEEN 0 AND 1),
        rate double precision NOT NULL CHECK (rate BETWEEN 0 AND 1),
        reasons jsonb NOT NULL,
        unable text[] NOT NULL,
        PRIMARY KEY (organization_id, round_id, submission_id)
    )
    """,
    f"CREATE INDEX radar_hit_of ON {HIT} (round_id, place)",
    *shut(HIT),
    f"""
    CREATE TABLE {MARK} (
        organization_id bigint NOT NULL,
        mark_id uuid NOT NULL DEFAULT gen_random_uuid(),
        access_path ltree NOT NULL,
        round_id uuid NOT NULL,
        submission_id uuid NOT NULL,
        verdict text NOT NULL CHECK (verdict IN ('sound', 'to_correct', 'passed')),
        comment text NOT NULL CHECK (comment <> ''),
        marked_by bigint NOT NULL,
        marked_at timestamptz NOT NULL,
        PRIMARY KEY (organization_id, mark_id)
    )
    """,
    f"CREATE INDEX radar_mark_of ON {MARK} (organization_id, submission_id)",
    *shut(MARK),
)


def upgrade() -> None:
    """Make the tables."""
    for statement in MADE:
        op.execute(statement)


def downgrade() -> None:
    """Remove them."""
    for table in (MARK, HIT, ROUND):
        op.execute(f"DROP TABLE {table}")
