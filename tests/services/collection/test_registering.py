"""The registry: bindings by units, calibrations, changed counters, replaced devices, states."""

from datetime import date, timedelta

import pytest

from services import clock
from services.collection import registering
from services.collection.intake import Intake
from services.collection.registering import (
    BindingOrder,
    PointFactError,
    PointPlace,
    ReplacementOrder,
    UnlikeUnitsError,
)
from services.collection.telemetry import points_of_kind, register_device, retire_device
from services.data import audit
from services.data.work import Scope
from services.errors import NotAllowedError, NotFoundError
from services.labels import EVERYTHING
from services.metering import NewDevice
from services.registry import Calibration, CounterMark
from services.security.permissions import Membership, Role
from services.standards.catalog import load_catalog
from tests.cleared import cleared
from tests.meters import BOOT, add_meter
from tests.places import SUZHOU, add_firm

pytestmark = pytest.mark.postgres
POWER = ("el_buy", "", "MWh")
DAY = date(2026, 1, 1)


@pytest.fixture
def meter(database):
    return add_meter(database)


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


def points(database, meter, now=None, actor=None):
    asked = (actor or meter.reporter, database, meter.firm.organization_id, now or clock.now())
    return registering.registry_of(*asked).points


def point(database, meter, code="E", now=None):
    return next(p for p in points(database, meter, now) if p.code == code and p.state != "retired")


def place(database, meter, code="E"):
    found = point(database, meter, code)
    return PointPlace(meter.firm.organization_id, found.point_id, clock.now())


def bind(database, catalog, meter, order, code="E"):
    where = place(database, meter, code)
    return registering.bind_point(meter.reporter, database, catalog, where, order)


def test_a_point_is_bound_by_its_units(database, catalog, meter):
    bound = bind(database, catalog, meter, BindingOrder(*POWER, None, DAY))
    assert (bound.unit, bound.scale) == ("MWh", 0.001)
    assert point(database, meter).binding == bound


def test_a_rate_is_bound_by_what_it_is_after_an_hour(database, catalog, meter):
    assert bind(database, catalog, meter, BindingOrder(*POWER, None, DAY), "P").scale == 0.001


def test_a_stated_scale_counts_and_unlike_units_need_one(database, catalog, meter):
    diesel = ("fuel", "diesel", "FC")
    with pytest.raises(UnlikeUnitsError):
        bind(database, catalog, meter, BindingOrder(*diesel, None, DAY))
    bound = bind(database, catalog, meter, BindingOrder(*diesel, 0.25, DAY))
    assert (bound.unit, bound.scale) == ("t", 0.25)


def test_the_binding_of_the_latest_day_counts_and_one_to_nothing_ends_it(database, catalog, meter):
    bind(database, catalog, meter, BindingOrder(*POWER, None, DAY))
    later = clock.today() + timedelta(days=40)
    bind(database, catalog, meter, BindingOrder(*POWER, 2.0, later))
    assert point(database, meter).binding.scale == 0.001
    bind(database, catalog, meter, BindingOrder("", "", "", None, date(2026, 2, 1)))
    assert point(database, meter).binding is None


@pytest.mark.parametrize(
    ("order", "field"),
    [
        (BindingOrder("wind", "", "MWh", None, DAY), "source"),
        (BindingOrder("el_buy", "", "XX", None, DAY), "source"),
        (BindingOrder("fuel", "moonshine", "FC", None, DAY), "source"),
        (BindingOrder(*POWER, 0.0, DAY), "scale"),
        (BindingOrder(*POWER, float("inf"), DAY), "scale"),
    ],
)
def test_what_the_method_does_not_ask_for_is_refused(database, catalog, meter, order, field):
    with pytest.raises(PointFactError) as refused:
        bind(database, catalog, meter, order)
    assert refused.value.where == field


