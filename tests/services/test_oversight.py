"""Only the audit administrator looks into the trail, and looking leaves a trace in it."""

from datetime import UTC, datetime

import pytest

from services import oversight
from services.data import audit
from services.data.audit import AuditQuery
from services.data.engine import SYSTEM_SCOPE
from services.errors import NotAllowedError
from services.oversight import AuditQueryError, read_cursor, read_query
from services.security.permissions import Role
from services.security.trail import Deed, record_deed
from tests.places import add_firm, add_person

ROOT = 100_000


@pytest.fixture
def watcher(database):
    return add_person(database, "watcher", (Role.AUDIT_ADMINISTRATOR, ROOT))


@pytest.mark.postgres
@pytest.mark.parametrize("role", [r for r in Role if r is not Role.AUDIT_ADMINISTRATOR])
def test_nobody_else_looks_or_exports(database, role):
    actor = add_person(database, f"as-{role.value}", (role, ROOT))
    for look in (oversight.search, oversight.export):
        with pytest.raises(NotAllowedError):
            look(actor, database, AuditQuery())


@pytest.mark.postgres
def test_looking_and_exporting_are_events_themselves(database, watcher):
    oversight.search(watcher, database, AuditQuery(action="nothing"))
    taken = oversight.export(watcher, database, AuditQuery())
    assert taken[0].action == "search_audit"
    [newest, *_] = oversight.search(watcher, database, AuditQuery()).events
    told = {"events": len(taken), "label": "sensitive"}
    assert (newest.action, newest.after) == ("export_audit", told)


@pytest.mark.postgres
def test_people_are_masked_until_somebody_says_he_wants_to_see_them(database, watcher):
    add_person(database, "zhang.san", (Role.PUBLIC_EDITOR, ROOT))
    query = AuditQuery(action="add_person", resource="zhang")
    oversight.search(watcher, database, AuditQuery(login="zhang.san"))
    (masked,) = oversight.search(watcher, database, query).events
    assert masked.resource == "zh***"
    (taken,) = oversight.export(watcher, database, query)
    assert taken.resource == "zh***"
    (shown,) = oversight.search(watcher, database, query, unmasked=True).events
    assert shown.resource == "zhang.san"
    told = oversight.search(watcher, database, AuditQuery(login="watcher")).events
    assert [event.action for event in told[:2]] == ["reveal_personal", "search_audit"]
    assert {event.login for event in told} == {"wa***"}
    assert "login=zh***" in {event.resource for event in told}


@pytest.mark.postgres
def test_pages_hold_a_hundred_and_lead_on(database, watcher):
    for _ in range(101):
        oversight.search(watcher, database, AuditQuery(action="nothing"))
    query = AuditQuery(action="search_audit")
    first = oversight.search(watcher, database, query)
    assert (len(first.events), first.following == "") == (100, False)
    second = oversight.search(watcher, database, query, read_cursor(first.following))
    assert (len(second.events), second.following) == (1, "")


def test_days_of_an_address_are_those_of_shanghai_and_both_belong():
    found = read_query({"first": "2026-05-01", "last": "2026-05-01", "login": " li.na "})
    assert found.first == datetime(2026, 4, 30, 16, tzinfo=UTC)
    assert found.last == datetime(2026, 5, 1, 15, 59, 59, 999_999, tzinfo=UTC)
    assert found.login == "li.na"


@pytest.mark.parametrize(
    "given", [{"first": "1.5.2026"}, {"first": "2026-02-30"},
              {"first": "2026-05-02", "last": "2026-05-01"}]
)  # fmt: skip
def test_days_that_are_none_are_refused(given):
    with pytest.raises(AuditQueryError):
        read_query(given)


@pytest.mark.parametrize("text", ["x", "2026-05-01", "2026-05-01T00:00:00+00:00 17"])
def test_a_page_that_begins_nowhere_is_refused(text):
    with pytest.raises(AuditQueryError):
        read_cursor(text)


@pytest.mark.postgres
def test_places_narrow_the_trail_also_where_row_security_shows_all_of_it(database):
    firms = [add_firm(database, code) for code in ("P1", "P2")]
    with database.work(SYSTEM_SCOPE) as work:
        for firm in firms:
            record_deed(work, None, firm, Deed("attach_file", firm.code))
        found = audit.search(work, AuditQuery(places=(firms[0].access_path,)), 10)
    assert [each.event.resource for each in found] == ["P1"]


@pytest.mark.parametrize("hours", ["0", "-1", "1e3", "24.0", "9" * 9, "0000000019999999999", "٣"])
def test_hours_that_are_none_are_refused(hours):
    with pytest.raises(AuditQueryError):
        read_query({"within": hours})
