"""Batches: stored once, receipted after COMMIT, and nothing bad holds up anything good."""

import json
from datetime import date, timedelta
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import text

from services import clock
from services.collection.admission import Arrival
from services.collection.intake import Intake
from services.collection.pace import BURST_SECONDS, Pace
from services.collection.payloads import Encoding, open_payload, seal
from services.collection.telemetry import devices_of, quarantine_of, retire_device, view_of
from services.data.engine import SYSTEM_SCOPE, Database
from services.data.telemetry import StorageAwayError
from services.data.work import Scope
from services.labels import EVERYTHING
from tests.meters import BOOT, add_meter
from tests.places import SUZHOU, add_firm

pytestmark = pytest.mark.postgres

READINGS = text(
    "SELECT m.sequence, p.code, r.value FROM collected.reading r "
    "JOIN collected.message m USING (organization_id, message_id) "
    "JOIN collected.point p USING (organization_id, point_id) "
    "WHERE r.organization_id = :firm ORDER BY 1, 2"
)


@pytest.fixture
def meter(database):
    return add_meter(database)


@pytest.fixture
def intake(database):
    return Intake(database)


def stored(database, meter):
    scope = Scope((meter.firm.access_path,), readable=EVERYTHING)
    with database.work(scope) as work:
        firm = {"firm": meter.firm.organization_id}
        return [tuple(row) for row in work.connection.execute(READINGS, firm)]


def set_aside(database, meter):
    rows = quarantine_of(meter.reporter, database, meter.firm.organization_id)
    return sorted((row.reason, row.detail, row.arrivals) for row in rows)


def test_a_message_is_stored_and_receipted(database, intake, meter):
    outcome = intake.store([meter.arrival(0, vals={"P": 1.5, "E": 2})])
    assert (outcome.stored, outcome.readings) == (1, 2)
    assert stored(database, meter) == [(0, "E", 2.0), (0, "P", 1.5)]
    (receipt,) = meter.receipts(outcome)
    assert (receipt.device, receipt.boot, set(receipt.stored)) == ("METER-1", BOOT, {0})
    assert outcome.receipts[0].topic == f"c/{meter.firm.public_id}/GW-1/ack"


def test_every_row_carries_its_organization_and_its_place(database, intake, meter):
    intake.store([meter.arrival(0)])
    for table in ("message", "reading", "latest_reading", "device", "point"):
        query = text(f"SELECT DISTINCT organization_id, access_path::text FROM collected.{table}")
        with database.work(SYSTEM_SCOPE) as work:
            found = work.connection.execute(query).all()
        assert [tuple(row) for row in found] == [
            (meter.firm.organization_id, meter.firm.access_path)
        ]


def test_a_repeated_message_is_receipted_again_and_stored_once(database, intake, meter):
    again = meter.arrival(0)
    first = intake.store([again])
    second = intake.store([again, again])
    assert (first.stored, second.stored, second.repeated) == (1, 0, 2)
    assert meter.receipts(second) == meter.receipts(first)
    assert stored(database, meter) == [(0, "P", 0.0)]


def test_a_message_twice_in_one_batch_is_stored_once(database, intake, meter):
    again = meter.arrival(0)
    outcome = intake.store([again, again])
    assert (outcome.stored, outcome.repeated) == (1, 1)
    assert stored(database, meter) == [(0, "P", 0.0)]


@pytest.mark.parametrize("batches", [1, 2])
def test_another_content_under_a_used_number_is_refused_not_lost(database, intake, meter, batches):
    now = clock.now()
    pair = [meter.arrival(0, taken_at=now), meter.arrival(0, taken_at=now, vals={"P": 9.0})]
    outcomes = [intake.store(pair)] if batches == 1 else [intake.store([one]) for one in pair]
    assert stored(database, meter) == [(0, "P", 0.0)]
    assert set_aside(database, meter) == [("key_reused", f"{BOOT}/0", 1)]
    assert meter.receipts(outcomes[-1])[0].refused == {0: "key_reused"}


