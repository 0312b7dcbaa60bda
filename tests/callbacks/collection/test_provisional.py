"""The page of provisional emissions, and metered months beside the grid."""

import json
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from dash import no_update

from callbacks.collection.metering import show_metered
from callbacks.collection.provisional import choose, show_provisional
from callbacks.context import Context
from services import clock
from services.clock import SHANGHAI
from services.collection import registering
from services.collection.intake import Intake
from services.collection.registering import BindingOrder, PointPlace
from services.collection.rolling import roll_up
from services.errors import NotFoundError
from services.standards.catalog import load_catalog
from tests.meters import add_meter

pytestmark = pytest.mark.postgres
YEAR = 2025
SETTINGS = SimpleNamespace(mqtt_url="mqtt://user:secret@broker:1883", file_mb=1)


@pytest.fixture
def meter(database):
    return add_meter(database)


@pytest.fixture
def context(database, meter):
    return Context(database, load_catalog(), SETTINGS, None, lambda: meter.reporter)


def bound_meter(context, meter, begins):
    """Bind the meter's counter, and let it count 3 MWh in a day."""
    where = (meter.reporter, context.database, meter.firm.organization_id, clock.now())
    number = next(p.point_id for p in registering.registry_of(*where).points if p.code == "E")
    place = PointPlace(meter.firm.organization_id, number, clock.now())
    order = BindingOrder("el_buy", "", "MWh", None, date(2024, 1, 1))
    registering.bind_point(meter.reporter, context.database, context.catalog, place, order)
    ends = begins + timedelta(hours=20)
    sent = [(0, begins, 0.0), (1, ends, 3000.0)]
    Intake(context.database).store(
        [meter.arrival(n, taken_at=at, vals={"E": value}, hist=True) for n, at, value in sent]
    )
    roll_up(context.database, clock.now())


def told(components):
    return " ".join(str(part.to_plotly_json()) for part in components)


def test_a_month_is_marked_provisional_with_its_points_and_total(context, meter):
    this = clock.now().astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    month = (this.replace(day=1) - timedelta(days=1)).replace(day=1)
    bound_meter(context, meter, month)
    shown = told(show_provisional(context, {"month": f"{month:%Y-%m}"}))
    assert "临时，未核" in shown
    assert "METER-1" in shown
    assert "购入电力" in shown


def test_nothing_metered_leads_to_the_registry(context):
    assert "/collection/devices" in told(show_provisional(context, {}))


@pytest.mark.parametrize("month", ["2026-13", "1999-01", "x", "2026"])
def test_a_month_that_is_not_offered_is_not_found(context, month):
    with pytest.raises(NotFoundError):
        show_provisional(context, {"month": month})


def test_a_choice_goes_into_the_address():
    shown = {"organization": 7, "month": "2026-01"}
    assert choose(None, "7", "2026-01", shown) is no_update
    assert choose(None, "7", "2026-02", shown) == "?month=2026-02&organization=7"


def test_metered_months_are_offered_to_the_grid_as_rows_from_devices(context, meter):
    bound_meter(context, meter, datetime(YEAR, 3, 1, tzinfo=SHANGHAI))
    query = {"organization": str(meter.firm.organization_id), "year": str(YEAR)}
    panel = show_metered(context, 1, query)
    holder = next(
        part
        for part in panel._traverse()
        if "data-entry-rows" in getattr(part, "_prop_names", []) or hasattr(part, "data-entry-rows")
    )
    (row,) = json.loads(getattr(holder, "data-entry-rows"))["metered"]
    assert (row["source"], row["month"], row["MWh"], row["origin"]) == (
        *("el_buy", "3", "3"),
        "device",
    )
    assert "METER-1" in row["note"]
