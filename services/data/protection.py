"""SQL that every migration uses to protect a table: row-level security and append-only rows."""

from __future__ import annotations

# Only columns of the row itself and the setting, so that it also works on distributed tables.
# After COMMIT the setting is '' on that connection, and the empty path is everybody's ancestor:
# the nullif sees to it that '' is no path at all, whatever is done with the text behind it.
# Most have one place: `app.place` is the first of them with a point behind it, and to compare texts
# costs less than half of reading the list anew for every row. Where it is not set, the list answers
# alone. Of a coalesce the planner expects that every second row passes, and not one of a thousand.
IN_SCOPE = (
    "coalesce(starts_with(ltree2text(access_path) || '.',"
    " nullif(current_setting('app.place', true), '')), false)"
    " OR access_path <@"
    " string_to_array(nullif(current_setting('app.access', true), ''), ' ')::ltree[]"
)
# For a database whose policies ask the list alone.
ASK_FIRST_PLACE = f"""
DO $do$
DECLARE
  found record;
BEGIN
  FOR found IN
    SELECT polname, polrelid::regclass AS place, polqual IS NOT NULL AS shows,
      polwithcheck IS NOT NULL AS checks
    FROM pg_policy
    WHERE pg_get_expr(coalesce(polqual, polwithcheck), polrelid) LIKE '%app.access%'
      AND pg_get_expr(coalesce(polqual, polwithcheck), polrelid) NOT LIKE '%app.place%'
  LOOP
    EXECUTE format('ALTER POLICY %I ON %s', found.polname, found.place)
      || CASE WHEN found.shows THEN $q$ USING ({IN_SCOPE})$q$ ELSE '' END
      || CASE WHEN found.checks THEN $q$ WITH CHECK ({IN_SCOPE})$q$ ELSE '' END;
  END LOOP;
END $do$
"""


def protect(table: str, rights: str = "SELECT, INSERT, UPDATE, DELETE") -> tuple[str, ...]:
    """Return the statements that let the application see and write only rows of its scope."""
    return (
        *force(table),
        f"CREATE POLICY by_place ON {table} USING ({IN_SCOPE}) WITH CHECK ({IN_SCOPE})",
        grant(table, rights),
    )


def labelled(table: str, data_set: str) -> str:
    """Return the statement that shows rows of a table only to whom their data set is open.

    No read up, and closed while the setting is not made. Policies are asked row by row, so that the
    first question is a search in a short text, and places are looked at only where some are closed.
    Whoever writes may write what he may not read.
    """
    said = "coalesce(strpos(current_setting('app.readable', true), ' {} ') > 0, false)"
    closed = f"string_to_array(current_setting('app.closed_{data_set}', true), ' ')::ltree[]"
    return (
        f"CREATE POLICY by_label ON {table} AS RESTRICTIVE FOR SELECT USING ("
        f"{said.format(data_set)}"
        f" OR {said.format(data_set + '!')} AND NOT access_path <@ {closed})"
    )


def force(table: str) -> tuple[str, str]:
    """Return the statements that switch row-level security on, for the owner too."""
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
    )


def grant(table: str, rights: str) -> str:
    """Return the statement that gives the application its rights on a table."""
    return f"GRANT {rights} ON {table} TO shuangtan_app"


def append_only(table: str) -> tuple[str, str]:
    """Return the statements that refuse to change or remove a row, or all of them."""
    return (
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION base.refuse_change()",
        f"CREATE TRIGGER append_only_all BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION base.refuse_change()",
    )
