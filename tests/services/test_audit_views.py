"""Searches under a name: ready-made ones find what they say, one's own are one's own."""

from datetime import timedelta

import pytest

from services import clock, oversight
from services.audit_views import (
    LONGEST_NAME,
    MOST,
    READY,
    ViewNameError,
    remove_view,
    save_view,
    views_of,
)
from services.data import audit
from services.data.audit import AuditEvent
from services.data.engine import SYSTEM_SCOPE
from services.errors import NotAllowedError, NotFoundError
from services.oversight import AuditQueryError, read_query
from services.security.permissions import Role
from tests.places import add_person

pytestmark = pytest.mark.postgres
ROOT = 100_000


@pytest.fixture
def watcher(database):
    return add_person(database, "watcher", (Role.AUDIT_ADMINISTRATOR, ROOT))


def write(database, name, hours=0, **values):
    event = AuditEvent(ROOT, "cn", None, "test", name, clock.now() - timedelta(hours=hours))
    values = {field: getattr(event, field) for field in AuditEvent.__dataclass_fields__} | values
    with database.work(SYSTEM_SCOPE) as work:
        audit.add(work, AuditEvent(**values))
        work.commit()


def found(watcher, database, key):
    page = oversight.search(watcher, database, read_query(READY[key]))
    return [event.resource for event in page.events if event.action == "test"]


def test_the_ready_views_find_each_channel_and_what_was_refused_within_a_day(watcher, database):
    for channel in oversight.CHANNELS:
        write(database, channel, channel=channel)
    write(database, "now", hours=23, result="refused")
    write(database, "long ago", hours=25, result="refused")
    assert found(watcher, database, "refused_today") == ["now"]
    assert found(watcher, database, "failed_today") == []
    for channel in set(oversight.CHANNELS) - {"web"}:
        assert found(watcher, database, channel) == [channel]


def test_a_view_is_kept_replaced_and_removed(watcher, database):
    save_view(watcher, database, " mine ", {"login": "li.na", "page": "x", "result": ""})
    save_view(watcher, database, "other", {"within": "24"})
    save_view(watcher, database, "mine", {"login": "wang.fang"})
    told = [(view.name, view.query) for view in views_of(watcher, database)]
    assert told == [("mine", {"login": "wang.fang"}), ("other", {"within": "24"})]
    remove_view(watcher, database, "mine")
    assert [view.name for view in views_of(watcher, database)] == ["other"]
    with pytest.raises(NotFoundError):
        remove_view(watcher, database, "mine")


def test_nobody_sees_the_views_of_another(watcher, database):
    save_view(watcher, database, "mine", {})
    another = add_person(database, "another", (Role.AUDIT_ADMINISTRATOR, ROOT))
    assert views_of(another, database) == ()
    with pytest.raises(NotFoundError):
        remove_view(another, database, "mine")


@pytest.mark.parametrize("name", ["", "  ", "x" * (LONGEST_NAME + 1)])
def test_a_name_that_is_none_is_refused(watcher, database, name):
    with pytest.raises(ViewNameError):
        save_view(watcher, database, name, {})


def test_there_is_an_end_to_how_many_somebody_keeps(watcher, database):
    for number in range(MOST):
        save_view(watcher, database, f"view {number}", {})
    save_view(watcher, database, "view 0", {"login": "x"})
    with pytest.raises(ViewNameError):
        save_view(watcher, database, "one more", {})


@pytest.mark.parametrize("hours", ["0", "745", "x", "-1", "9" * 40, "1.5"])
def test_hours_that_are_none_are_refused(watcher, database, hours):
    with pytest.raises(AuditQueryError):
        save_view(watcher, database, "name", {"within": hours})


def test_only_the_audit_administrator_keeps_views(database):
    actor = add_person(database, "another", (Role.SECURITY_ADMINISTRATOR, ROOT))
    for act in (
        lambda: views_of(actor, database),
        lambda: save_view(actor, database, "x", {}),
        lambda: remove_view(actor, database, "x"),
    ):
        with pytest.raises(NotAllowedError):
            act()


def test_keeping_and_removing_a_search_are_events(database, watcher):
    save_view(watcher, database, "refusals", {"result": "refused"})
    remove_view(watcher, database, "refusals")
    with database.work(SYSTEM_SCOPE) as work:
        told = [each.event for each in audit.search(work, audit.AuditQuery(), 2)]
    assert [(each.action, each.resource) for each in told] == [
        ("remove_view", "refusals"),
        ("save_view", "refusals"),
    ]
    assert told[1].after == {"result": "refused"}
