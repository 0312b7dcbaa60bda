"""The first page tells whoever watches the log that the sealer stands."""

import psycopg
import pytest

from services.data.engine import SYSTEM_SCOPE
from services.security.permissions import Role
from services.security.signing import Signer
from services.transparency.sealing import seal
from tests.callbacks.conftest import body_of, call
from tests.tampering import audit_line
from workers.embedded.postgres import SUPERUSER

pytestmark = pytest.mark.postgres
KEY = "home-alarm.children"


def leaf_of_age(servers, database, seconds):
    """Write an event, and let its leaf be as old as that."""
    with database.work(SYSTEM_SCOPE) as work:
        audit_line(work, "waits")
        work.commit()
    address = servers.postgres.url(SUPERUSER, database.engine.url.database)
    with psycopg.connect(address) as connection:
        connection.execute("SET session_replication_role = replica")
        newest = "leaf_id = (SELECT max(leaf_id) FROM base.log_leaf)"
        older = f"recorded_at = now() - interval '{seconds} seconds'"
        connection.execute(f"UPDATE base.log_leaf SET {older} WHERE {newest}")


def test_a_sealer_that_stands_for_two_minutes_is_told_to_the_audit_administrator(
    app, app_database, visitor, servers
):
    watcher = visitor("watcher", Role.AUDIT_ADMINISTRATOR)
    other = visitor("keeper", Role.SYSTEM_ADMINISTRATOR)
    seal(app_database, Signer.from_text("5e" * 32, "test"))
    for seconds, told in ((90, False), (125, True)):
        leaf_of_age(servers, app_database, seconds)
        assert ("message-over" in call(watcher, body_of(app, KEY)).text) == told
        assert "message-over" not in call(other, body_of(app, KEY)).text