def test_states_are_told_by_point(database, meter):
    now = clock.now()
    old = {"P": now - timedelta(seconds=31), "E": now - timedelta(seconds=301)}
    sent = [
        meter.arrival(seq, taken_at=at, vals={code: 1.0})
        for seq, (code, at) in enumerate(old.items())
    ]
    Intake(database).store(sent)
    # The meter reports every ten seconds: three missed are late, thirty silent.
    assert {p.code: p.state for p in points(database, meter, now)} == {"P": "late", "E": "silent"}
    assert point(database, meter, "P", now - timedelta(seconds=2)).state == "ok"


def test_a_calibration_that_is_past_is_overdue_until_the_next(database, meter):
    now = clock.now()
    Intake(database).store([meter.arrival(0, vals={"E": 1.0})])
    number = point(database, meter).point_id
    record = (meter.reporter, database, meter.firm.organization_id)
    last_year = Calibration(number, date(2024, 1, 1), date(2025, 1, 1), "JL-1")
    registering.calibrate_point(*record, last_year, now)
    assert point(database, meter).state == "overdue"
    today = clock.today()
    again = Calibration(number, today, today + timedelta(days=365), "JL-2")
    registering.calibrate_point(*record, again, now)
    found = point(database, meter)
    assert (found.state, found.calibration.document) == ("ok", "JL-2")


@pytest.mark.parametrize(
    ("days", "field"), [((1, 2), "calibrated_on"), ((0, 0), "next_due"), ((-5, -6), "next_due")]
)
def test_days_of_a_calibration_make_sense(database, meter, days, field):
    first, last = (clock.today() + timedelta(days=each) for each in days)
    fact = Calibration(point(database, meter).point_id, first, last, "")
    with pytest.raises(PointFactError) as refused:
        registering.calibrate_point(
            meter.reporter, database, meter.firm.organization_id, fact, clock.now()
        )
    assert refused.value.where == field


def counter(point_id, **changes):
    told = {"kind": "rolled_over", "end_value": 9.0, "start_value": 0.0, "factor": 1.0, "note": ""}
    return CounterMark(**{"point_id": point_id, "at": clock.now()} | told | changes)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "broken"}, "kind"),
        ({"end_value": None}, "end_value"),
        ({"start_value": -1.0}, "start_value"),
        ({"factor": 0.0}, "factor"),
        ({"note": "a\x00"}, "note"),
        ({"at": clock.now() + timedelta(days=1)}, "at"),
    ],
)
def test_a_mark_of_a_counter_makes_sense(database, meter, change, field):
    mark = counter(point(database, meter).point_id, **change)
    with pytest.raises(PointFactError) as refused:
        registering.mark_counter(
            meter.reporter, database, meter.firm.organization_id, mark, clock.now()
        )
    assert refused.value.where == field


def test_only_a_counter_is_marked(database, meter):
    mark = counter(point(database, meter, "P").point_id)
    with pytest.raises(PointFactError, match="kind"):
        registering.mark_counter(
            meter.reporter, database, meter.firm.organization_id, mark, clock.now()
        )


def test_a_device_in_the_place_of_another_takes_over_points_and_bindings(database, catalog, meter):
    bind(database, catalog, meter, BindingOrder(*POWER, None, DAY))
    old = point(database, meter)
    order = ReplacementOrder(old.device_id, "METER-9", 500.0, 3.0, 40.0)
    now = clock.now()
    where = (meter.reporter, database, meter.firm.organization_id)
    made = registering.replace_device(*where, order, now)
    new = point(database, meter)
    assert made.key.secret != meter.device.key.secret
    assert (new.device_code, new.gateway, new.binding.symbol) == ("METER-9", "GW-1", "MWh")
    states = {p.device_code: p.state for p in points(database, meter)}
    assert states == {"METER-9": "silent", "METER-1": "retired"}
    ended = registering.facts_of(*where, old.point_id, now).marks[0]
    begun = registering.facts_of(*where, new.point_id, now).marks[0]
    assert (ended.kind, ended.end_value) == ("removed", 500.0)
    assert (begun.kind, begun.start_value, begun.factor) == ("installed", 3.0, 40.0)
    with pytest.raises(NotFoundError):
        registering.replace_device(*where, order, now)


