"""From a deed to the system that hears of it: nothing missed, nothing twice, nothing foreign."""

import json
import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from services.data.engine import SYSTEM_SCOPE, owner_work
from services.errors import NotAllowedError, NotFoundError
from services.outbound import Outbound, RefusedAddressError
from services.security.permissions import Role
from services.transparency.sealing import seal
from services.webhooks.announcing import announce
from services.webhooks.events import load_events
from services.webhooks.keeping import (
    DELIVERED,
    GIVEN_UP,
    WAITING,
    WebhookOrder,
    WebhookOrderError,
    add_webhook,
    deliveries_of,
    end_webhook,
    send_again,
    try_webhook,
    webhooks_of,
)
from services.webhooks.signatures import secret_from, signature
from tests.places import NANJING, SUZHOU, add_person
from tests.services.webhooks.conftest import LOOPBACK, SIGNER

pytestmark = pytest.mark.postgres


def sent(told):
    """Return what arrived: bodies in the order of their coming."""
    return [json.loads(body) for _method, _path, _headers, body in told.system.asked]


def states(told):
    hook = told.hook()
    return [one.state for one in deliveries_of(told.officer, told.database, hook.webhook_id)]


def test_a_deed_arrives_signed_with_what_was_done_and_no_figure(told):
    secret = secret_from(told.add())
    told.do(resource="3f", year=2024, run="9a", total_t=1234.5)
    assert (told.announce(), told.deliver(), told.deliver()) == (1, 1, 0)
    ((method, path, headers, body),) = told.system.asked
    assert (method, path) == ("POST", "/hook")
    told_seconds = int(headers["webhook-timestamp"])
    expected = signature(secret, headers["webhook-id"], told_seconds, body)
    assert headers["webhook-signature"] == expected
    found = json.loads(body)
    assert found["type"] == "submission.made"
    assert datetime.fromisoformat(found["timestamp"]).tzinfo
    place = {"id": told.firm.organization_id, "code": "WH1"}
    assert found["data"].pop("log_position") >= 0
    assert found["data"] == {"organization": place, "submission": "3f", "year": 2024, "run": "9a"}
    assert states(told) == [DELIVERED]


def test_only_what_lies_at_the_place_was_done_later_and_is_wanted_is_told(told):
    told.do(resource="before")
    told.announce()
    told.add(events=("submission.made",))
    told.do(resource="mine")
    told.do(told.elsewhere, resource="elsewhere")
    told.do(action="restate", resource="unwanted")
    told.do(resource="refused", result="refused")
    told.do(action="view_result", resource="no event")
    told.announce()
    told.deliver()
    assert [one["data"]["submission"] for one in sent(told)] == ["mine"]


def test_what_the_person_may_not_know_is_not_told(told):
    # An officer sees organizations and what they add up to, never single results.
    told.add()
    told.do(action="restate", resource="r")
    told.do(action="decide", resource="d", state="approved")
    told.announce()
    told.deliver()
    assert [one["type"] for one in sent(told)] == ["submission.decided"]


def test_who_loses_the_right_hears_no_more(told):
    told.add()
    with told.database.work(SYSTEM_SCOPE) as work:
        work.connection.execute(
            text("UPDATE base.membership SET ended_at = now() WHERE person_id = :who"),
            {"who": told.officer.person_id},
        )
        work.commit()
    told.do()
    assert told.announce() == 0
    other = add_person(told.database, "successor", (Role.BUREAU_OFFICER, NANJING))
    assert told.hook(other).ended_why == "rights"


def test_announcing_at_once_or_again_tells_nothing_twice(told):
    told.add()
    for number in range(20):
        told.do(resource=str(number))
    seal(told.database, SIGNER)
    counts = []
    threads = [
        threading.Thread(target=lambda: counts.append(announce(told.database, told.now())))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 0, 0, 20]
    with told.database.work(SYSTEM_SCOPE) as work:
        work.connection.execute(text("UPDATE base.webhook_reach SET position = -1"))
        work.commit()
    told.announce()
    told.deliver()
    assert sorted(int(one["data"]["submission"]) for one in sent(told)) == list(range(20))


