"""Messages set aside are taken in once their cause is gone: once, and with a trace."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, text

from services import clock
from services.collection.intake import Intake
from services.collection.redriving import Redriven, redrive
from services.collection.sparkplug_intake import NodeIntake
from services.collection.telemetry import quarantine_of
from services.collection.topics import OWN
from services.data import quarantine
from services.data.engine import SYSTEM_SCOPE
from services.data.telemetry_tables import point
from services.errors import PlatformError
from services.security.permissions import Membership, Role
from tests.cleared import cleared
from tests.meters import add_meter
from tests.places import SUZHOU, add_firm
from tests.services.collection.test_intake import stored

pytestmark = pytest.mark.postgres


@pytest.fixture
def meter(database):
    return add_meter(database)


def mapped(database, meter, code):
    """Register a point that was forgotten."""
    with database.work(SYSTEM_SCOPE) as work:
        row = {
            "organization_id": meter.firm.organization_id,
            "access_path": meter.firm.access_path,
            "device_id": meter.device.device_id,
            "code": code,
            "name_zh": code,
            "name_en": code,
            "unit": "kW",
            "kind": "power",
        }
        work.connection.execute(insert(point).values(row))
        work.commit()


def again(database, meter):
    return redrive(meter.reporter, database, meter.firm.organization_id, clock.now())


def waiting(database, meter):
    rows = quarantine_of(meter.reporter, database, meter.firm.organization_id)
    return sorted(row.reason for row in rows)


def test_after_the_mapping_is_mended_they_are_stored_once_and_the_deed_is_told(database, meter):
    bad = [meter.arrival(n, vals={"X": float(n)}) for n in range(3)]
    Intake(database).store([*bad, meter.raw(b"rubbish")])
    assert again(database, meter) == Redriven(4, 0)
    mapped(database, meter, "X")
    assert again(database, meter) == Redriven(4, 3)
    assert waiting(database, meter) == ["not_json"]
    assert stored(database, meter) == [(n, "X", float(n)) for n in range(3)]
    # The gateway, which still has them, is answered that they are stored.
    assert Intake(database).store(bad).repeated == 3
    with database.work(SYSTEM_SCOPE) as work:
        deeds = work.connection.execute(
            text("SELECT after FROM business.audit_event WHERE action = 'redrive_messages'")
        ).scalars()
        assert [(told["messages"], told["readings"]) for told in deeds] == [(3, 3)]


def test_their_time_is_judged_by_when_they_came(database, meter):
    came = clock.now() - timedelta(days=30)
    late = meter.arrival(0, vals={"X": 1.0}, taken_at=came - timedelta(days=1), received_at=came)
    Intake(database).store([late])
    mapped(database, meter, "X")
    assert again(database, meter) == Redriven(1, 1)


def test_what_was_sent_again_meanwhile_is_not_doubled(database, meter):
    bad = meter.arrival(0, vals={"X": 1.0})
    Intake(database).store([bad])
    mapped(database, meter, "X")
    assert Intake(database).store([bad]).stored == 1
    assert again(database, meter) == Redriven(1, 1)
    assert stored(database, meter) == [(0, "X", 1.0)]
    assert waiting(database, meter) == []


def test_what_came_by_another_protocol_waits_for_its_own_and_holds_up_none_of_ours(database, meter):
    nodes = NodeIntake(database, Intake(database))
    topic = f"spBv1.0/{meter.device.tenant}/NDATA/Node-1"
    nodes.store([nodes.hear(meter.raw(f"rubbish {n}".encode(), topic)) for n in range(3)])
    Intake(database).store([meter.arrival(0, vals={"X": 1.0})])
    assert waiting(database, meter) == ["not_sparkplug"] * 3 + ["unknown_point"]
    mapped(database, meter, "X")
    with database.work(SYSTEM_SCOPE) as work:
        # The oldest are not ours: with room for one, ours is the one.
        kept = quarantine.waiting(work, meter.firm.organization_id, OWN, 1)
    assert [one.topic for one in kept] == [meter.topic]
    assert again(database, meter) == Redriven(1, 1)
    assert waiting(database, meter) == ["not_sparkplug"] * 3


def test_nobody_else_may_and_no_message_of_another_is_touched(database, meter):
    other = add_meter(database, firm=add_firm(database, "T2", SUZHOU))
    Intake(database).store([other.arrival(0, vals={"X": 1.0})])
    mapped(database, other, "X")
    assert again(database, meter) == Redriven(0, 0)
    with pytest.raises(PlatformError):
        redrive(meter.reporter, database, other.firm.organization_id, clock.now())
    viewer = cleared(
        8, "V", Membership(Role.APPROVER, other.firm.organization_id, other.firm.access_path)
    )
    with pytest.raises(PlatformError):
        redrive(viewer, database, other.firm.organization_id, clock.now())
    assert waiting(database, other) == ["unknown_point"]
