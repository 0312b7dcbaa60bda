"""Emissions as metered: by the same engine, provisional, beside the measured, and taken over."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services import clock
from services.clock import SHANGHAI
from services.collection import manual, registering
from services.collection.cross_checks import CEMS, CrossCheckError, cross_check
from services.collection.intake import Intake
from services.collection.provisional import MonthPlace, metered_year, provisional_of
from services.collection.registering import BindingOrder, PointPlace
from services.collection.rolling import roll_up
from services.collection.rows import parse_rows
from services.collection.telemetry import points_of_kind, register_device
from services.data.drafts import DraftVersion
from services.errors import NotFoundError
from services.metering import NewDevice
from services.security.permissions import Membership, Role
from services.standards.calculate import CalculationRequest, calculate
from services.standards.catalog import load_catalog
from tests.cleared import cleared
from tests.meters import Meter, add_meter
from tests.places import SUZHOU, add_firm, add_staff

pytestmark = pytest.mark.postgres
METHOD = "GB/T 32150-2015"
YEAR, MONTH = 2025, 3
START = datetime(YEAR, MONTH, 1, tzinfo=SHANGHAI)
POWER = ("el_buy", "", "MWh")
NOW = datetime(YEAR, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


class Plant:
    """A firm with an electricity meter that reports once an hour."""

    def __init__(self, database, catalog, meter):
        self.database, self.catalog, self.meter = database, catalog, meter
        self.key, self.reporter = self.meter.firm.organization_id, self.meter.reporter
        self.count = 0

    def number(self, code="E"):
        asked = (self.reporter, self.database, self.key, clock.now())
        return next(p.point_id for p in registering.registry_of(*asked).points if p.code == code)

    def bind(self, *use, scale=None, day=date(YEAR, 1, 1), code="E"):
        place = PointPlace(self.key, self.number(code), clock.now())
        order = BindingOrder(*use, scale, day)
        registering.bind_point(self.reporter, self.database, self.catalog, place, order)

    def send(self, *readings):
        """Send (hours since the month began, values), and roll up."""
        sent = []
        for hours, values in readings:
            self.count += 1
            at = START + timedelta(hours=hours)
            sent.append(self.meter.arrival(self.count, taken_at=at, vals=values, hist=True))
        Intake(self.database).store(sent)
        roll_up(self.database, clock.now())

    def month(self, month=MONTH, actor=None):
        place = MonthPlace(self.key, YEAR, month)
        return provisional_of(actor or self.reporter, self.database, self.catalog, place, NOW)


@pytest.fixture
def plant(database, catalog):
    firm = add_firm(database)
    reporter, _ = add_staff(database, firm)
    return Plant(database, catalog, add_meter(database, "METER-1", firm, reporter))


def test_what_is_metered_computes_as_if_it_had_been_entered(plant):
    plant.bind(*POWER)
    plant.send((0, {"E": 1000.0}), (24, {"E": 4000.0}), (48, {"E": 6000.0}))
    found = plant.month()
    (amount,) = found.amounts
    assert (amount.amount, amount.unit, amount.month) == (5.0, "MWh", MONTH)
    record = {"source": "el_buy", "month": MONTH, "inputs": {"MWh": 5.0}}
    request = CalculationRequest(METHOD, YEAR, "320000", [record], NOW.date())
    assert found.calculation.total_t == pytest.approx(calculate(plant.catalog, request).total_t)
    # Two days of 31 are known.
    assert amount.known == pytest.approx(2 / 31)
    assert found.problem is None


def test_days_add_up_to_the_month_but_for_what_no_day_can_be_told(plant):
    plant.bind(*POWER)
    hours = [(hour, {"E": 60.0 * hour}) for hour in range(25)]
    plant.send(*hours, (60, {"E": 5000.0}), (61, {"E": 5100.0}))
    found = plant.month()
    assert sorted(found.days) == [date(YEAR, 3, 1), date(YEAR, 3, 2), date(YEAR, 3, 3)]
    factor = found.calculation.total_t / found.amounts[0].amount
    assert found.amounts[0].amount == pytest.approx(5.1)
    assert found.days[date(YEAR, 3, 1)] == pytest.approx(factor * 1.44)
    # From the second midnight the counter was silent until noon on the third day.
    assert sum(found.days.values()) == pytest.approx(factor * (1.44 + 0.1))


def test_an_amount_counts_from_the_day_of_its_binding_on(plant):
    plant.bind(*POWER, day=date(YEAR, 3, 2))
    plant.send((0, {"E": 0.0}), (1, {"E": 500.0}), (24, {"E": 900.0}), (25, {"E": 1000.0}))
    assert plant.month().amounts[0].amount == pytest.approx(0.1)


def test_what_the_entry_says_of_quality_is_used_and_what_nobody_meters_is_told(plant):
    rows = [
        {"source": "fuel", "item": "diesel", "FC": "9", "NCV": "40"},
        {"source": "ht_buy", "GJ": "7"},
    ]
    manual.save_draft(plant.reporter, plant.database, DraftVersion(plant.key, YEAR, 0), rows)
    plant.bind("fuel", "diesel", "FC", scale=0.001)
    plant.send((0, {"E": 0.0}), (1, {"E": 2000.0}))
    found = plant.month()
    inputs = found.calculation.lines[0].inputs
    assert (inputs["FC"].value, inputs["NCV"].value) == (2.0, 40.0)
    assert found.unmetered == (("ht_buy", ""),)


def test_a_month_without_metered_amounts_computes_to_nothing_not_to_zero(plant):
    plant.bind(*POWER)
    found = plant.month(4)
    assert (found.amounts, found.calculation, found.days) == ((), None, {})


def test_flue_gas_stands_beside_what_is_calculated_and_replaces_nothing(database, catalog):
    firm = add_firm(database)
    reporter = cleared(7, "R", Membership(Role.REPORTER, firm.organization_id, firm.access_path))
    names = {"zh-CN": "烟气", "en": "Stack"}
    new = NewDevice("CEMS-1", "GW-1", names, 900, points_of_kind("cems"))
    device = register_device(reporter, database, firm.organization_id, new, clock.now())
    stack = Plant(database, catalog, Meter(firm, reporter, device))
    quarters = [(n / 4, {"C": 200.0, "Q": 100_000.0}) for n in range(9)]
    stack.send(*quarters)
    alone = stack.month().comparison
    # 200 g in each of 100 000 m³ are 20 t an hour; two hours are known.
    assert alone.measured_t == pytest.approx(40.0)
    assert (alone.ways, alone.difference) == (("product",), None)
    electric = Plant(database, catalog, add_meter(database, "METER-1", firm, reporter))
    electric.bind("fuel", "diesel", "FC", scale=0.001)
    electric.send((0, {"E": 0.0}), (1, {"E": 12_000.0}))
    found = electric.month()
    both = found.comparison
    assert both.calculated_t == pytest.approx(found.calculation.direct_t)
    assert both.difference == pytest.approx(40.0 / both.calculated_t - 1)
    assert both.grade == both.rule.grade(both.difference)
    assert found.calculation.direct_t == pytest.approx(both.calculated_t)


@pytest.mark.parametrize(
    ("difference", "grade"),
    [(0.049, "within"), (-0.049, "within"), (0.05, "soft"), (-0.099, "soft"), (0.1, "hard")],
)
def test_five_per_cent_want_a_look_and_ten_a_reason(difference, grade):
    assert cross_check(CEMS, date(YEAR, 1, 1)).grade(difference) == grade


def test_a_rule_counts_from_its_day_on():
    with pytest.raises(CrossCheckError):
        cross_check(CEMS, date(2014, 12, 31))


def entered(plant):
    """Take the metered month over into the draft, as the grid does, and return its version."""
    amounts, _ = metered_year(plant.reporter, plant.database, plant.key, YEAR, NOW)
    (amount,) = amounts
    row = {"source": amount.source, "item": amount.item, "month": str(amount.month)}
    row |= {amount.symbol: amount.text, "origin": "device", "note": "", "key": ""}
    version = DraftVersion(plant.key, YEAR, 0)
    return manual.save_draft(plant.reporter, plant.database, version, [row]).version


def test_a_month_is_taken_over_submitted_and_used_and_late_data_say_that_it_differs(plant):
    plant.bind(*POWER)
    plant.send((0, {"E": 1000.0}), (24, {"E": 4000.0}))
    assert plant.month().amounts[0].standing == ""
    version = entered(plant)
    assert plant.month().amounts[0].standing == "drafted"
    manual.submit_draft(plant.reporter, plant.database, plant.catalog, version)
    (amount,) = plant.month().amounts
    assert (amount.standing, amount.stands_at, amount.differs) == ("used", 3.0, False)
    plant.send((48, {"E": 4500.0}))
    (amount,) = plant.month().amounts
    assert (amount.standing, amount.differs) == ("used", True)
    assert amount.parts[0].reopened_at is not None


def test_readings_of_a_month_that_was_submitted_are_used(plant):
    plant.bind(*POWER)
    plant.send((0, {"E": 1000.0}), (24, {"E": 4000.0}))
    asked = (plant.reporter, plant.database, plant.key, plant.number())
    now = START + timedelta(days=3)
    assert {r.proof for r in registering.facts_of(*asked, now).readings} == {"persisted"}
    manual.submit_draft(plant.reporter, plant.database, plant.catalog, entered(plant))
    assert {r.proof for r in registering.facts_of(*asked, now).readings} == {"used"}


def test_what_devices_metered_is_measured_to_the_engine(catalog):
    row = {"source": "el_buy", "MWh": "5", "month": "3", "origin": "device"}
    (record,) = parse_rows(catalog.describe(METHOD), [row]).records
    assert record["inputs"]["MWh"] == {"value": 5.0, "unit": "MWh", "origin": "measured"}


def test_months_that_are_not_over_are_not_offered(plant):
    plant.bind(*POWER)
    plant.send((0, {"E": 1000.0}), (24, {"E": 4000.0}))
    during = START + timedelta(days=20)
    assert metered_year(plant.reporter, plant.database, plant.key, YEAR, during)[0] == ()
    assert len(metered_year(plant.reporter, plant.database, plant.key, YEAR, NOW)[0]) == 1


def test_another_firm_sees_nothing_of_it(plant):
    other = add_firm(plant.database, "T2", SUZHOU)
    stranger = cleared(9, "S", Membership(Role.REPORTER, other.organization_id, other.access_path))
    with pytest.raises(NotFoundError):
        plant.month(actor=stranger)
    with pytest.raises(NotFoundError):
        metered_year(stranger, plant.database, plant.key, YEAR, NOW)
