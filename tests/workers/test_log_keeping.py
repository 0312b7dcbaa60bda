"""What the sealer keeps outside of the database shows a log that was made anew or cut short."""

import psycopg
import pytest

from services import jobs
from services.consistency import log_check
from services.data import log
from services.data.engine import SYSTEM_SCOPE
from services.security.permissions import Role
from services.security.signing import Signer
from services.transparency.sealing import ForkError, seal
from tests.fixtures.web import web_settings
from tests.places import add_person
from tests.services.reports.filed import Queue
from tests.tampering import audit_line
from workers.embedded.postgres import SUPERUSER
from workers.log_keeping import DAYS, KEYS, pinned
from workers.sealing import seal_once

pytestmark = pytest.mark.postgres
ROOT = 100_000
TREE = ("log_entry", "log_node", "log_checkpoint", "log_key")


@pytest.fixture
def settings(tmp_path):
    return web_settings(tmp_path)


@pytest.fixture
def sealed(database, settings):
    """A log of two checkpoints, the first of which is that of the day."""
    seal_once(database, settings)
    with database.work(SYSTEM_SCOPE) as work:
        audit_line(work, "more")
        work.commit()
    seal_once(database, settings)
    return database


@pytest.fixture
def superuser_url(servers, _clone):
    return servers.postgres.url(SUPERUSER, _clone.name)


def changed(address, *statements):
    with psycopg.connect(address) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in statements:
            connection.execute(statement)


def whats(database, settings):
    """Run the self-check as a worker does, and return what it names."""
    watcher = add_person(database, "watcher", (Role.AUDIT_ADMINISTRATOR, ROOT))
    job_id = log_check.order_check(watcher, database, Queue())
    with database.work(SYSTEM_SCOPE) as work:
        job = jobs.take(work, job_id)
        work.commit()
    log_check.run_check(database, job, pinned(settings))
    [found] = log_check.checks(watcher, database)
    return {(each.kind, each.what) for each in found.differences}


def test_nothing_is_named_where_nobody_changed_anything(sealed, settings):
    kept = pinned(settings)
    with sealed.work(SYSTEM_SCOPE) as work:
        assert [key.written() for key in kept.keys] == list(log.keys(work))
        newest = log.latest(work)
    assert [each.size for each in kept.kept] == [newest.size - 1, newest.size]
    assert len(list((settings.data_folder / KEYS / DAYS).iterdir())) == 1
    assert whats(sealed, settings) == set()


def test_a_log_made_anew_with_another_key_is_named_by_the_nightly_check(
    sealed, settings, superuser_url
):
    changed(superuser_url, *(f"DELETE FROM base.{name}" for name in TREE))
    seal(sealed, Signer.from_text("0f" * 32, "test"))
    assert whats(sealed, settings) == {("checkpoint", "signature_bad")}


def test_a_log_cut_short_is_named_by_the_nightly_check(sealed, settings, superuser_url):
    last = "(SELECT max(position) FROM base.log_entry)"
    changed(
        superuser_url,
        "DELETE FROM base.log_leaf USING base.log_entry e WHERE e.leaf_id = log_leaf.leaf_id"
        f" AND e.position = {last}",
        f"DELETE FROM base.log_entry WHERE position = {last}",
        "DELETE FROM base.log_checkpoint"
        " WHERE checkpoint_id = (SELECT max(checkpoint_id) FROM base.log_checkpoint)",
    )  # fmt: skip
    assert ("checkpoint", "kept_differs") in whats(sealed, settings)


def test_the_sealer_does_not_go_on_under_another_name(sealed, settings, superuser_url):
    changed(superuser_url, "UPDATE base.log_key SET origin = 'shuangtan.log/forged'")
    with sealed.work(SYSTEM_SCOPE) as work:
        audit_line(work, "later")
        work.commit()
    with pytest.raises(ForkError):
        seal_once(sealed, settings)


def test_where_nothing_was_sealed_nothing_is_kept(settings):
    assert pinned(settings) is None
