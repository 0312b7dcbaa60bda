"""What stands in every table, so that a test can say that nothing was written."""

import psycopg

from services.data.metadata import metadata

# What a request may move: its own session, and the trace that it leaves.
OWN_TABLES = {"base.session", "business.audit_event", "base.log_leaf"}


def fingerprint(superuser_url, own_tables=OWN_TABLES):
    """Return each table's rows with the transaction that wrote each, but of a request's own."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        return {
            table: connection.execute(
                f"SELECT count(*), md5(string_agg(t.xmin::text || t::text, '|' ORDER BY t::text))"
                f" FROM {table} t"
            ).fetchone()
            for table in metadata.tables
            if table not in own_tables
        }