def test_a_number_may_come_again_after_a_restart_of_the_device(database, intake, meter):
    intake.store([meter.arrival(0), meter.arrival(0, boot="00000000000000bb", vals={"P": 5.0})])
    # Both at one moment and number: which of them comes first is of no matter.
    assert sorted(stored(database, meter)) == [(0, "P", 0.0), (0, "P", 5.0)]


REFUSED = {
    "unknown_point": lambda meter: meter.arrival(0, vals={"X": 1.0}),
    "too_new": lambda meter: meter.arrival(0, taken_at=clock.now() + timedelta(minutes=6)),
    "too_old": lambda meter: meter.arrival(0, taken_at=clock.now() - timedelta(days=8)),
    "wrong_gateway": lambda meter: meter.arrival(0, gw="GW-2"),
}
STRANGERS = {
    "unknown_device": lambda meter: meter.arrival(0, dev="METER-9"),
    "unknown_key": lambda meter: meter.arrival(0, kid="k0"),
    "wrong_mac": lambda meter: meter.arrival(0, key=bytes(32)),
    "not_json": lambda meter: meter.raw(b"rubbish"),
    "no_mac": lambda meter: meter.raw(json.dumps(meter.members(0)).encode()),
    "shape": lambda meter: meter.arrival(0, vals={}),
}


@pytest.mark.parametrize("reason", sorted(REFUSED))
def test_a_known_device_is_told_why_its_message_is_refused(database, intake, meter, reason):
    outcome = intake.store([REFUSED[reason](meter)])
    assert (outcome.stored, outcome.set_aside) == (0, 1)
    assert meter.receipts(outcome)[0].refused == {0: reason}
    assert stored(database, meter) == []
    assert [row[0] for row in set_aside(database, meter)] == [reason]


@pytest.mark.parametrize("reason", sorted(STRANGERS))
def test_a_stranger_is_set_aside_and_gets_no_answer(database, intake, meter, reason):
    outcome = intake.store([STRANGERS[reason](meter)])
    assert (outcome.stored, outcome.set_aside, outcome.receipts) == (0, 1, ())
    assert stored(database, meter) == []
    assert [row[0] for row in set_aside(database, meter)] == [reason]


def test_another_gateway_may_not_speak_for_the_device(database, intake, meter):
    topic = f"c/{meter.device.tenant}/GW-2/up/main"
    assert meter.receipts(intake.store([meter.arrival(0, topic=topic)]))[0].refused == {
        0: "wrong_gateway"
    }


def test_another_organization_may_not_speak_for_the_device(database, intake, meter):
    other = add_meter(database, firm=add_firm(database, "T2", SUZHOU))
    intake.store([meter.arrival(0, topic=other.topic)])
    assert stored(database, meter) == stored(database, other) == []
    assert set_aside(database, other) == [("wrong_mac", "METER-1", 1)]


def test_a_message_of_nobody_known_is_set_aside_at_the_root(database, intake, meter):
    topics = [f"c/{uuid4()}/GW-1/up/main", "c/x/GW-1/up/main", "\N{REPLACEMENT CHARACTER}"]
    outcome = intake.store([meter.arrival(n, topic=topic) for n, topic in enumerate(topics)])
    assert outcome.set_aside == 3
    assert set_aside(database, meter) == []
    with database.work(SYSTEM_SCOPE) as work:
        query = text("SELECT reason FROM collected.quarantine WHERE organization_id = 100000")
        assert sorted(work.connection.scalars(query)) == ["topic", "topic", "unknown_organization"]


def test_a_retired_device_is_heard_no_more(database, intake, meter):
    intake.store([meter.arrival(0)])
    where = (meter.firm.organization_id, meter.device.device_id)
    retire_device(meter.reporter, database, *where, clock.now())
    assert meter.receipts(intake.store([meter.arrival(1)]))[0].refused == {1: "retired_device"}
    assert stored(database, meter) == [(0, "P", 0.0)]


