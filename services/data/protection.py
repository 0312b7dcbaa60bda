"""SQL that every migration uses to protect a table: row-level security and append-only rows."""

from __future__ import annotations

# Only columns of the row itself and the setting, so that it also works on distributed tables.
# After COMMIT the setting is '' on that connection, and the empty path is everybody's ancestor:
# the nullif sees to it that '' is no path at all, whatever is done with the text behind it.
IN_SCOPE = (
    "access_path <@ string_to_array(nullif(current_setting('app.access', true), ''), ' ')::ltree[]"
)


def protect(table: str, rights: str = "SELECT, INSERT, UPDATE, DELETE") -> tuple[str, ...]:
    """Return the statements that let the application see and write only rows of its scope."""
    return (
        *force(table),
        f"CREATE POLICY by_place ON {table} USING ({IN_SCOPE}) WITH CHECK ({IN_SCOPE})",
        grant(table, rights),
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