def test_every_change_is_written_down_with_what_it_says(database, catalog, meter):
    bind(database, catalog, meter, BindingOrder(*POWER, None, DAY))
    with database.work(Scope((meter.firm.access_path,), readable=EVERYTHING)) as work:
        events = audit.of_organization(work, meter.firm.organization_id)
    (event,) = [e for e in events if e.action == "bind_point"]
    assert event.resource == "point:METER-1/E"
    assert (event.after["symbol"], event.after["valid_from"]) == ("MWh", "2026-01-01")


def test_an_approver_looks_and_changes_nothing(database, catalog, meter):
    firm = meter.firm
    approver = cleared(9, "S", Membership(Role.APPROVER, firm.organization_id, firm.access_path))
    assert len(points(database, meter, actor=approver)) == 2
    where = place(database, meter)
    with pytest.raises((NotAllowedError, NotFoundError)):
        registering.bind_point(approver, database, catalog, where, BindingOrder(*POWER, None, DAY))


def test_another_firm_sees_and_changes_nothing(database, catalog, meter):
    other = add_firm(database, "T2", SUZHOU)
    stranger = cleared(9, "S", Membership(Role.REPORTER, other.organization_id, other.access_path))
    where = place(database, meter)
    mark, now = counter(where.point_id), clock.now()
    fact = Calibration(where.point_id, DAY, date(2027, 1, 1), "")
    order = ReplacementOrder(meter.device.device_id, "X", None, None)
    at = (stranger, database, where.organization_id)
    for ask in (
        lambda: registering.registry_of(*at, now),
        lambda: registering.facts_of(*at, where.point_id, now),
        lambda: registering.bind_point(
            stranger, database, catalog, where, BindingOrder(*POWER, None, DAY)
        ),
        lambda: registering.calibrate_point(*at, fact, now),
        lambda: registering.mark_counter(*at, mark, now),
        lambda: registering.replace_device(*at, order, now),
    ):
        with pytest.raises(NotFoundError):
            ask()
    # Nor is a point of one's own confused with that of another organization.
    own = PointPlace(other.organization_id, where.point_id, now)
    with pytest.raises(NotFoundError):
        registering.bind_point(stranger, database, catalog, own, BindingOrder(*POWER, None, DAY))


def test_a_reading_is_receipted_once_its_receipt_was_noted(database, meter):
    intake = Intake(database)
    first = clock.now() - timedelta(seconds=9)
    times = [first + timedelta(seconds=n) for n in range(3)]
    sent = [meter.arrival(n, taken_at=at, vals={"E": float(n)}) for n, at in enumerate(times)]
    outcome = intake.store(sent)
    number, where = point(database, meter).point_id, meter.firm.organization_id

    def proofs():
        now = clock.now()
        found = registering.facts_of(meter.reporter, database, where, number, now).readings
        return [(each.value, each.integrity, each.proof) for each in found]

    assert proofs() == [(n, "signed", "persisted") for n in (2.0, 1.0, 0.0)]
    (receipt,) = outcome.receipts
    assert receipt.key == (where, meter.device.device_id, BOOT)
    intake.note_receipts({receipt.key: {0, 2}})
    assert [proof for _, _, proof in proofs()] == ["receipted", "persisted", "receipted"]
    intake.note_receipts({receipt.key: {1}})
    assert {proof for _, _, proof in proofs()} == {"receipted"}


def test_a_retired_device_stands_last(database, meter):
    new = NewDevice("METER-0", "GW-1", {"zh-CN": "a", "en": "a"}, 10, points_of_kind("solid"))
    where = (meter.reporter, database, meter.firm.organization_id)
    made = register_device(*where, new, clock.now())
    retire_device(*where, made.device_id, clock.now())
    found = points(database, meter)
    assert [p.device_code for p in found] == ["METER-1", "METER-1", "METER-0"]
