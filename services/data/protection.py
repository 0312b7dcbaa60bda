"""SQL that every migration uses to protect a table: row-level security and append-only rows."""

from __future__ import annotations

from collections.abc import Callable

# Only columns of the row itself and settings. After COMMIT a setting is '' on that connection, and
# the empty path is everybody's ancestor: the nullif sees to it that '' is no path at all.
_PLACE = "nullif(current_setting('app.place', true), '')::ltree"
_PLACES = "string_to_array(nullif(current_setting('app.access', true), ''), ' ')::ltree[]"
# Closed to all while the setting is not made.
_NOWHERE = "ARRAY[''::ltree]"

Spelling = Callable[[str], str]


def once(setting: str) -> str:
    """Return a setting as a query reads it one time, whatever number of rows it asks about."""
    return f"(SELECT {setting})"


def by_row(setting: str) -> str:
    """Return a setting as it is read for every row: distributed tables take no sub-query."""
    return setting


def in_scope(read: Spelling = once) -> str:
    """Return the condition that a row lies at or below a place of the scope.

    Most scopes have one place, and to compare with one costs less than to search a list. Of a
    coalesce the planner expects that every second row passes, and not one of a thousand.
    """
    return f"coalesce(access_path <@ {read(_PLACE)}, false) OR access_path <@ {read(_PLACES)}"


def open_to_reader(data_set: str, read: Spelling = once) -> str:
    """Return the condition that a row of a data set is open: as a whole, or not at a closed place.

    No read up, and closed while the setting is not made. Of a data set that is open as a whole no
    row is looked at: nothing lies at or below no place at all.
    """
    said = "strpos(current_setting('app.readable', true), ' {} ') > 0"
    closed = f"string_to_array(current_setting('app.closed_{data_set}', true), ' ')::ltree[]"
    wholly = f"WHEN {said.format(data_set)} THEN NULL::ltree[]"
    partly = f"WHEN {said.format(data_set + '!')} THEN coalesce({closed}, {_NOWHERE})"
    where = read(f"CASE {wholly} {partly} ELSE {_NOWHERE} END")
    return f"(access_path <@ {where}) IS DISTINCT FROM true"


IN_SCOPE = in_scope()


def respelled(read: Spelling) -> str:
    """Return the statement that spells every policy of a database anew.

    `once` is what the platform runs on. Before tables are distributed, where a policy may hold no
    sub-query, `by_row` says the same at three times the cost of a row.
    """
    label = open_to_reader("{set}", read)
    return f"""
    DO $do$
    DECLARE
      found record;
    BEGIN
      FOR found IN
        SELECT polname, polrelid::regclass AS place, polqual IS NOT NULL AS shows,
          polwithcheck IS NOT NULL AS checks,
          substring(pg_get_expr(polqual, polrelid) FROM $q$' ([a-z_]+) '::text$q$) AS data_set
        FROM pg_policy
        WHERE concat(pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
          ~ 'app[.](access|readable)'
          -- Those of places; what belongs to a person stays with them, and is not distributed.
          AND EXISTS (SELECT FROM pg_attribute
            WHERE attrelid = polrelid AND attname = 'access_path' AND NOT attisdropped)
      LOOP
        EXECUTE format('ALTER POLICY %I ON %s', found.polname, found.place)
          || CASE
            WHEN found.data_set IS NOT NULL
              THEN ' USING (' || replace($q${label}$q$, '{{set}}', found.data_set) || ')'
            ELSE CASE WHEN found.shows THEN $q$ USING ({in_scope(read)})$q$ ELSE '' END
              || CASE WHEN found.checks THEN $q$ WITH CHECK ({in_scope(read)})$q$ ELSE '' END
          END;
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

    Whoever writes may write what he may not read.
    """
    return (
        f"CREATE POLICY by_label ON {table} AS RESTRICTIVE FOR SELECT"
        f" USING ({open_to_reader(data_set)})"
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
