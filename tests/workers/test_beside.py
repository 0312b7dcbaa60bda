"""Loops beside the scheduler go on when the database was away, or could not be trusted."""

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy import text

from services.data.engine import SYSTEM_SCOPE, Database
from services.data.work import Scope
from workers.embedded.postgres import APP_ROLE, LOGIN, SUPERUSER
from workers.rolling import roll_until
from workers.watching import watch_until

pytestmark = pytest.mark.postgres

OWN = "beside_login"
ROLES = {"own": Identifier(OWN), "app": Identifier(APP_ROLE)}


class Rounds:
    """Instead of waiting for the next round, does what is to happen before it; then it is over."""

    def __init__(self, *steps):
        self._steps = iter(steps)

    def wait(self, _seconds):
        step = next(self._steps, None)
        if step is not None:
            step()
        return step is None


class Door:
    """A login of its own to a database, and what an administrator does to it."""

    def __init__(self, postgres, url):
        self._address = postgres.url(SUPERUSER, SUPERUSER)
        self.database = Database(url.replace(LOGIN, OWN, 1), pool_size=1)

    def order(self, *orders):
        with psycopg.connect(self._address, autocommit=True) as connection:
            for order in orders:
                connection.execute(SQL(order).format(**ROLES))

    def away(self):
        ended = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = "
        self.order("ALTER ROLE {own} NOLOGIN", f"{ended}'{OWN}'")

    def without_a_role(self):
        self.order("ALTER ROLE {own} LOGIN", "REVOKE {app} FROM {own}")

    def too_powerful(self):
        self.order("GRANT {app} TO {own}", "ALTER ROLE {own} BYPASSRLS")

    def right(self):
        self.order("ALTER ROLE {own} NOBYPASSRLS")


@pytest.fixture
def door(servers, app_url):
    made = Door(servers.postgres, app_url)
    with psycopg.connect(app_url) as connection:
        password = connection.info.password
    made.order(f"CREATE ROLE {{own}} LOGIN PASSWORD '{password}'", "GRANT {app} TO {own}")
    yield made
    made.database.dispose()
    made.order("DROP ROLE {own}")


@pytest.mark.parametrize(
    ("loop", "progress"),
    [(watch_until, "base.watch_progress"), (roll_until, "statistics.roll_up_progress")],
)
def test_a_loop_goes_on_after_the_database_was_away_or_not_to_be_trusted(
    door, database, loop, progress
):
    with door.database.work(Scope()):
        pass
    door.away()
    loop(Rounds(door.away, door.without_a_role, door.too_powerful, door.right), door.database)
    with database.work(SYSTEM_SCOPE) as work:
        assert work.connection.scalar(text(f"SELECT count(*) FROM {progress}")) == 1