def test_old_data_is_stored_when_it_says_that_it_is_old(database, intake, meter):
    old = clock.now() - timedelta(days=800)
    assert intake.store([meter.arrival(0, taken_at=old, hist=True)]).stored == 1
    with database.work(SYSTEM_SCOPE) as work:
        query = text("SELECT tableoid::regclass::text FROM collected.reading")
        assert list(work.connection.scalars(query)) == [f"collected.reading_{old:%Y_%m}"]


def test_the_same_bad_message_is_kept_once_and_counted(database, intake, meter):
    bad = meter.raw(b"rubbish")
    intake.store([bad, bad])
    intake.store([bad])
    assert set_aside(database, meter) == [("not_json", "0", 3)]
    view = view_of(meter.reporter, database, meter.firm.organization_id, clock.now())
    assert view.set_aside_total == 3
    assert view.set_aside[0].first_at <= view.set_aside[0].last_at


def test_bad_messages_hold_up_no_good_one(database, intake, meter):
    bad = [meter.raw(b"rubbish"), meter.raw(b"\x00\xff"), meter.raw(b"[" * 9000)]
    outcome = intake.store([bad[0], meter.arrival(1), bad[1], meter.arrival(2), bad[2]])
    assert (outcome.stored, outcome.set_aside) == (2, 3)
    assert stored(database, meter) == [(1, "P", 1.0), (2, "P", 2.0)]


def test_a_refused_message_is_stored_once_its_cause_is_gone(database, intake, meter):
    late = meter.arrival(0, dev="METER-2")
    assert intake.store([late]).stored == 0
    other = add_meter(database, "METER-2", meter.firm, meter.reporter)
    cured = Arrival(late.topic, other.payload(0), clock.now())
    assert intake.store([cured]).stored == 1


def test_one_that_is_too_fast_is_told_when_to_come_again_and_is_neither_kept_nor_dropped(
    database, meter
):
    now, quick = clock.now(), Intake(database, Pace(1))
    sent = [meter.arrival(n, received_at=now, taken_at=now) for n in range(BURST_SECONDS + 2)]
    other = add_meter(database, "METER-2", meter.firm, meter.reporter)
    outcome = quick.store([*sent, other.arrival(0)])
    assert (outcome.stored, outcome.early, outcome.set_aside) == (BURST_SECONDS + 1, 2, 0)
    (receipt,) = meter.receipts(outcome)
    assert receipt.again == {BURST_SECONDS, BURST_SECONDS + 1}
    assert receipt.stored == set(range(BURST_SECONDS))
    assert receipt.again_ms == int((now + timedelta(seconds=2)).timestamp() * 1000)
    later = [one._replace(received_at=now + timedelta(seconds=2)) for one in sent[-2:]]
    assert quick.store(later).stored == 2
    assert len(stored(database, meter)) == BURST_SECONDS + 3


def test_a_message_in_cbor_is_stored_and_receipted_in_cbor(database, intake, meter):
    payload = seal(meter.members(0), meter.device.key.secret, Encoding.CBOR)
    outcome = intake.store([meter.raw(payload), meter.arrival(1)])
    assert stored(database, meter) == [(0, "P", 0.0), (1, "P", 1.0)]
    written = {open_payload(sent.payload).encoding for sent in outcome.receipts}
    assert written == {Encoding.CBOR, Encoding.JSON}
    assert {n for receipt in meter.receipts(outcome) for n in receipt.stored} == {0, 1}


def test_the_clock_of_a_gateway_is_told_by_what_comes_quickest(database, intake, meter):
    organization_id = meter.firm.organization_id

    def ahead():
        (device,) = devices_of(meter.reporter, database, organization_id)
        return device.clock_ahead_s, device.clock_is_off

    assert ahead() == (None, False)
    now = clock.now()
    # Two minutes fast; half of the messages waited for ten minutes in the gateway.
    sent = []
    for n in range(40):
        waited = timedelta(minutes=10) if n % 2 else timedelta()
        written = now + timedelta(minutes=2) - waited
        gts = int(written.timestamp() * 1000)
        sent.append(meter.arrival(n, received_at=now, taken_at=now, gts=gts))
    intake.store(sent[:20])
    intake.store(sent[20:])
    seconds, is_off = ahead()
    assert seconds == pytest.approx(120, abs=0.01)
    assert is_off
    with database.work(SYSTEM_SCOPE) as work:
        query = text(
            "SELECT count(*), count(gateway_at), count(received_at) FROM collected.message"
        )
        assert tuple(work.connection.execute(query).one()) == (40, 40, 40)