def test_two_that_send_at_once_send_each_once(told):
    told.add()
    for number in range(30):
        told.do(resource=str(number))
    told.announce()
    threads = [threading.Thread(target=told.deliver) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(int(one["data"]["submission"]) for one in sent(told)) == list(range(30))


def test_it_is_tried_again_at_growing_intervals_then_given_up_and_sent_again_by_hand(told):
    told.add()
    told.do()
    told.announce()
    told.status = 503
    retries = load_events().retries_s
    for seconds in retries:
        assert told.deliver() == 1
        assert states(told) == [WAITING]
        assert told.deliver() == 0
        told.later += timedelta(seconds=seconds + 1)
    assert told.deliver() == 1
    assert states(told) == [GIVEN_UP]
    told.later += timedelta(days=9)
    assert told.deliver() == 0
    ids = {headers["webhook-id"] for _, _, headers, _ in told.system.asked}
    assert len(told.system.asked) == len(retries) + 1
    assert len(ids) == 1
    told.status = 200
    assert send_again(told.officer, told.database, told.hook().webhook_id) == 1
    assert told.deliver() == 1
    assert states(told) == [DELIVERED]


def test_one_that_does_not_answer_says_why_and_holds_up_nobody(told):
    told.add(path="/hook")
    told.do()
    told.announce()
    hook = told.hook()
    assert told.deliver(Outbound()) == 1
    (one,) = deliveries_of(told.officer, told.database, hook.webhook_id)
    assert one.state == WAITING
    assert one.status is None
    assert "127.0.0.1" in one.reason
    assert told.system.asked == []


def test_who_says_that_nobody_is_there_any_more_is_left_alone(told):
    told.add()
    told.do(resource="1")
    told.do(resource="2")
    told.announce()
    told.status = 410
    told.deliver()
    assert told.hook().ended_why == "gone"
    assert set(states(told)) == {GIVEN_UP}
    told.do(resource="3")
    assert told.announce() == 0


def test_a_ping_arrives_and_an_ended_webhook_takes_none(told):
    told.add()
    hook = told.hook()
    try_webhook(told.officer, told.database, hook.webhook_id)
    told.deliver()
    assert [one["type"] for one in sent(told)] == ["ping"]
    end_webhook(told.officer, told.database, hook.webhook_id)
    for act in (try_webhook, end_webhook, send_again):
        with pytest.raises(NotFoundError):
            act(told.officer, told.database, hook.webhook_id)


def test_nobody_else_adds_sees_or_ends_it(told):
    told.add()
    hook = told.hook()
    reporter = add_person(told.database, "reporter", (Role.REPORTER, told.firm.organization_id))
    other = add_person(told.database, "other", (Role.BUREAU_OFFICER, SUZHOU))
    assert webhooks_of(other, told.database) == ()
    with pytest.raises(NotAllowedError):
        webhooks_of(reporter, told.database)
    for act in (try_webhook, end_webhook, send_again, deliveries_of):
        with pytest.raises(NotFoundError):
            act(other, told.database, hook.webhook_id)
        with pytest.raises((NotAllowedError, NotFoundError)):
            act(reporter, told.database, hook.webhook_id)
    with pytest.raises((NotAllowedError, NotFoundError)):
        told.add(actor=other)


@pytest.mark.parametrize("events", [(), ("submission.made", "nothing")])
def test_without_a_known_event_none_is_added(told, events):
    order = WebhookOrder(str(NANJING), told.system.url(), events)
    with pytest.raises(WebhookOrderError):
        add_webhook(told.officer, told.database, LOOPBACK, order)


def test_none_is_added_that_leads_inside(told):
    order = WebhookOrder(str(NANJING), told.system.url(), ("submission.made",))
    with pytest.raises(RefusedAddressError):
        add_webhook(told.officer, told.database, Outbound(), order)


def test_the_secret_is_nowhere_in_the_database(told, owner_url):
    secret = secret_from(told.add())
    told.do()
    told.announce()
    with owner_work(owner_url) as work:
        work.connection.execute(text("SELECT set_config('app.access', 'cn', true)"))
        kept = work.connection.scalar(text("SELECT secret FROM business.webhook"))
        trail = "SELECT string_agg(after::text, '') FROM business.audit_event"
        assert secret.hex() not in (work.connection.scalar(text(trail)) or "")
    assert secret not in bytes(kept)