@pytest.fixture
def poison(owner_url):
    """A rule of the database that the parser does not know."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("ALTER TABLE collected.reading ADD CHECK (value <> 666)")


def test_a_row_the_database_refuses_costs_only_its_own_message(database, intake, meter, poison):
    batch = [meter.arrival(n, vals={"P": 666.0 if n == 2 else float(n)}) for n in range(5)]
    outcome = intake.store(batch)
    assert (outcome.stored, outcome.set_aside) == (4, 1)
    assert [row[0] for row in stored(database, meter)] == [0, 1, 3, 4]
    ((reason, detail, count),) = set_aside(database, meter)
    assert (reason, count) == ("database", 1)
    assert "666" in detail or "check" in detail
    refused = [receipt.refused for receipt in meter.receipts(outcome) if receipt.refused]
    assert refused == [{2: "database"}]


def test_without_the_database_nothing_is_receipted_and_the_batch_can_be_stored_later(
    meter, database, intake, owner_url
):
    batch = [meter.arrival(0)]
    nobody = Database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(StorageAwayError):
        Intake(nobody).store(batch)
    nobody.dispose()
    assert intake.store(batch).stored == 1


def test_without_its_tables_the_batch_is_kept_not_set_aside(database, intake, meter, owner_url):
    intake.store([meter.arrival(0)])
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("ALTER TABLE collected.quarantine RENAME TO hidden")
        owner.execute("ALTER TABLE collected.message RENAME TO hidden_too")
    with pytest.raises(StorageAwayError):
        intake.store([meter.arrival(1)])


def test_the_listener_writes_with_the_rights_of_its_organizations_only(database, intake, meter):
    with database.work(Scope()) as work, pytest.raises(Exception, match="row-level security"):
        work.connection.execute(
            text(
                "INSERT INTO collected.quarantine VALUES (1, 'cn', 'x', '', '', '', 'x', 1, "
                "now(), now(), 1)"
            )
        )


def test_partitions_are_made_ahead(database, intake):
    intake.prepare(date(2031, 11, 30))
    with database.work(SYSTEM_SCOPE) as work:
        query = text(
            "SELECT to_regclass('collected.' || name) FROM unnest(CAST(:names AS text[])) name"
        )
        names = ["reading_2031_11", "reading_2031_12", "reading_2032_01", "reading_2032_02"]
        made = list(work.connection.scalars(query, {"names": names}))
    assert [name is not None for name in made] == [True, True, True, False]


def test_a_month_may_be_made_twice(database):
    for _ in range(2):
        Intake(database).prepare(date(2032, 5, 1))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=some.data())
def test_any_order_and_any_repetition_give_the_same_rows_and_latest_value(
    database, intake, meter, data
):
    begin = clock.now() - timedelta(hours=1)
    boot = uuid4().hex[:16]
    messages = [
        meter.arrival(n, boot=boot, taken_at=begin + timedelta(seconds=n)) for n in range(12)
    ]
    order = data.draw(some.permutations(messages + messages[:4]))
    cuts = sorted(data.draw(some.lists(some.integers(0, 16), max_size=3)))
    before = len(stored(database, meter))
    for start, stop in zip([0, *cuts], [*cuts, 16], strict=True):
        if start < stop:
            intake.store(order[start:stop])
    assert len(stored(database, meter)) - before == 12
    (device,) = devices_of(meter.reporter, database, meter.firm.organization_id)
    assert device.points[0].value == 11.0
